package io.runnel.time;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.runnel.config.ConfigException;
import io.runnel.config.TimeConfig;
import io.runnel.event.Bytes;
import io.runnel.event.EventTime;
import io.runnel.host.Clock;
import java.nio.charset.StandardCharsets;
import java.time.ZoneId;
import java.util.List;
import java.util.Optional;
import java.util.Random;
import org.junit.jupiter.api.Test;

class TimeParserTest {
  private static final long NOON = 1_700_000_000L; // 2023-11-14T22:13:20Z

  /** A clock that stands still until it is set. */
  private static final class Still implements Clock {
    private long seconds = NOON;

    @Override
    public long millis() {
      return seconds * 1000;
    }

    @Override
    public long nanos() {
      return 0;
    }

    @Override
    public void sleep(long nanos) {}
  }

  private final Still clock = new Still();

  private TimeParser parser(TimeType type, String format, String zone, String... fallbacks) {
    return new TimeConfig(
            type,
            Optional.ofNullable(format),
            true,
            zone == null && format != null,
            Optional.ofNullable(zone),
            List.of(fallbacks))
        .parser(clock);
  }

  private String show(long time) {
    Bytes out = new Bytes();
    Strftime.compile("%FT%T.%N").format(time, Zone.UTC, out);
    return out.toString().replaceFirst("\\.0+$", "");
  }

  private void check(String format, String text, String expected) throws TimeParseException {
    assertThat(show(parser(TimeType.STRING, format, null).parse(text)))
        .as("%s by %s", text, format)
        .isEqualTo(expected);
  }

  @Test
  void formats() throws TimeParseException {
    check("%d/%b/%Y:%H:%M:%S %z", "14/Nov/2023:22:13:20 +0000", "2023-11-14T22:13:20");
    check("%d/%b/%Y:%H:%M:%S %z", "15/nov/2023:07:13:20 +0900", "2023-11-14T22:13:20");
    check("%Y-%m-%dT%H:%M:%S.%L%z", "2023-11-14T22:13:20.250Z", "2023-11-14T22:13:20.250000000");
    check("%Y-%m-%dT%H:%M:%S.%N%z", "2023-11-14T22:13:20.5+01:00", "2023-11-14T21:13:20.500000000");
    check("%b %d %H:%M:%S", "Feb  3 01:02:03", "2023-02-03T01:02:03");
    check("%d %b %Y %I:%M:%S.%L %p", "01 Jan 2024 12:00:00.000 AM", "2024-01-01T00:00:00");
    check("%d %b %Y %I:%M:%S.%L %p", "01 Jan 2024 12:00:00.000 PM", "2024-01-01T12:00:00");
    check("%Y%m%d%H%M%S", "20231114221320", "2023-11-14T22:13:20");
    check("%s", "1700000000", "2023-11-14T22:13:20");
    check("%s.%N", "1700000000.25", "2023-11-14T22:13:20.250000000");
    check("%Q", "1700000000250", "2023-11-14T22:13:20.250000000");
    check("%y-%m-%d", "68-01-02", "2068-01-02T00:00:00");
    check("%y-%m-%d", "70-01-02", "1970-01-02T00:00:00");
    check("%Y-%j", "2024-060", "2024-02-29T00:00:00");
    check("%A, %d %B %Y", "tuesday, 14 NOVEMBER 2023", "2023-11-14T00:00:00");
    check("%H:%M", "01:02", "2023-11-14T01:02:00");
    check("%Y-%m-%d %H:%M:%S", "2023-11-14   22:13:20 and more", "2023-11-14T22:13:20");
    check("%G-W%V-%u", "2023-W46-2", "2023-11-14T00:00:00");
    check("%Y-%m-%d %H:%M:%S %Z", "2023-11-14 22:13:20 JST", "2023-11-14T13:13:20");
    check("%F %T", "2023-12-31 24:00:00", "2024-01-01T00:00:00");
    check("%F %T", "2016-12-31 23:59:60", "2017-01-01T00:00:00");
    check("%-d.%-m.%Y", "1.2.2023", "2023-02-01T00:00:00");
    check("%iso8601", "2023-11-14T22:13:20.5+09:00", "2023-11-14T13:13:20.500000000");
  }

