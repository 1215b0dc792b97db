package io.runnel.plugins.filter;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.runnel.config.ConfigException;
import io.runnel.event.Event;
import io.runnel.event.EventStream;
import io.runnel.event.EventTime;
import io.runnel.event.Json;
import io.runnel.event.MsgpackToJson;
import io.runnel.log.Level;
import io.runnel.plugin.Filter;
import io.runnel.testkit.EmittedError;
import io.runnel.testkit.TestContext;
import io.runnel.testkit.TestPlugins;
import java.time.ZoneOffset;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;

class RecordTransformerFilterTest {
  private static final long TIME = EventTime.pack(1_700_000_000L, 250_000_000);

  private final TestContext context = new TestContext().zone(ZoneOffset.UTC);

  @SuppressWarnings("unchecked") // the texts are objects
  private static Map<String, Object> record(String json) {
    return (Map<String, Object>) Json.parse(json);
  }

  private List<Event> filter(String config, String tag, String... records) throws Exception {
    Filter filter = TestPlugins.filter(RecordTransformerFilter.TYPE, config, context);
    List<Event> events = new ArrayList<>();
    for (String record : records) {
      events.add(new Event(TIME, record(record)));
    }
    EventStream stream = EventStream.of(events);
    EventStream result = filter.filter(tag, stream);
    for (int i = 0; i < records.length; i++) {
      assertThat(stream.events().get(i).record()).isEqualTo(record(records[i]));
    }
    return EventStream.packed(result.bytes(), result.offset(), result.length(), result.count())
        .events();
  }

  private String transform(String config, String record) throws Exception {
    return MsgpackToJson.text(filter(config, "app.f", record).getFirst().record());
  }

  private static String section(String... lines) {
    return "<record>\n" + String.join("\n", lines) + "\n</record>\n";
  }

  @Test
  void fieldsOfTheRecord() throws Exception {
    String config =
        section(
            "num ${record[\"n\"]}",
            "text n=${record[\"n\"]}",
            "obj ${record[\"o\"]}",
            "bool ${record[\"b\"]}",
            "missing ${record[\"nope\"]}",
            "missing_text <${record[\"nope\"]}>",
            "m replaced ${record[\"m\"]}",
            "nested {\"a\": \"${record[\\\"n\\\"]}\", \"b\": [\"${tag}\", 1], \"${tag}\": null}",
            "objtext o=${record[\"o\"]}");
    assertThat(transform(config, "{\"m\":\"old\",\"n\":5,\"o\":{\"k\":[1]},\"b\":true}"))
        .isEqualTo(
            "{\"m\":\"replaced"
                + " old\",\"n\":5,\"o\":{\"k\":[1]},\"b\":true,\"num\":5,\"text\":\"n=5\","
                + "\"obj\":{\"k\":[1]},\"bool\":true,\"missing\":null,\"missing_text\":\"<>\","
                + "\"nested\":{\"a\":5,\"b\":[\"app.f\",1],\"app.f\":null},"
                + "\"objtext\":\"o={\\\"k\\\":[1]}\"}");
    assertThat(context.log().texts(Level.WARN))
        .containsExactly("unknown placeholder `${record[\"nope\"]}` found");
  }

  @Test
  void tags() throws Exception {
    String config =
        section(
            "tag ${tag}",
            "first ${tag_parts[0]}",
            "last ${tag_parts[-1]}",
            "prefix ${tag_prefix[1]}",
            "prefix_last ${tag_prefix[-1]}",
            "suffix ${tag_suffix[1]}",
            "suffix_last ${tag_suffix[-1]}",
            "mixed <${tag_parts[1]}>-${tag}",
            "none ${tag_parts[9]}",
            "time ${time}",
            "host ${hostname}",
            "k_${tag_parts[0]} x");
    assertThat(MsgpackToJson.text(filter(config, "app.web.front.x", "{}").getFirst().record()))
        .isEqualTo(
            "{\"tag\":\"app.web.front.x\",\"first\":\"app\",\"last\":\"x\",\"prefix\":\"app.web\","
                + "\"prefix_last\":\"app.web.front.x\",\"suffix\":\"web.front.x\","
                + "\"suffix_last\":\"x\",\"mixed\":\"<web>-app.web.front.x\",\"none\":null,"
                + "\"time\":\"2023-11-14 22:13:20 +0000\",\"host\":\"test-host\",\"k_app\":\"x\"}");
  }

