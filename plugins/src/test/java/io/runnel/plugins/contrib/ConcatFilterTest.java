package io.runnel.plugins.contrib;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.runnel.config.ConfigException;
import io.runnel.event.Event;
import io.runnel.event.EventBuilder;
import io.runnel.event.EventTime;
import io.runnel.event.Json;
import io.runnel.event.MsgpackToJson;
import io.runnel.plugin.Filter;
import io.runnel.testkit.Await;
import io.runnel.testkit.Emitted;
import io.runnel.testkit.ManualClock;
import io.runnel.testkit.TestContext;
import io.runnel.testkit.TestPlugins;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

class ConcatFilterTest {
  private static final long START = 1_700_000_000L;

  private final ManualClock clock = ManualClock.standard();
  private final TestContext context = new TestContext().clock(clock);

  @AfterEach
  void close() {
    context.close();
  }

  private Filter filter(String config) {
    return TestPlugins.filter(ConcatFilter.TYPE, config, context);
  }

  /** Each record has a time one second later. */
  @SuppressWarnings("unchecked") // the texts are objects
  private static List<Event> events(Filter filter, String... records) throws Exception {
    EventBuilder in = new EventBuilder();
    for (int i = 0; i < records.length; i++) {
      in.add(EventTime.pack(START + i, 0), (Map<String, Object>) Json.parse(records[i]));
    }
    return filter.filter("t", in.take()).events();
  }

  private List<String> run(String config, String... records) throws Exception {
    List<String> texts = new ArrayList<>();
    for (Event event : events(filter(config), records)) {
      texts.add(
          (EventTime.seconds(event.time()) - START) + " " + MsgpackToJson.text(event.record()));
    }
    return texts;
  }

  private static String[] messages(String... texts) {
    String[] records = new String[texts.length];
    for (int i = 0; i < texts.length; i++) {
      records[i] = "{\"m\":" + Json.write(texts[i]) + ",\"i\":" + i + "}";
    }
    return records;
  }

  @Test
  void aNumberOfLines() throws Exception {
    assertThat(run("key m\nn_lines 2\nseparator \" \"", messages("a", "b", "c", "d", "e")))
        .containsExactly("1 {\"m\":\"a b\",\"i\":0}", "3 {\"m\":\"c d\",\"i\":2}");
    assertThat(run("key m\nn_lines 2\nuse_first_timestamp true", messages("a", "b")))
        .containsExactly("0 {\"m\":\"a\\nb\",\"i\":0}");
  }

  @Test
  void firstLines() throws Exception {
    assertThat(
            run(
                "key m\nmultiline_start_regexp /^\\d/\nuse_first_timestamp true",
                messages("before", "1 a", "  b", "2 c", "3 d")))
        .containsExactly(
            "0 {\"m\":\"before\",\"i\":0}",
            "1 {\"m\":\"1 a\\n  b\",\"i\":1}",
            "3 {\"m\":\"2 c\",\"i\":3}");
  }

  @Test
  void firstAndLastLines() throws Exception {
    assertThat(
            run(
                "key m\nmultiline_start_regexp /^start/\nmultiline_end_regexp /end$/",
                messages("start", "x", "the end", "other", "start and end", "start")))
        .containsExactly(
            "2 {\"m\":\"start\\nx\\nthe end\",\"i\":0}",
            "3 {\"m\":\"other\",\"i\":3}",
            "4 {\"m\":\"start and end\",\"i\":4}");
  }

  @Test
  void lastLinesAlone() throws Exception {
    assertThat(run("key m\nmultiline_end_regexp /;$/", messages("a", "b;", "c;", "d")))
        .containsExactly("1 {\"m\":\"a\\nb;\",\"i\":0}", "2 {\"m\":\"c;\",\"i\":2}");
  }

  @Test
  void lineThatDoesNotContinueEndsTheMessage() throws Exception {
    assertThat(
            run(
                "key m\nmultiline_start_regexp /^E/\ncontinuous_line_regexp /^ /",
                messages("E", " at", "next", "other")))
        .containsExactly(
            "2 {\"m\":\"E\\n at\",\"i\":0}",
            "2 {\"m\":\"next\",\"i\":2}",
            "3 {\"m\":\"other\",\"i\":3}");
  }