  @Test
  void formFreeTexts() throws TimeParseException {
    String[] same = {
      "2023-11-14 22:13:20 UTC",
      "2023-11-14T22:13:20Z",
      "2023-11-14T22:13:20+00:00",
      "2023-11-14 23:13:20 +0100",
      "2023/11/14 22:13:20 +0",
      "20231114T221320Z",
      "Tue, 14 Nov 2023 22:13:20 +0000",
      "Tue, 14 Nov 2023 22:13:20 GMT",
      "Tue Nov 14 22:13:20 UTC 2023",
      "14/Nov/2023:22:13:20 +0000",
      "Nov 14, 2023 10:13:20 PM UTC",
      "14 November 2023 22:13:20Z",
      "2023-318T22:13:20Z",
      "2023-W46-2T22:13:20Z",
      "14.11.2023 22:13:20 Z",
      "14/11/2023 22:13:20 Z",
      "Wed Nov 15 07:13:20 JST 2023",
      "20231114221320 +0000"
    };
    TimeParser parser = parser(TimeType.STRING, null, null);
    for (String text : same) {
      assertThat(show(parser.parse(text))).as(text).isEqualTo("2023-11-14T22:13:20");
    }
    assertThat(show(parser.parse("2023-11-14 22:13:20,123 Z")))
        .isEqualTo("2023-11-14T22:13:20.123000000");
    for (String text : new String[] {"", "abc", "none of them", "12", "1700000000", "::", "--"}) {
      assertThatThrownBy(() -> parser.parse(text)).as(text).isInstanceOf(TimeParseException.class);
    }
  }

  @Test
  void localTimeWhereNoZoneIsNamed() throws TimeParseException {
    long local = parser(TimeType.STRING, null, null).parse("2023-11-14 22:13:20");
    assertThat(EventTime.seconds(local))
        .isEqualTo(
            java.time.LocalDateTime.of(2023, 11, 14, 22, 13, 20)
                .atZone(ZoneId.systemDefault())
                .toEpochSecond());
  }

  @Test
  void zonesOfTimesWithoutOne() throws TimeParseException {
    String format = "%Y-%m-%d %H:%M:%S";
    assertThat(show(parser(TimeType.STRING, format, "+09:00").parse("2023-11-15 00:00:00")))
        .isEqualTo("2023-11-14T15:00:00");
    TimeParser newYork = parser(TimeType.STRING, format, "America/New_York");
    assertThat(show(newYork.parse("2023-11-14 17:13:20"))).isEqualTo("2023-11-14T22:13:20");
    assertThat(show(newYork.parse("2023-07-14 18:13:20"))).isEqualTo("2023-07-14T22:13:20");
    assertThat(show(newYork.parse("2023-03-12 02:30:00"))).isEqualTo("2023-03-12T07:30:00");
    assertThat(show(newYork.parse("2023-11-05 01:30:00"))).isEqualTo("2023-11-05T05:30:00");
    assertThatThrownBy(() -> parser(TimeType.STRING, format, "JST"))
        .isInstanceOf(ConfigException.class)
        .hasMessageContaining("Unsupported timezone");
    assertThatThrownBy(() -> parser(TimeType.STRING, null, "+09:00"))
        .isInstanceOf(ConfigException.class)
        .hasMessage("specifying timezone requires time format");
  }

  @Test
  void wrongTexts() {
    TimeParser parser = parser(TimeType.STRING, "%Y-%m-%d %H:%M:%S", null);
    assertThatThrownBy(() -> parser.parse("bad"))
        .hasMessage(
            "invalid time format: value = bad, error_class = ArgumentError, error = string doesn't"
                + " match");
    for (String text :
        new String[] {
          "2023-02-29 00:00:00",
          "2023-04-31 00:00:00",
          "2023-13-01 00:00:00",
          "2023-01-01 25:00:00",
          "2023-01-01 00:60:00",
          "1969-12-31 23:59:59",
          "2107-01-01 00:00:00"
        }) {
      assertThatThrownBy(() -> parser.parse(text)).as(text).isInstanceOf(TimeParseException.class);
    }
  }

  @Test
  void numbers() throws TimeParseException {
    TimeParser unix = parser(TimeType.UNIXTIME, null, null);
    assertThat(unix.parse("1700000000.9")).isEqualTo(EventTime.pack(NOON, 0));
    assertThat(unix.parse("abc")).isZero();
    TimeParser floating = parser(TimeType.FLOAT, null, null);
    assertThat(floating.parse("1700000000.25")).isEqualTo(EventTime.pack(NOON, 250_000_000));
    assertThat(floating.parse("1700000000")).isEqualTo(EventTime.pack(NOON, 0));
    assertThat(floating.parse("1.7e9")).isEqualTo(EventTime.pack(NOON, 0));
    assertThat(floating.parse("x")).isZero();
    assertThatThrownBy(() -> unix.parse("-1")).isInstanceOf(TimeParseException.class);
  }

