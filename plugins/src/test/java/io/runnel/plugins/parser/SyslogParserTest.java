package io.runnel.plugins.parser;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.runnel.event.Event;
import io.runnel.event.EventTime;
import io.runnel.plugin.ParseException;
import io.runnel.plugin.Parser;
import io.runnel.regexp.Regexp;
import io.runnel.regexp.Regexps;
import io.runnel.testkit.ManualClock;
import io.runnel.testkit.TestContext;
import io.runnel.testkit.TestPlugins;
import java.nio.charset.StandardCharsets;
import java.time.Instant;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Random;
import org.junit.jupiter.api.Test;

class SyslogParserTest {
  private static final String REST_3164 =
      "\\G(?<host>[^ ]*) (?<ident>[^ :\\[]*)(?:\\[(?<pid>[0-9]+)\\])?(?:[^\\:]*\\:)?"
          + " *(?<message>.*)$";
  private static final String REST_5424 =
      "\\G(?<host>[!-~]{1,255}) (?<ident>[!-~]{1,48}) (?<pid>[!-~]{1,128}) (?<msgid>[!-~]{1,32}) "
          + "(?<extradata>(?:\\-|(?:\\[.*?(?<!\\\\)\\])+))(?: (?<message>.+))?\\z";

  private static Parser parser(String config) {
    TestContext context = new TestContext().clock(ManualClock.standard());
    return TestPlugins.parser(SyslogParser.TYPE, config, context);
  }

  private static String parse(String config, String text) throws ParseException {
    List<Event> events = TestPlugins.parse(parser(config), text);
    return events.isEmpty() ? "no match" : events.getFirst().record().toString();
  }

  @Test
  void dropsUpToTheFirstColonAsFluentdDoes() throws ParseException {
    String time = "Nov 14 22:13:20 ";
    assertThat(parse("", time + "h su some text: rest"))
        .isEqualTo("{host=h, ident=su, message=rest}");
    assertThat(parse("", time + "h su[1] a: b")).isEqualTo("{host=h, ident=su, pid=1, message=b}");
    assertThat(parse("", time + "h x")).isEqualTo("{host=h, ident=x, message=}");
    assertThat(parse("", time + "h")).isEqualTo("no match");
    assertThat(parse("", "short")).isEqualTo("no match");
    assertThat(parse("parser_engine string", time + "h su some text: rest"))
        .isEqualTo("{host=h, ident=su, message=some text: rest}");
    assertThat(parse("parser_type string", time + "h word")).isEqualTo("{host=h, message=word}");
    assertThat(parse("parser_engine string\nsupport_colonless_ident false", time + "h a b\n"))
        .isEqualTo("{host=h, message=a b}");
  }

  @Test
  void timesMayHaveOtherFormats() throws ParseException {
    assertThat(time("time_format %d %m %Y", "05 11 2023 h a: m")).isEqualTo("2023-11-05T00:00:00Z");
    assertThat(
            time(
                "with_priority true\nmessage_format rfc5424\nrfc5424_time_format %d.%m.%Y",
                "<16>1 04.11.2023 h a 1 - - m"))
        .isEqualTo("2023-11-04T00:00:00Z");
  }

  private static String time(String config, String text) throws ParseException {
    long time = TestPlugins.parse(parser(config + "\ntimezone +00:00"), text).getFirst().time();
    return Instant.ofEpochSecond(EventTime.seconds(time)).toString();
  }

  @Test
  void keepsTheTime() throws ParseException {
    assertThat(parse("keep_time_key true\nwith_priority true", "<7>Nov  4 22:13:20 h a: b"))
        .isEqualTo("{pri=7, time=Nov 4 22:13:20, host=h, ident=a, message=b}");
    assertThat(parse("keep_time_key true\nparser_engine string", "Nov  4 22:13:20 h a: b"))
        .contains("time=Nov  4 22:13:20");
    Event event = TestPlugins.parse(parser("utc true"), "Nov  4 22:13:20 h a: b").getFirst();
    assertThat(EventTime.seconds(event.time())).isEqualTo(1_699_136_000L);
  }