  @Test
  void unknownPlaceholders() throws Exception {
    String config =
        section(
            "a ${record[\"a\"][\"b\"]}",
            "b x${record['a']}y",
            "c ${a}",
            "d __HOSTNAME__",
            "e $ {x} ${} }");
    assertThat(transform(config, "{\"a\":1}"))
        .isEqualTo("{\"a\":null,\"b\":\"xy\",\"c\":null,\"d\":null,\"e\":\"$ {x} ${} }\"}");
    assertThat(context.log().contains("unknown placeholder `${a}` found")).isTrue();
  }

  @Test
  void typesAreLostWhereNotWanted() throws Exception {
    String config =
        "auto_typecast false\n"
            + section("num ${record[\"n\"]}", "bool ${record[\"b\"]}", "f ${record[\"f\"]}");
    assertThat(transform(config, "{\"n\":5,\"b\":true,\"f\":1.5}"))
        .isEqualTo("{\"n\":5,\"b\":true,\"f\":\"1.5\",\"num\":\"5\",\"bool\":\"true\"}");
  }

  @Test
  void keepKeys() throws Exception {
    assertThat(
            transform(
                "renew_record true\nkeep_keys c,b,missing\n" + section("new ${record[\"a\"]}"),
                "{\"a\":1,\"b\":2,\"c\":{\"x\":1},\"d\":4}"))
        .isEqualTo("{\"c\":{\"x\":1},\"b\":2,\"new\":1}");
    assertThat(transform("renew_record true", "{\"a\":1}")).isEqualTo("{}");
    assertThatThrownBy(() -> transform("keep_keys a", "{}"))
        .isInstanceOf(ConfigException.class)
        .hasMessage("`renew_record` must be true to use `keep_keys`");
  }

  @Test
  void removeKeys() throws Exception {
    assertThat(
            transform(
                "remove_keys a,gone,$.n.x,$.n.missing,$['d.t']\n"
                    + section("a2 ${record[\"a\"]}", "gone x"),
                "{\"a\":1,\"b\":2,\"n\":{\"x\":1,\"y\":2},\"d.t\":3}"))
        .isEqualTo("{\"b\":2,\"n\":{\"y\":2},\"a2\":1}");
    assertThat(transform("remove_keys a", "{\"a\":1,\"b\":2}")).isEqualTo("{\"b\":2}");
    assertThatThrownBy(() -> transform("remove_keys $..a", "{}"))
        .isInstanceOf(ConfigException.class);
  }

  @Test
  void renewTimeKey() throws Exception {
    List<Event> events =
        filter(
            "renew_time_key at\nremove_keys at",
            "t",
            "{\"m\":1,\"at\":1700000060}",
            "{\"m\":2,\"at\":\"1700000061.5\"}",
            "{\"m\":3}",
            "{\"m\":4,\"at\":1700000062.25}",
            "{\"m\":5,\"at\":true}",
            "{\"m\":6,\"at\":1e30}");
    assertThat(events)
        .containsExactly(
            new Event(EventTime.pack(1_700_000_060L, 0), Map.of("m", 1L)),
            new Event(EventTime.pack(1_700_000_061L, 500_000_000), Map.of("m", 2L)),
            new Event(TIME, Map.of("m", 3L)),
            new Event(EventTime.pack(1_700_000_062L, 250_000_000), Map.of("m", 4L)));
    List<EmittedError> errors = context.emitter().errors();
    assertThat(errors)
        .extracting(EmittedError::record)
        .containsExactly(record("{\"m\":5,\"at\":true}"), record("{\"m\":6,\"at\":1e30}"));
    assertThat(errors.getFirst().error()).hasMessage("undefined method 'to_f' for true");
  }

  @Test
  void newFieldMayRenewTheTime() throws Exception {
    Event event =
        filter("renew_time_key ts\n" + section("ts ${record[\"n\"]}"), "t", "{\"n\":7,\"ts\":1}")
            .getFirst();
    assertThat(event.time()).isEqualTo(EventTime.pack(7, 0));
  }

  @Test
  void severalSectionsAndBrokenJson() throws Exception {
    assertThat(
            transform(
                section("a 1") + section("b ${record[\"x\"]}", "c \"{broken\""), "{\"x\":[1,{}]}"))
        .isEqualTo("{\"x\":[1,{}],\"a\":\"1\",\"b\":[1,{}],\"c\":\"{broken\"}");
    assertThat(context.log().contains("failed to parse {broken as json")).isTrue();
  }