  @Test
  void mixedTriesOneAfterTheOther() throws TimeParseException {
    TimeParser mixed =
        parser(TimeType.MIXED, "%Y-%m-%dT%H:%M:%S%z", null, "unixtime", "%d/%b/%Y:%H:%M:%S %z");
    assertThat(mixed.parse("2023-11-14T22:13:20+0000")).isEqualTo(EventTime.pack(NOON, 0));
    assertThat(mixed.parse("1700000001")).isEqualTo(EventTime.pack(NOON + 1, 0));
    assertThat(mixed.parse("14/Nov/2023:22:13:22 +0000")).isEqualTo(EventTime.pack(NOON + 2, 0));
    assertThatThrownBy(() -> mixed.parse("none of them"))
        .hasMessage(
            "invalid time format: value = none of them, even though fallbacks: "
                + "Fluent::TimeParser,Fluent::NumericTimeParser,Fluent::TimeParser");
  }

  @Test
  void yearOfTheClockIsAskedAgain() throws TimeParseException {
    TimeParser parser = parser(TimeType.STRING, "%b %d %H:%M:%S", null);
    assertThat(show(parser.parse("Jan  1 00:00:01"))).isEqualTo("2023-01-01T00:00:01");
    clock.seconds += 60 * 86_400;
    assertThat(show(parser.parse("Jan  1 00:00:02"))).isEqualTo("2024-01-01T00:00:02");
  }

  @Test
  void whatIsFormattedIsReadBack() throws TimeParseException {
    String[] formats = {
      "%d/%b/%Y:%H:%M:%S.%N %z", "%Y-%m-%dT%H:%M:%S.%N%:z", "%c %z %N", "%s %N", "%F %r %N",
      "%a, %d %b %Y %T.%N %Z", "%G-W%V-%u %T %N", "%Y-%j %T %N", "%Y %U %w %T %N", "%Y %W %u %T %N"
    };
    for (String format : formats) {
      TimeParser parser = parser(TimeType.STRING, format, null);
      Strftime strftime = Strftime.compile(format);
      Random random = new Random(format.hashCode());
      long seconds = random.nextInt(Integer.MAX_VALUE);
      for (int i = 0; i < 2_000; i++) {
        // mostly near each other, so that the remembered text is used too
        seconds = random.nextInt(20) == 0 ? random.nextInt(Integer.MAX_VALUE) : seconds + 7;
        long time = EventTime.pack(seconds, random.nextInt(1_000_000_000));
        Bytes text = new Bytes();
        text.ascii("xx");
        strftime.format(time, Zone.UTC, text);
        assertThat(parser.parse(text.array(), 2, text.length() - 2))
            .as(text.toString())
            .isEqualTo(time);
      }
    }
  }

  @Test
  void garbageGivesATimeOrAFault() {
    Random random = new Random(11);
    TimeParser[] parsers = {
      parser(TimeType.STRING, null, null), parser(TimeType.STRING, "%c %z", null),
      parser(TimeType.STRING, "%iso8601", null),
          parser(TimeType.STRING, "%Y-%m-%dT%H:%M:%S.%N%z", null),
      parser(TimeType.FLOAT, null, null), parser(TimeType.MIXED, "%s", null, "float")
    };
    String seed = "2023-11-14T22:13:20.5+09:00 Tue Nov PM 1.5e3 /:,";
    for (int i = 0; i < 20_000; i++) {
      byte[] text = new byte[random.nextInt(30)];
      for (int k = 0; k < text.length; k++) {
        text[k] = (byte) seed.charAt(random.nextInt(seed.length()));
      }
      if (i % 3 == 0 && text.length > 2) {
        byte[] good = seed.substring(0, 27).getBytes(StandardCharsets.US_ASCII);
        good[random.nextInt(good.length)] = text[0];
        text = good;
      }
      for (TimeParser parser : parsers) {
        try {
          long time = parser.parse(text, 0, text.length);
          assertThat(EventTime.nanos(time)).isBetween(0, 999_999_999);
        } catch (TimeParseException e) {
          assertThat(e).hasMessageStartingWith("invalid time format: value = ");
        }
      }
    }
  }
}