  @Test
  void readsRfc5424() throws ParseException {
    String config = "message_format rfc5424\nwith_priority true";
    assertThat(parse(config, "<14>1 - h a - - - text")).contains("message=text");
    assertThat(TestPlugins.parse(parser(config), "<14>1 - h a - - - t").getFirst().time())
        .as("the nil time is none")
        .isEqualTo(EventTime.NONE);
    assertThat(parse(config, "<14>1 2023-11-14T22:13:22Z h a p m [x y=\"]\"] [more] text"))
        .contains("extradata=[x y=\"]\"], message=[more] text");
    assertThat(parse(config, "14>1 2023-11-14T22:13:22Z h a p m -")).isEqualTo("no match");
    assertThat(parse(config, "<14>1 2023-11-14T22:13:22Z h a p")).isEqualTo("no match");
    assertThatThrownBy(() -> parse(config, "<14>1 nonsense h a p m -"))
        .isInstanceOf(ParseException.class)
        .hasMessageContaining("invalid time format: value = nonsense");
    assertThat(parse("message_format auto", "Nov 14 22:13:20 h a: b")).contains("message=b");
  }

  @Test
  void wrongTimesAreFaults() {
    assertThatThrownBy(() -> parse("", "a b c h i: m"))
        .isInstanceOf(ParseException.class)
        .hasMessageStartingWith("invalid time format: value = a b c");
  }

  /** The readers against the expressions they stand for. */
  @Test
  void findsWhatTheExpressionsFind() throws ParseException {
    agrees("", "Nov 14 22:13:20 ", REST_3164, "web01 sshd[4321]: Accepted key for root: yes");
    agrees(
        "message_format rfc5424",
        "2023-11-14T22:13:20.003Z ",
        REST_5424,
        "web01 su 77 ID47 [a@1 b=\"c\"][d e=\"\\]\"] hello [x] there");
    agrees("message_format rfc5424", "- ", REST_5424, "- - - - -");
  }

  private static void agrees(String config, String time, String pattern, String sample)
      throws ParseException {
    Regexp regexp = Regexps.compile(pattern, false, config.contains("5424"));
    Parser parser = parser(config);
    Random random = new Random(3);
    int matched = 0;
    for (int round = 0; round < 20_000; round++) {
      StringBuilder rest = new StringBuilder(sample);
      for (int damage = random.nextInt(5); damage > 0; damage--) {
        int at = random.nextInt(rest.length());
        char c = " []:\\-1x\n\u00e9".charAt(random.nextInt(10));
        switch (random.nextInt(4)) {
          case 0 -> rest.insert(at, c);
          case 1 -> rest.deleteCharAt(at);
          case 2 -> rest.setLength(at);
          default -> rest.setCharAt(at, c);
        }
        if (rest.isEmpty()) {
          rest.append(c);
        }
      }
      byte[] text = (time + rest).getBytes(StandardCharsets.UTF_8);
      int[] places = regexp.search(text, 0, text.length, time.length());
      Map<String, Object> expected = new LinkedHashMap<>();
      for (String name : places == null ? List.<String>of() : regexp.names()) {
        int group = regexp.group(name);
        if (places[2 * group] >= 0) {
          int from = places[2 * group];
          expected.put(
              name, new String(text, from, places[2 * group + 1] - from, StandardCharsets.UTF_8));
        }
      }
      if (rest.charAt(0) == ' ') {
        continue; // would be taken for the time
      }
      List<Event> events = TestPlugins.parse(parser, time + rest);
      assertThat(events).as("%s", rest).hasSize(places == null ? 0 : 1);
      if (places != null) {
        matched++;
        assertThat(events.getFirst().record().toString()).isEqualTo(expected.toString());
      }
    }
    assertThat(matched).isGreaterThan(1_000);
  }

  @Test
  void timeFormatsOfEachKindOfMessage() throws ParseException {
    assertThat(parse("time_format %Y_%m_%d\nkeep_time_key true", "2023_11_14 h a: b"))
        .isEqualTo("{time=2023_11_14, host=h, ident=a, message=b}");
    Event event =
        TestPlugins.parse(
                parser(
                    "message_format rfc5424\nrfc5424_time_format %Y_%m_%d%z\nwith_priority true"),
                "<7>1 2023_11_14+0000 h a - - - text")
            .getFirst();
    assertThat(event.record()).containsEntry("message", "text");
  }
}