  @Test
  void streamsAreToldApart() throws Exception {
    assertThat(
            run(
                "key m\nn_lines 2\nstream_identity_key s",
                "{\"m\":\"a\",\"s\":1}",
                "{\"m\":\"x\",\"s\":2}",
                "{\"m\":\"b\",\"s\":1}",
                "{\"other\":1}"))
        .containsExactly("2 {\"m\":\"a\\nb\",\"s\":1}", "3 {\"other\":1}");
  }

  @Test
  void partsByAField() throws Exception {
    String config = "key m\npartial_key p\npartial_value true\nseparator \"\"";
    String[] records = {
      "{\"m\":\"a\",\"p\":\"true\"}", "{\"m\":\"b\",\"p\":\"false\"}", "{\"m\":\"c\"}"
    };
    assertThat(run(config, records)).containsExactly("1 {\"m\":\"ab\"}", "2 {\"m\":\"c\"}");
    assertThat(run(config + "\nkeep_partial_key true", records).getFirst())
        .isEqualTo("1 {\"m\":\"ab\",\"p\":\"true\"}");
  }

  @Test
  void partsByDockersFields() throws Exception {
    String part =
        "{\"m\":\"%s\",\"partial_message\":\"true\","
            + "\"partial_id\":\"x\",\"partial_ordinal\":\"%s\",\"partial_last\":\"%s\"}";
    assertThat(
            run(
                "key m\nuse_partial_metadata true\nseparator \"\"",
                part.formatted("b", 2, false),
                part.formatted("a", 1, false),
                "{\"m\":\"whole\"}",
                part.formatted("c", 10, true)))
        .containsExactly("2 {\"m\":\"whole\"}", "3 {\"m\":\"abc\"}");
    assertThat(
            run(
                "key m\nuse_partial_metadata true\npartial_metadata_format docker-journald\n"
                    + "keep_partial_metadata true",
                "{\"m\":\"a\",\"CONTAINER_PARTIAL_ID\":\"x\",\"CONTAINER_PARTIAL_LAST\":\"true\"}"))
        .containsExactly(
            "0 {\"m\":\"a\",\"CONTAINER_PARTIAL_ID\":\"x\",\"CONTAINER_PARTIAL_LAST\":\"true\"}");
  }

  @Test
  void partsByTheFieldsOfJournald() throws Exception {
    String part = "{\"m\":\"%s\",\"CONTAINER_PARTIAL_ID\":\"x\",\"CONTAINER_PARTIAL_LAST\":\"%s\"}";
    assertThat(
            run(
                "key m\nuse_partial_metadata true\nseparator \"\"\n"
                    + "partial_metadata_format docker-journald",
                part.formatted("a", "false").replace(",\"CONTAINER_PARTIAL_LAST\":\"false\"", ""),
                part.formatted("b", "true")))
        .containsExactly("1 {\"m\":\"ab\"}");
  }

  @Test
  void partsByTheFlagOfCri() throws Exception {
    assertThat(
            run(
                "key m\nuse_partial_cri_logtag true\npartial_cri_logtag_key flag\nseparator \"\"",
                "{\"m\":\"a\",\"flag\":\"P\",\"stream\":\"stdout\"}",
                "{\"m\":\"x\",\"flag\":\"F\",\"stream\":\"stderr\"}",
                "{\"m\":\"b\",\"flag\":\"F\",\"stream\":\"stdout\"}"))
        .containsExactly("1 {\"m\":\"x\"}", "2 {\"m\":\"ab\"}");
  }

  @Test
  void messageWithoutAnEndTimesOut() throws Exception {
    Filter filter = filter("key m\nn_lines 9\nflush_interval 5s\ntimeout_label @LATE");
    filter.start();
    assertThat(events(filter, messages("a", "b"))).isEmpty();
    for (int i = 0; i < 7; i++) {
      Await.await(() -> clock.sleepers() > 0);
      clock.advanceMillis(1000);
    }
    List<Emitted> late = context.emitter("@LATE").await(1);
    assertThat(late.getFirst().record()).isEqualTo(Map.of("m", "a\nb", "i", 0L));
    assertThat(context.log().contains("Timeout flush: t:default")).isTrue();
    filter.stop();
  }

  @Test
  void stopSendsTheRestToTheErrorStream() throws Exception {
    Filter filter = filter("key m\nn_lines 9");
    filter.start();
    assertThat(events(filter, messages("a"))).isEmpty();
    filter.stop();
    assertThat(context.emitter().errors()).hasSize(1);
    assertThat(context.emitter().errors().getFirst().error())
        .hasMessage("Flush remaining buffer: t:default");
  }

