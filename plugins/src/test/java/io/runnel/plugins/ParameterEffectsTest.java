package io.runnel.plugins;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.runnel.config.PluginSection;
import io.runnel.event.Event;
import io.runnel.event.EventTime;
import io.runnel.plugin.Output;
import io.runnel.plugin.OutputContext;
import io.runnel.plugin.ParseException;
import io.runnel.plugin.Parser;
import io.runnel.plugin.PluginKind;
import io.runnel.plugin.PluginType;
import io.runnel.plugin.UnbufferedOutput;
import io.runnel.testkit.Emitted;
import io.runnel.testkit.ManualClock;
import io.runnel.testkit.TestContext;
import io.runnel.testkit.TestPlugins;
import java.nio.charset.StandardCharsets;
import java.time.ZoneOffset;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;

/**
 * What single parameters do that no other test has a reason to set: see {@code
 * scripts/check-parameters}.
 */
class ParameterEffectsTest {
  private static final String APACHE =
      "h - u [28/Feb/2013:12:00:00 +0900] \"GET /p HTTP/1.1\" 200 777 \"-\" \"Opera\"";

  private static final Map<String, String> LINES =
      Map.of(
          "apache", APACHE,
          "apache2", APACHE,
          "nginx", APACHE,
          "apache_error", "[Wed Oct 11 14:32:52 2000] [error] [client 127.0.0.1] denied");

  private final TestContext context =
      new TestContext(new BuiltinPlugins())
          .clock(ManualClock.standard())
          .zone(ZoneOffset.ofHours(9));

  private Parser parser(String type, String config) {
    var section = TestPlugins.section("parse", "@type " + type + "\n" + config);
    return context.parser(new PluginSection(section, type, true));
  }

  private Event parse(String type, String config, String text) throws ParseException {
    return TestPlugins.parse(parser(type, config), text).getFirst();
  }

  @Test
  void parsersOfFixedFormsKeepTheTimeOnDemand() throws ParseException {
    for (Map.Entry<String, String> line : LINES.entrySet()) {
      assertThat(parse(line.getKey(), "", line.getValue()).record()).doesNotContainKey("time");
      assertThat(parse(line.getKey(), "keep_time_key true", line.getValue()).record())
          .as(line.getKey())
          .containsKey("time");
    }
  }

  @Test
  void parsersOfFixedFormsReadTheTimeAsTheyAreTold() {
    for (Map.Entry<String, String> line : LINES.entrySet()) {
      assertThatThrownBy(() -> parse(line.getKey(), "time_format %Y", line.getValue()))
          .as(line.getKey())
          .isInstanceOf(ParseException.class);
    }
  }

  @Test
  void allTwentyPartsOfAMultilineFormat() throws ParseException {
    StringBuilder config = new StringBuilder();
    StringBuilder text = new StringBuilder();
    for (int i = 1; i <= 20; i++) {
      config.append("format").append(i).append(" /").append(i).append("=(?<f").append(i);
      config.append(">[a-z]);/\n");
      text.append(i).append('=').append((char) ('a' + i - 1)).append(';');
    }
    Map<String, Object> record = parse("multiline", config.toString(), text.toString()).record();
    assertThat(record).hasSize(20).containsEntry("f3", "c").containsEntry("f20", "t");
  }

  @Test
  void multilineHasTheSharedParameters() throws ParseException {
    String config = "format1 /^(?<time>\\d+) (?<n>\\d+)/\ntypes n:integer\n";
    Event event = parse("multiline", config + "time_type unixtime", "1700000000 5");
    assertThat(event.record()).isEqualTo(Map.of("n", 5L));
    assertThat(event.time()).isEqualTo(EventTime.pack(1_700_000_000L, 0));
  }

  @Test
  void csvReadsTheTimeOfAColumn() throws ParseException {
    assertThat(
            parse(
                    "csv",
                    "keys time,a\ntime_key time\ntime_format %Y-%m-%d %z",
                    "1970-01-02 +0000,x")
                .time())
        .isEqualTo(EventTime.pack(86_400, 0));
  }

  @Test
  void msgpackHasTheSharedParameters() throws ParseException {
    byte[] packed = {(byte) 0x82, (byte) 0xa1, 't', 5, (byte) 0xa1, 'n', (byte) 0xa1, '7'};
    String text = new String(packed, StandardCharsets.ISO_8859_1);
    var events = new io.runnel.event.EventBuilder();
    parser("msgpack", "time_key t\ntime_type unixtime\ntypes n:integer")
        .parse(text.getBytes(StandardCharsets.ISO_8859_1), 0, packed.length, events);
    Event event = events.take().events().getFirst();
    assertThat(event.record()).isEqualTo(Map.of("n", 7L));
    assertThat(event.time()).isEqualTo(EventTime.pack(5, 0));
  }

