package io.runnel.plugins.parser;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.runnel.config.ConfigException;
import io.runnel.event.Event;
import io.runnel.event.EventBuilder;
import io.runnel.event.EventTime;
import io.runnel.plugin.ParseException;
import io.runnel.plugin.Parser;
import io.runnel.plugins.BuiltinPlugins;
import io.runnel.testkit.TestPlugins;
import java.nio.charset.StandardCharsets;
import java.util.List;
import org.junit.jupiter.api.Test;

/** Rules of Fluentd's parsers that the recorded cases do not show. */
class ParsersTest {
  private final ParserRig rig = new ParserRig();

  private Parser parser(String config) {
    return rig.parser(config);
  }

  private String parse(String config, String text) throws ParseException {
    return rig.parse(config, text);
  }

  private long time(String config, String text) throws ParseException {
    return rig.time(config, text);
  }

  private void assertFault(String config, String text, String message) {
    assertThatThrownBy(() -> parse(config, text))
        .isInstanceOf(ParseException.class)
        .hasMessageContaining(message);
  }

  private void assertRefused(String config, String message) {
    assertThatThrownBy(() -> parser(config))
        .isInstanceOf(ConfigException.class)
        .hasMessageContaining(message);
  }

  @Test
  void jsonTakesObjectsAndArraysOfObjects() throws ParseException {
    assertThat(parse("@type json", "[{\"a\":1},2,{\"b\":2}]")).isEqualTo("{a=1}{b=2}");
    for (String bad : List.of("", "1", "\"x\"", "null", "{\"a\":1} x", "{", "[1]", "{\"a\":NaN}")) {
      assertThat(parse("@type json", bad)).as(bad).isEmpty();
    }
    assertThat(parse("@type json", "{\"a\":1,\"a\":2}")).isEqualTo("{a=2}");
    assertFault(
        "@type json",
        "{\"a\":18446744073709551616}",
        "bignum too big to convert into 'unsigned long long'");
  }

  @Test
  void jsonTimes() throws ParseException {
    assertThat(time("@type json", "{\"a\":1,\"time\":1700000061.5}"))
        .isEqualTo(EventTime.pack(1_700_000_061L, 500_000_000));
    assertThat(time("@type json", "{\"time\":\"1700000061.25\"}"))
        .isEqualTo(EventTime.pack(1_700_000_061L, 250_000_000));
    assertThat(time("@type json", "{\"time\":\"x\"}")).isZero();
    assertThat(time("@type json\ntime_type unixtime", "{\"time\":1700000061.9}"))
        .isEqualTo(EventTime.pack(1_700_000_061L, 0));
    assertThat(
            time(
                "@type json\ntime_format %Y-%m-%dT%H:%M:%S%z",
                "{\"time\":\"2023-11-14T22:13:20Z\"}"))
        .isEqualTo(EventTime.pack(1_700_000_000L, 0));
    assertFault("@type json\ntime_format %Y", "{\"time\":5}", "value must be string: 5");
    assertThat(time("@type json", "{\"a\":1}")).isEqualTo(EventTime.NONE);
    assertThat(parse("@type json\nkeep_time_key true", "{\"time\":5,\"a\":1}"))
        .isEqualTo("{time=5, a=1}");
    assertFault("@type json", "{\"time\":null}", "value must be a string or a number");
    assertFault(
        "@type json\ntime_type string\ntime_format %Y", "{\"time\":5}", "value must be string: 5");
    assertFault(
        "@type json\ntime_type string\ntime_format %Y",
        "[{\"time\":\"2020\"},{\"time\":\"x\"}]", "invalid time format: value = x");
  }

  @Test
  void removingTheTimeKeepsAWideMapRight() throws ParseException {
    StringBuilder text = new StringBuilder("{\"time\":1");
    for (int i = 0; i < 300; i++) {
      text.append(",\"k").append(i).append("\":").append(i);
    }
    for (String config : List.of("@type json", "@type json\ntypes k3:integer")) {
      Event event = TestPlugins.parse(parser(config), text + "}").getFirst();
      assertThat(event.record()).hasSize(300).containsEntry("k299", 299L).doesNotContainKey("time");
    }
    String exactlyTwo = text.substring(0, text.indexOf(",\"k255\"")) + "}";
    assertThat(TestPlugins.parse(parser("@type json"), exactlyTwo).getFirst().record())
        .hasSize(255);
  }

  @Test
  void jsonTypes() throws ParseException {
    String types = "types a:integer,b:float,c:string,d:bool,e:array,f:time:%Y-%m-%d\nutc true";
    assertThat(
            parse(
                "@type json\n" + types,
                "{\"a\":\"12x\",\"b\":3,\"c\":4,\"d\":\"YES\",\"e\":[1],\"f\":\"2023-11-14\",\"g\":null}"))
        .isEqualTo("{a=12, b=3.0, c=4, d=true, e=[1], f=1699920000, g=null}");
    assertThat(parse("@type json\n" + types, "{\"f\":\"no time\"}")).isEqualTo("{f=null}");
    assertThat(parse("@type json\ntypes a:integer", "{\"a\":2.9}")).isEqualTo("{a=2}");
    assertRefused(
        "@type json\ntypes a:number", "unknown value conversion for key:'a', type:'number'");
  }

