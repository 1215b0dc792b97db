package io.runnel.plugins.contrib;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.runnel.config.ConfigException;
import io.runnel.event.Event;
import io.runnel.event.EventStream;
import io.runnel.event.EventTime;
import io.runnel.event.MsgpackToJson;
import io.runnel.event.RawBytes;
import io.runnel.plugin.UnbufferedOutput;
import io.runnel.testkit.Emitted;
import io.runnel.testkit.TestContext;
import io.runnel.testkit.TestPlugins;
import java.nio.charset.StandardCharsets;
import java.time.ZoneOffset;
import java.util.LinkedHashMap;
import java.util.Map;
import org.junit.jupiter.api.Test;

class RecordModifierTest {
  private static final long TIME = EventTime.pack(1_700_000_000L, 0);

  private final TestContext context = new TestContext().zone(ZoneOffset.UTC);

  private String filtered(String config, Map<String, ?> record) throws Exception {
    EventStream result =
        TestPlugins.filter(RecordModifierFilter.TYPE, config, context)
            .filter("a.b.c", TestPlugins.stream(TIME, record));
    assertThat(context.emitter().errors()).isEmpty();
    return MsgpackToJson.text(result.events().getFirst().record());
  }

  private static String section(String... lines) {
    return "<record>\n" + String.join("\n", lines) + "\n</record>\n";
  }

  @Test
  void valuesHoldRuby() throws Exception {
    assertThat(
            filtered(
                section(
                    "plain text",
                    "tag ${tag}",
                    "part <${tag_parts[1]}>",
                    "n ${record['n']}",
                    "sum ${record['n'] + 1}",
                    "mixed n=${record[\"n\"]}/${tag_parts[-1]}",
                    "at ${Time.at(time).utc.strftime('%Y')}"),
                new LinkedHashMap<>(Map.of("n", 5))))
        .isEqualTo(
            "{\"n\":5,\"plain\":\"text\",\"tag\":\"a.b.c\",\"part\":\"<b>\",\"sum\":6,"
                + "\"mixed\":\"n=5/c\",\"at\":\"2023\"}");
  }

  @Test
  void flatFieldsOfOldConfigurations() throws Exception {
    assertThat(filtered("char_encoding utf-8\nhost box\nwhere ${tag}", Map.of("k", 1)))
        .isEqualTo("{\"k\":1,\"host\":\"box\",\"where\":\"a.b.c\"}");
  }

  @Test
  void removesAndKeeps() throws Exception {
    Map<String, Object> record = new LinkedHashMap<>();
    record.put("a", 1);
    record.put("b", 2);
    record.put("c", 3);
    assertThat(filtered("remove_keys a, c", record)).isEqualTo("{\"b\":2}");
    assertThat(filtered("whitelist_keys a,c\n" + section("d 1"), record))
        .isEqualTo("{\"a\":1,\"c\":3,\"d\":\"1\"}");
  }

  @Test
  void replacesWhatMatches() throws Exception {
    assertThat(
            filtered(
                "<replace>\nkey m\nexpression /(\\d)(\\d)\\d+/\nreplace \\2é\\1*\n</replace>",
                Map.of("m", "a1234 ü 567")))
        .isEqualTo("{\"m\":\"a2é1* ü 6é5*\"}");
  }

  @Test
  void changesTheEncoding() throws Exception {
    Map<String, Object> record =
        Map.of("m", new RawBytes("grün".getBytes(StandardCharsets.ISO_8859_1), false));
    assertThat(filtered("char_encoding iso-8859-1:utf-8", record)).isEqualTo("{\"m\":\"grün\"}");
    assertThatThrownBy(() -> filtered("char_encoding nope", Map.of()))
        .isInstanceOf(ConfigException.class)
        .hasMessageContaining("unknown encoding name - nope");
  }

  @Test
  void anExpressionMayChangeTheRecord() throws Exception {
    assertThat(
            filtered(
                "remove_keys _dummy_\n" + section("_dummy_ ${record['x'] = record['a'].upcase}"),
                Map.of("a", "b")))
        .isEqualTo("{\"a\":\"b\",\"x\":\"B\"}");
  }