  @Test
  void regexpTakesItsFlagsAsParametersToo() throws ParseException {
    assertThat(parse("regexp", "expression /^(?<a>X+)$/\nignorecase true", "xx").record())
        .isEqualTo(Map.of("a", "xx"));
    assertThat(parse("regexp", "expression /^(?<a>x.y)$/\nmultiline true", "x\ny").record())
        .isEqualTo(Map.of("a", "x\ny"));
  }

  @Test
  void ltsvSplitsAtOtherDelimiters() throws ParseException {
    assertThat(parse("ltsv", "delimiter |", "a:1|b:2").record())
        .isEqualTo(Map.of("a", "1", "b", "2"));
  }

  @Test
  void eachGrokSectionMayReadItsTimeInItsOwnWay() throws ParseException {
    String config =
        "<grok>\npattern %{NUMBER:at} %{WORD:w}\ntime_key at\ntime_format %Y\nkeep_time_key true\n"
            + "timezone +0000\n</grok>";
    Event event = parse("grok", config, "1971 x");
    assertThat(event.record()).isEqualTo(Map.of("at", "1971", "w", "x"));
    assertThat(event.time()).isEqualTo(EventTime.pack(31_536_000, 0));
    assertThat(parse("grok", config.replace("+0000", "+0100"), "1971 x").time())
        .isEqualTo(EventTime.pack(31_532_400, 0));
  }

  @Test
  void formattersEndLinesAsTheyAreTold() throws Exception {
    for (String type : List.of("hash", "ltsv")) {
      assertThat(
              TestPlugins.format(
                  context.formatter(
                      new PluginSection(
                          TestPlugins.section("format", "@type " + type + "\nnewline crlf"),
                          type,
                          true)),
                  "t",
                  0,
                  Map.of("a", 1L)))
          .as(type)
          .endsWith("\r\n");
    }
  }

  @SuppressWarnings("unchecked") // the catalogue gives outputs for this kind
  private List<Emitted> through(String type, String config, Map<String, ?>... records)
      throws Exception {
    context.emitter().clear();
    PluginType<?, OutputContext, Output> found =
        (PluginType<?, OutputContext, Output>) new BuiltinPlugins().find(PluginKind.OUTPUT, type);
    ((UnbufferedOutput) TestPlugins.output(found, config, context))
        .process("a.b", TestPlugins.stream(0, records));
    return context.emitter().events();
  }

  @Test
  @SuppressWarnings("unchecked")
  void theParserOutputPutsResultsWhereItIsTold() throws Exception {
    String config = "tag t\nkey_name m\nreserve_data no\n<parse>\n@type json\n</parse>\n";
    Map<String, Object> record = Map.of("m", "{\"a\":1}");
    assertThat(through("parser", config + "hash_value_field h", record).getFirst().record())
        .isEqualTo(Map.of("h", Map.of("a", 1L)));
    assertThat(through("parser", config + "inject_key_prefix p.", record).getFirst().record())
        .isEqualTo(Map.of("p.a", 1L));
  }

  @Test
  @SuppressWarnings("unchecked")
  void recordsWithAnotherTagAreEmittedTogetherOrAlone() throws Exception {
    String rule = "<rule>\nkey k\npattern /(.)/\ntag n.$1\n</rule>\n";
    through("rewrite_tag_filter", rule, Map.of("k", "x"), Map.of("k", "x"));
    assertThat(context.emitter().batches()).containsExactly(2);
    through("rewrite_tag_filter", rule + "emit_mode record", Map.of("k", "x"), Map.of("k", "x"));
    assertThat(context.emitter().batches()).containsExactly(1, 1);
  }

  @Test
  @SuppressWarnings("unchecked")
  void theOutputRecordModifierIsTheFilterWithATag() throws Exception {
    String config =
        "tag t\nremove_keys b\n<replace>\nkey a\nexpression /x/\nreplace y\n</replace>\n";
    assertThat(through("record_modifier", config, Map.of("a", "x", "b", 1L)).getFirst().record())
        .isEqualTo(Map.of("a", "y"));
  }
}