  @Test
  void jsonStreamsGoOnBehindABrokenLine() throws ParseException {
    Parser parser = parser("@type json");
    byte[] text = "{\"a\":1}\n{oops}\n{\"a\":2}{\"a\"".getBytes(StandardCharsets.UTF_8);
    EventBuilder out = new EventBuilder();
    assertThat(parser.isStream()).isTrue();
    assertThat(parser.parsePrefix(text, 0, text.length, out)).isEqualTo(text.length - 4);
    assertThat(out.take().events().toString()).contains("a=1").contains("a=2");
  }

  @Test
  void regexpNeedsNamedGroupsAndGivesUpInTime() throws ParseException {
    assertRefused("@type regexp\nexpression /(a)/", "No named captures in 'expression' parameter");
    assertRefused("@type regexp\nexpression /(?<a>[/", "premature end of char-class");
    assertThat(parse("@type regexp\nexpression /(?<a>x)|(?<a>y)/", "y")).isEqualTo("{a=y}");
    String slow = "@type regexp\nexpression /^(?<a>(([a-z])+.)+[A-Z]([a-z])+)$/\ntimeout 0.05";
    assertThat(parse(slow, "a".repeat(60))).isEmpty();
  }

  @Test
  void csvFollowsTheRulesOfItsEngines() throws ParseException {
    String csv = "@type csv\nkeys a,b,c\n";
    assertThat(parse(csv, "\"\",\"x\ny\",z\nnext,row")).isEqualTo("{a=, b=x\ny, c=z}");
    assertThat(parse(csv, "1,2,3\r\n")).isEqualTo("{a=1, b=2, c=3}");
    assertThat(parse(csv, "")).isEmpty();
    assertThat(parse(csv + "delimiter ||", "1||2||\"3||\"")).isEqualTo("{a=1, b=2, c=3||}");
    assertFault(csv, "a\"b,c", "Illegal quoting in line 1.");
    assertFault(csv, "\"a", "Unclosed quoted field in line 1.");
    assertFault(csv, "\"a\"b,c", "Any value after quoted field isn't allowed in line 1.");
    assertFault(csv + "time_key c", "1,2", "value must be string");
    String fast = csv + "parser_engine fast";
    assertThat(parse(fast, "\"a, b, c\",2\n")).isEqualTo("{a=a, b, c, b=2}");
    assertThat(parse(fast, "\"open, 2,3")).isEqualTo("{a=open, 2,}");
    assertRefused("@type csv", "'keys' parameter is required");
  }

  @Test
  void tsvSplitsIntoAsManyColumnsAsThereAreKeys() throws ParseException {
    assertThat(parse("@type tsv\nkeys a,b", "1\t2\t3")).isEqualTo("{a=1, b=2\t3}");
    assertThat(parse("@type tsv\nkeys a,b", "")).isEqualTo("{a=null, b=null}");
    assertThat(parse("@type tsv\nkeys a,b,c\ndelimiter \" \"", "  x   y  z w "))
        .isEqualTo("{a=x, b=y, c=z w }");
  }

  @Test
  void ltsvTakesTheLastOfEqualLabels() throws ParseException {
    assertThat(parse("@type ltsv", "a:1\tb:2\ta:3")).isEqualTo("{a=3, b=2}");
    assertThat(parse("@type ltsv", "")).isEqualTo("{}");
  }

  @Test
  void multilineFormats() throws ParseException {
    String config = "@type multiline\nformat1 /^(?<a>\\w+)\\n/\nformat2 /(?<b>\\d+)/\n";
    assertThat(parse(config, "x\n1\ny\n2")).isEqualTo("{a=x, b=1}{a=y, b=2}");
    assertThat(parse(config, "x")).isEmpty();
    assertThat(parse(config + "unmatched_lines true", "?\nx\n1"))
        .isEqualTo("{unmatched_line=?\n}{a=x, b=1}");
    assertRefused(
        "@type multiline\nformat2 /(?<a>x)/", "Jump of format index found. format1 is missing.");
    assertRefused(
        "@type multiline\nformat1 x", "format should be Regexp, need //, in format1: 'x'");
    MultilineParser parser = (MultilineParser) parser(config + "format_firstline /^-/");
    byte[] line = "--".getBytes(StandardCharsets.UTF_8);
    assertThat(parser.hasFirstline()).isTrue();
    assertThat(parser.isFirstline(line, 0, 2)).isTrue();
    assertThat(parser.isFirstline(line, 0, 0)).isFalse();
  }

  @Test
  void everyParserIsInTheCatalogue() {
    BuiltinPlugins plugins = new BuiltinPlugins();
    for (String name : plugins.names(io.runnel.plugin.PluginKind.PARSER)) {
      assertThat(plugins.find(io.runnel.plugin.PluginKind.PARSER, name).name()).isEqualTo(name);
    }
  }

  @Test
  void rubysNumbers() throws ParseException {
    String config = "@type ltsv\ntypes i:integer,f:float";
    assertThat(parse(config, "i: +1_000x\tf: -1_0.5e1x")).isEqualTo("{i=1000, f=-105.0}");
    assertThat(parse(config, "i:-\tf:.5")).isEqualTo("{i=0, f=0.5}");
    assertThat(parse(config, "i:18446744073709551615\tf:1."))
        .isEqualTo("{i=18446744073709551615, f=1.0}");
    assertFault(config, "i:99999999999999999999", "bignum too big");
  }
}
