package io.runnel.plugins.parser;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.runnel.config.ConfigException;
import io.runnel.event.Bytes;
import io.runnel.event.Event;
import io.runnel.event.EventBuilder;
import io.runnel.event.EventTime;
import io.runnel.event.MsgpackWriter;
import io.runnel.plugin.ParseException;
import io.runnel.plugin.Parser;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** What each parameter of a {@code <parse>} section changes. */
class ParserParametersTest {
  private static final String ACCESS =
      "10.0.0.5 - bob [14/Nov/2023:22:13:23 +0000] \"GET /x HTTP/1.1\" 200 7 \"-\" \"curl\"";
  private static final String APACHE_ERROR =
      "[Tue Nov 14 22:13:20 2023] [error] [client 1.2.3.4] File does not exist";

  private final ParserRig rig = new ParserRig();

  private String parse(String config, String text) throws ParseException {
    return rig.parse(config, text);
  }

  private static long at(int hour, int minute, int second) {
    return EventTime.pack(1_699_920_000L + hour * 3600L + minute * 60L + second, 0);
  }

  private void assertTime(String config, String text, long expected) throws ParseException {
    assertThat(EventTime.seconds(rig.time(config, text))).isEqualTo(EventTime.seconds(expected));
  }

  private void assertRefused(String config, String message) {
    assertThatThrownBy(() -> rig.parser(config))
        .isInstanceOf(ConfigException.class)
        .hasMessageContaining(message);
  }

  // --- the time of an event

  @Test
  void timeFormatSaysHowTheTimeIsWritten() throws ParseException {
    assertTime("@type json\ntime_format %d.%m.%Y %H", "{\"time\":\"14.11.2023 05\"}", at(5, 0, 0));
  }

  @Test
  void timeTypeSaysWhatTheTimeIs() throws ParseException {
    assertThat(rig.time("@type ltsv\ntime_type float", "time:1700000000.5"))
        .isEqualTo(EventTime.pack(1_700_000_000L, 500_000_000));
  }

  @Test
  void timezoneIsTheZoneOfTimesThatNameNone() throws ParseException {
    String config = "@type ltsv\ntime_format %Y-%m-%dT%H\ntimezone +05:00";
    assertTime(config, "time:2023-11-14T06", at(1, 0, 0));
  }

  @Test
  void timeFormatFallbacksAreTriedInTurn() throws ParseException {
    String config =
        "@type ltsv\ntime_type mixed\ntime_format %Y-%m-%d\n"
            + "time_format_fallbacks unixtime, %d/%b/%Y %H %z";
    assertTime(config, "time:2023-11-14", at(0, 0, 0));
    assertTime(config, "time:1699927200", at(2, 0, 0));
    assertTime(config, "time:14/Nov/2023 04 +0000", at(4, 0, 0));
  }

  @ParameterizedTest
  @ValueSource(strings = {"utc true", "localtime false", "timezone +09:00"})
  void aZoneNeedsAFormat(String zone) {
    assertRefused("@type ltsv\n" + zone, "specifying timezone requires time format");
  }

  @Test
  void timeFormatOfTheHttpInputsParser() throws ParseException {
    String config = "@type in_http\ntime_key at\ntime_format %Y_%m_%d_%H %z";
    assertTime(config, "{\"at\":\"2023_11_14_04 +0000\"}", at(4, 0, 0));
  }

  // --- parameters that all parsers have

  @Test
  void estimateCurrentEventFalseLeavesTheTimeOpen() {
    for (String type : new String[] {"none", "json", "ltsv", "apache2", "apache", "msgpack"}) {
      Parser parser = rig.parser("@type " + type + "\nestimate_current_event false");
      assertThat(parser.estimatesTime()).as(type).isFalse();
    }
  }

  @Test
  void timeoutEndsAMatchThatBacktracks() throws ParseException {
    String slow = "@type regexp\nexpression /^(?<a>(([a-z])+.)+[A-Z]([a-z])+)$/\ntimeout 0.05";
    assertThat(parse(slow, "a".repeat(60))).isEmpty();
    assertThat(rig.context().log().texts().toString())
        .contains("parsing timed out with pattern")
        .contains("took more than 50 ms");
  }

  @Test
  void keepTimeKeyAndTypesOfAccessLogs() throws ParseException {
    String kept = "time=14/Nov/2023:22:13:23 +0000";
    assertThat(parse("@type apache2\nkeep_time_key true", ACCESS)).contains(kept);
    String types = "\nkeep_time_key true\ntypes code:bool";
    assertThat(parse("@type apache" + types, ACCESS)).contains(kept).contains("code=false");
    assertThat(parse("@type nginx" + types, ACCESS)).contains(kept).contains("code=false");
  }

  @ParameterizedTest
  @ValueSource(strings = {"apache", "apache2", "nginx"})
  void timeFormatOfAccessLogs(String type) throws ParseException {
    String line = (type.equals("nginx") ? ACCESS : ACCESS).replaceFirst("\\[.*]", "[1699927200]");
    assertTime("@type " + type + "\ntime_format %s", line, at(2, 0, 0));
  }