  @Test
  void preparedValuesAreEvaluatedOnce() throws Exception {
    assertThat(
            filtered(
                "prepare_value @who = 'x' + 'y'\n" + section("who ${@who}", "more ${@who + tag}"),
                Map.of()))
        .isEqualTo("{\"who\":\"xy\",\"more\":\"xya.b.c\"}");
  }

  @Test
  void faultyExpressionSendsTheEventToTheErrorStream() throws Exception {
    EventStream result =
        TestPlugins.filter(RecordModifierFilter.TYPE, section("x ${record['n'] + 1}"), context)
            .filter("t", TestPlugins.stream(TIME, Map.of("n", "text"), Map.of("n", 1)));
    assertThat(result.events()).containsExactly(new Event(TIME, Map.of("n", 1L, "x", 2L)));
    assertThat(context.emitter().errors()).hasSize(1);
    assertThat(context.emitter().errors().getFirst().record()).isEqualTo(Map.of("n", "text"));
    assertThatThrownBy(
            () -> TestPlugins.filter(RecordModifierFilter.TYPE, section("x ${1 +}"), context))
        .isInstanceOf(ConfigException.class);
  }

  @Test
  void outputEmitsWithTheNewTag() throws Exception {
    UnbufferedOutput output =
        (UnbufferedOutput)
            TestPlugins.output(
                RecordModifierOutput.TYPE,
                "tag new.tag\nhost box\n<inject>\ntag_key was\n</inject>",
                context);
    output.process("old", TestPlugins.stream(TIME, Map.of("k", "v")));
    assertThat(context.emitter().events())
        .containsExactly(
            new Emitted("new.tag", TIME, Map.of("k", "v", "host", "box", "was", "old")));
  }

  @Test
  void newFieldsAreKeptAndPathsRemoved() throws Exception {
    Map<String, Object> record = new LinkedHashMap<>(Map.of("a", 1));
    record.put("h", new LinkedHashMap<>(Map.of("x", 1, "y", 2)));
    assertThat(filtered("whitelist_keys h\n" + section("d ${record['a']}"), record))
        .startsWith("{\"h\":{")
        .endsWith(",\"d\":1}");
    assertThat(filtered("remove_keys $.h.x,a", record)).isEqualTo("{\"h\":{\"y\":2}}");
    assertThatThrownBy(() -> filtered("whitelist_keys a\nremove_keys b", record))
        .hasMessage("remove_keys and whitelist_keys are exclusive with each other.");
  }

  @Test
  void replacesInWhatTheNewFieldsHold() throws Exception {
    assertThat(
            filtered(
                section("b ${record['a']}-x")
                    + "<replace>\nkey b\nexpression /-x$/\nreplace !\n</replace>",
                new LinkedHashMap<>(Map.of("a", "1"))))
        .isEqualTo("{\"a\":\"1\",\"b\":\"1!\"}");
  }

  @Test
  void theTagOfTheOutputIsRuby() throws Exception {
    var output =
        (io.runnel.plugin.UnbufferedOutput)
            TestPlugins.output(
                RecordModifierOutput.TYPE,
                "prepare_value @h = 'box'\ntag ${@h}.${tag_parts[0]}.${record['k']}",
                context);
    output.process("a.b", TestPlugins.stream(TIME, Map.of("k", "x"), Map.of("k", "y")));
    assertThat(context.emitter().events())
        .extracting(io.runnel.testkit.Emitted::tag)
        .containsExactly("box.a.x", "box.a.y");
  }

  @Test
  void expressionsMayHoldSpaces() throws Exception {
    String replace = "<replace>\nkey k\nexpression a b\nreplace x\n</replace>";
    assertThat(filtered(replace, Map.of("k", "a b ab"))).isEqualTo("{\"k\":\"x ab\"}");
    UnbufferedOutput output =
        (UnbufferedOutput)
            TestPlugins.output(RecordModifierOutput.TYPE, "tag t\n" + replace, context);
    output.process("a", TestPlugins.stream(TIME, Map.of("k", "a b")));
    assertThat(context.emitter().records()).containsExactly(Map.of("k", "x"));
  }
}