  @Test
  void tooManyMessagesWithoutAnEnd() throws Exception {
    Filter filter = filter("key m\nn_lines 9\nstream_identity_key m");
    String[] texts = new String[ConcatFilter.MAX_GROUPS + 3];
    for (int i = 0; i < texts.length; i++) {
      texts[i] = "m" + i;
    }
    assertThat(events(filter, messages(texts))).isEmpty();
    assertThat(context.emitter().errors()).hasSize(3);
    assertThat(context.emitter().errors().getFirst().record()).containsEntry("m", "m0");
  }

  @Test
  void wrongConfigurations() {
    for (String config :
        List.of(
            "n_lines 2",
            "key m",
            "key m\nn_lines 2\nmultiline_start_regexp /a/",
            "key m\nn_lines 0",
            "key m\npartial_key p",
            "key m\nuse_partial_cri_logtag true",
            "key m\nn_lines 2\nuse_partial_metadata true")) {
      assertThatThrownBy(() -> filter(config)).as(config).isInstanceOf(ConfigException.class);
    }
  }

  @Test
  void theOwnLogPassesThrough() throws Exception {
    Filter filter = filter("key m\nn_lines 2");
    EventBuilder in = new EventBuilder();
    in.add(EventTime.pack(START, 0), Map.of("m", "x"));
    assertThat(filter.filter("fluent.info", in.take()).events()).hasSize(1);
  }

  @Test
  void eventsWithoutTheMarkPassThrough() throws Exception {
    assertThat(run("key m\npartial_key p\npartial_value true", "{\"m\":\"a\"}"))
        .containsExactly("0 {\"m\":\"a\"}");
    assertThat(run("key m\nuse_partial_metadata true", "{\"m\":\"a\",\"partial_id\":\"1\"}"))
        .containsExactly("0 {\"m\":\"a\",\"partial_id\":\"1\"}");
  }

  @Test
  void fieldsOfTheLastEventAreThereToo() throws Exception {
    assertThat(run("key m\nn_lines 2", "{\"m\":\"a\",\"x\":1}", "{\"m\":\"b\",\"x\":2,\"y\":3}"))
        .containsExactly("1 {\"m\":\"a\\nb\",\"x\":1,\"y\":3}");
  }

  @Test
  void criLogsLoseTheirMarks() throws Exception {
    String config =
        "key m\nuse_partial_cri_logtag true\npartial_cri_logtag_key l\nseparator \"\"\n"
            + "partial_cri_stream_key s\n";
    String[] records = {
      "{\"m\":\"a\",\"l\":\"P\",\"s\":\"out\"}",
      "{\"m\":\"x\",\"l\":\"P:y\",\"s\":\"err\"}",
      "{\"m\":\"b\",\"l\":\"F\",\"s\":\"out\"}"
    };
    assertThat(run(config, records)).containsExactly("2 {\"m\":\"ab\"}");
    assertThat(run(config + "keep_partial_key true", records))
        .containsExactly("2 {\"m\":\"ab\",\"l\":\"P\"}");
  }

  @Test
  void whatBecomesOfLongMessages() throws Exception {
    String config =
        "key m\npartial_key p\npartial_value yes\nseparator \"\"\nbuffer_limit_size 12\n";
    String[] records = {
      "{\"m\":\"aaaa\",\"p\":\"yes\"}",
      "{\"m\":\"bbbb\",\"p\":\"yes\"}",
      "{\"m\":\"cccc\",\"p\":\"no\"}"
    };
    assertThat(run(config, records)).containsExactly("2 {\"m\":\"aaaabbbbcccc\"}");
    assertThat(run(config + "buffer_overflow_method truncate", records))
        .containsExactly("1 {\"m\":\"aaaa\"}", "2 {\"m\":\"cccc\"}");
    assertThat(run(config + "buffer_overflow_method drop", records))
        .containsExactly("2 {\"m\":\"cccc\"}");
    assertThat(run(config + "buffer_overflow_method new", records))
        .containsExactly("1 {\"m\":\"aaaa\"}", "2 {\"m\":\"bbbb\"}", "2 {\"m\":\"cccc\"}");
  }
}