  @Test
  void optionsOfApacheErrorLogs() throws ParseException {
    assertThat(parse("@type apache_error\nnull_value_pattern error", APACHE_ERROR))
        .isEqualTo("{level=null, client=1.2.3.4, message=File does not exist}");
    String config = "@type apache_error\ntime_format %b %d %H:%M:%S %Y\ntimezone -01:00";
    assertTime(config, APACHE_ERROR, at(23, 13, 20));
  }

  @Test
  void optionsOfCsvAndTsv() throws ParseException {
    String keys = "keys t,a\ntime_key t\ntime_format %Y/%m/%d %H %z";
    assertTime("@type csv\n" + keys, "2023/11/14 04 +0000,1", at(4, 0, 0));
    assertTime("@type tsv\n" + keys, "2023/11/14 04 +0000\t1", at(4, 0, 0));
    String types = "keys a,b\ntypes a:integer\nnull_empty_string true\n";
    assertThat(parse("@type csv\n" + types, "7,\"\"")).isEqualTo("{a=7, b=null}");
    assertThat(parse("@type tsv\n" + types, "7\t")).isEqualTo("{a=7, b=null}");
    assertThat(parse("@type tsv\ndelimiter ;\n" + types, "7;x")).isEqualTo("{a=7, b=x}");
    assertThat(parse("@type ltsv\ndelimiter ;", "a:7;b:x")).isEqualTo("{a=7, b=x}");
  }

  @Test
  void optionsOfMultiline() throws ParseException {
    String config = "@type multiline\nformat1 /^(?<t>\\d+) (?<a>\\w+)/\ntime_key t\n";
    assertThat(parse(config + "types a:integer\nkeep_time_key true\ntime_format %s", "9 7"))
        .isEqualTo("{t=9, a=7}");
    assertTime(config + "time_format %Y%m%d%H\ntimezone +01:00", "2023111404 x", at(3, 0, 0));
  }

  @Test
  void optionsOfMsgpack() throws ParseException {
    Map<String, Object> record = Map.of("a", "7", "time", "2023-11-14 04");
    assertThat(msgpack("types a:integer\ntime_format %Y-%m-%d %H\ntimezone +01:00", record))
        .isEqualTo(new Event(EventTime.NONE, Map.of("a", 7L, "time", "2023-11-14 04")));
    assertThat(
            msgpack(
                "types a:integer\ntime_key time\ntime_format %Y-%m-%d %H\ntimezone +01:00", record))
        .isEqualTo(new Event(at(3, 0, 0), Map.of("a", 7L)));
  }

  private Event msgpack(String config, Map<String, Object> record) throws ParseException {
    Bytes packed = new Bytes();
    new MsgpackWriter(packed).value(record);
    EventBuilder out = new EventBuilder();
    rig.parser("@type msgpack\n" + config).parse(packed.array(), 0, packed.length(), out);
    return out.take().events().getFirst();
  }

  // --- expressions

  @Test
  void theExpressionNamesTheFields() throws ParseException {
    assertThat(parse("@type regexp\nexpression /^(?<a>\\w)-(?<b>.*)/", "x-yz"))
        .isEqualTo("{a=x, b=yz}");
  }

  @Test
  void ignorecaseAndMultilineAreFlagsOfTheExpression() throws ParseException {
    String config = "@type regexp\nexpression /(?<a>ab.)/\n";
    assertThat(parse(config, "AB\n")).isEmpty();
    assertThat(parse(config + "ignorecase true", "ABC")).isEqualTo("{a=ABC}");
    assertThat(parse(config + "multiline true", "ab\n")).isEqualTo("{a=ab\n}");
  }

  @ParameterizedTest
  @ValueSource(strings = {"apache", "apache_error", "nginx"})
  void webServersLogsMayHaveAnExpressionOfTheirOwn(String type) throws ParseException {
    assertThat(parse("@type " + type + "\nexpression /^(?<only>\\d+)/", "12 x"))
        .isEqualTo("{only=12}");
    assertThat(parse("@type " + type + "\nexpression /^(?<only>x+)/\nignorecase true", "XX"))
        .isEqualTo("{only=XX}");
  }

  @Test
  void upToTwentyFormatsAreJoined() throws ParseException {
    StringBuilder config = new StringBuilder("@type multiline\n");
    StringBuilder text = new StringBuilder();
    StringBuilder record = new StringBuilder();
    for (int i = 1; i <= 20; i++) {
      config.append("format").append(i).append(" /(?<f").append(i).append(">\\d+)\\n/\n");
      text.append(i).append('\n');
      record.append(i == 1 ? "{" : ", ").append('f').append(i).append('=').append(i);
    }
    assertThat(parse(config.toString(), text.toString())).isEqualTo(record + "}");
  }
}
