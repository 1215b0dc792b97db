package io.runnel.plugins.contrib;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.runnel.event.MsgpackToJson;
import io.runnel.plugin.Filter;
import io.runnel.plugin.UnbufferedOutput;
import io.runnel.testkit.ManualClock;
import io.runnel.testkit.TestContext;
import io.runnel.testkit.TestPlugins;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;

/** The filters typecast and parse_json_field, the output typecast. */
class FieldTypesTest {
  private final TestContext context = new TestContext().clock(ManualClock.standard());

  private static String json(Filter filter, Map<String, ?> record) throws Exception {
    return MsgpackToJson.text(
        filter.filter("t", TestPlugins.stream(0, record)).events().getFirst().record());
  }

  private static Map<String, Object> record(Object... pairs) {
    Map<String, Object> record = new LinkedHashMap<>();
    for (int i = 0; i < pairs.length; i += 2) {
      record.put((String) pairs[i], pairs[i + 1]);
    }
    return record;
  }

  @Test
  void typecastOfEachType() throws Exception {
    Filter filter =
        TestPlugins.filter(
            TypecastFilter.TYPE,
            "types i:integer,f:float,b:bool,s:string,a:array,j:json,t:time:%Y-%m-%d %z,x:integer",
            context);
    assertThat(
            json(
                filter,
                record(
                    "i",
                    "12",
                    "f",
                    "1.5",
                    "b",
                    "yes",
                    "s",
                    7L,
                    "a",
                    "x,y",
                    "j",
                    List.of(1L),
                    "t",
                    "1970-01-02 +0000")))
        .isEqualTo(
            "{\"i\":12,\"f\":1.5,\"b\":true,\"s\":\"7\",\"a\":[\"x\",\"y\"],\"j\":\"[1]\",\"t\":86400}");
    assertThatThrownBy(() -> TestPlugins.filter(TypecastFilter.TYPE, "types a:odd", context))
        .hasMessageContaining("unknown value conversion for key:'a', type:'odd'");
  }

  @Test
  void typecastReadsTimesInTheFormatAndZoneOfTheSection() throws Exception {
    Filter filter =
        TestPlugins.filter(
            TypecastFilter.TYPE, "item_types t:time\ntime_format day %d_%m_%Y\nutc true", context);
    assertThat(json(filter, record("t", "day 02_01_1970"))).isEqualTo("{\"t\":86400}");
    assertThat(json(filter, record("t", "no date"))).isEqualTo("{\"t\":null}");
  }

  @Test
  void typecastOutputGivesAnotherTag() throws Exception {
    for (String tag : List.of("tag new", "prefix typed")) {
      UnbufferedOutput output =
          (UnbufferedOutput)
              TestPlugins.output(
                  TypecastOutput.TYPE,
                  "item_types n:integer,t:time\ntime_format %Y_%m_%d %z\n" + tag,
                  context);
      output.process("t", TestPlugins.stream(0, record("n", "5", "t", "1970_01_02 +0000")));
    }
    assertThat(context.emitter().events())
        .extracting(event -> event.tag() + event.record())
        .containsExactly("new{n=5, t=86400}", "typed.t{n=5, t=86400}");
    assertThatThrownBy(() -> TestPlugins.output(TypecastOutput.TYPE, "item_types a:json", context))
        .hasMessageContaining("typecast: 'prefix' or 'tag' is required");
  }

  @Test
  void fieldsOfTheObjectDoNotReplaceOthers() throws Exception {
    Map<String, Object> record = record("log", "{\"a\":1,\"b\":[2]}", "a", "old");
    assertThat(json(parseJsonField(""), record))
        .isEqualTo("{\"a\":\"old\",\"b\":[2],\"log\":\"{\\\"a\\\":1,\\\"b\\\":[2]}\"}");
    assertThat(json(parseJsonField("preserve_json_log false"), record))
        .isEqualTo("{\"a\":\"old\",\"b\":[2]}");
    assertThat(json(parseJsonField("merge_json_log false"), record))
        .isEqualTo("{\"log\":\"{\\\"a\\\":1,\\\"b\\\":[2]}\",\"a\":\"old\"}");
    assertThat(json(parseJsonField("merge_json_log false\nreplace_json_log true"), record))
        .isEqualTo("{\"log\":{\"a\":1,\"b\":[2]},\"a\":\"old\"}");
  }

  @Test
  void onlyTheFirstFieldThatIsThereIsRead() throws Exception {
    Filter filter = parseJsonField("json_fields x,y,z");
    assertThat(json(filter, record("y", "{\"a\":1}", "z", "{\"b\":2}")))
        .isEqualTo("{\"a\":1,\"y\":\"{\\\"a\\\":1}\",\"z\":\"{\\\"b\\\":2}\"}");
    assertThat(json(filter, record("x", null, "z", "{\"b\":2}")))
        .isEqualTo("{\"x\":null,\"z\":\"{\\\"b\\\":2}\"}");
    assertThat(json(filter, record("x", 5L))).isEqualTo("{\"x\":5}");
    assertThat(json(filter, record("x", "{\"b"))).isEqualTo("{\"x\":\"{\\\"b\"}");
    assertThat(context.log().texts())
        .contains("debug: parse_json_field could not parse field [x] as JSON: value [{\"b]");
  }

  private Filter parseJsonField(String config) {
    return TestPlugins.filter(ParseJsonFieldFilter.TYPE, config, context);
  }
}