  @Test
  void manyFields() throws Exception {
    StringBuilder lines = new StringBuilder();
    for (int i = 0; i < 300; i++) {
      lines.append("k").append(i).append(" ${record[\"v\"]}\n");
    }
    Event event = filter(section(lines.toString()), "t", "{\"v\":1,\"k299\":0}").getFirst();
    assertThat(event.record()).hasSize(301).containsEntry("k0", 1L).containsEntry("k299", 1L);
  }

  @Test
  void ruby() throws Exception {
    String config =
        "enable_ruby true\n"
            + section(
                "up ${record[\"m\"].upcase}",
                "sum ${record[\"n\"].to_i + 1}",
                "cond ${record[\"n\"].to_i > 3 ? \"big\" : \"small\"}",
                "sub ${record[\"m\"].gsub(/o/, \"0\")}",
                "split ${record[\"m\"].split(\" \")}",
                "dig ${record.dig(\"o\", \"k\")}",
                "or ${record[\"nope\"] || \"default\"}",
                "interp <${record[\"n\"]}> and <${record[\"m\"][0, 5]}>",
                "float ${record[\"f\"] * 2}",
                "parts ${tag_parts[1] + \".\" + tag_parts[0]}",
                "iso ${time.strftime('%FT%T.%L%z')}",
                "epoch ${time.to_i}",
                "plain just text",
                "deep {\"a\":[\"${record[\\\"n\\\"]}\", 1]}",
                "host ${hostname}",
                "k${tag_suffix[1]} ${tag}");
    assertThat(
            transform(config, "{\"m\":\"hello world\",\"n\":\"5\",\"o\":{\"k\":\"v\"},\"f\":1.25}"))
        .isEqualTo(
            "{\"m\":\"hello world\",\"n\":\"5\",\"o\":{\"k\":\"v\"},\"f\":1.25,"
                + "\"up\":\"HELLO WORLD\",\"sum\":6,\"cond\":\"big\",\"sub\":\"hell0 w0rld\","
                + "\"split\":[\"hello\",\"world\"],\"dig\":\"v\",\"or\":\"default\","
                + "\"interp\":\"<5> and <hello>\",\"float\":2.5,\"parts\":\"f.app\","
                + "\"iso\":\"2023-11-14T22:13:20.250+0000\",\"epoch\":1700000000,"
                + "\"plain\":\"just text\",\"deep\":{\"a\":[\"5\",1]},\"host\":\"test-host\","
                + "\"kf\":\"app.f\"}");
  }

  @Test
  void rubyWithoutTypes() throws Exception {
    assertThat(
            transform(
                "enable_ruby true\nauto_typecast false\n" + section("n ${record[\"n\"] + 1}"),
                "{\"n\":1}"))
        .isEqualTo("{\"n\":\"2\"}");
  }

  @Test
  void rubyThatFailsSendsTheEventToTheErrorStream() throws Exception {
    List<Event> events =
        filter(
            "enable_ruby true\n" + section("up ${record[\"m\"].upcase}"),
            "app.f",
            "{\"m\":\"a\"}",
            "{\"n\":1}",
            "{\"m\":\"b\"}");
    assertThat(events).extracting(event -> event.record().get("up")).containsExactly("A", "B");
    EmittedError error = context.emitter().errors().getFirst();
    assertThat(error.record()).isEqualTo(Map.of("n", 1L));
    assertThat(error.error())
        .hasMessageStartingWith(
            "failed to expand `record[\"m\"].upcase` : error = undefined method");
  }

  @Test
  void rubyMayChangeItsCopyOfTheRecord() throws Exception {
    assertThat(
            transform(
                "enable_ruby true\n"
                    + section("a ${record.delete(\"x\"); 1}", "b ${record.has_key?(\"x\")}"),
                "{\"x\":5}"))
        .isEqualTo("{\"x\":5,\"a\":1,\"b\":false}");
  }

  @Test
  void rubyThatCannotBeReadIsRefused() {
    assertThatThrownBy(() -> transform("enable_ruby true\n" + section("a ${record[}"), "{}"))
        .isInstanceOf(ConfigException.class)
        .hasMessageContaining("failed to expand `record[`");
  }
}
