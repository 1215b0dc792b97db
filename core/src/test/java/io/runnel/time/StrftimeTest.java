package io.runnel.time;

import static org.assertj.core.api.Assertions.assertThat;

import java.time.LocalDate;
import java.time.ZoneId;
import java.time.ZoneOffset;
import java.time.temporal.IsoFields;
import java.util.Random;
import org.junit.jupiter.api.Test;

class StrftimeTest {
  /** Tuesday, 2 January 2024, 03:04:05.006007008 UTC. */
  private static final long SECONDS = 1_704_164_645L;

  private static final int NANOS = 6_007_008;

  private static String utc(String pattern) {
    return Strftime.format(pattern, SECONDS, NANOS, ZoneOffset.UTC);
  }

  @Test
  void everyDirective() {
    String[] table = {
      "%Y|2024",
      "%C|20",
      "%y|24",
      "%m|01",
      "%B|January",
      "%b|Jan",
      "%h|Jan",
      "%d|02",
      "%e| 2",
      "%j|002",
      "%H|03",
      "%k| 3",
      "%I|03",
      "%l| 3",
      "%M|04",
      "%S|05",
      "%L|006",
      "%N|006007008",
      "%3N|006",
      "%6N|006007",
      "%9N|006007008",
      "%12N|006007008000",
      "%z|+0000",
      "%:z|+00:00",
      "%::z|+00:00:00",
      "%:::z|+00",
      "%Z|UTC",
      "%A|Tuesday",
      "%a|Tue",
      "%u|2",
      "%w|2",
      "%G|2024",
      "%g|24",
      "%V|01",
      "%U|00",
      "%W|01",
      "%s|1704164645",
      "%n|\n",
      "%t|\t",
      "%%|%",
      "%c|Tue Jan  2 03:04:05 2024",
      "%D|01/02/24",
      "%F|2024-01-02",
      "%T|03:04:05",
      "%v| 2-JAN-2024",
      "%x|01/02/24",
      "%X|03:04:05",
      "%r|03:04:05 AM",
      "%R|03:04",
      "%p|AM",
      "%P|am"
    };
    for (String line : table) {
      String[] row = line.split("\\|", -1);
      assertThat(utc(row[0])).as(row[0]).isEqualTo(row[1]);
    }
  }

  @Test
  void flagsAndWidths() {
    String[] table = {
      "%-d|2",
      "%_d| 2",
      "%0e|02",
      "%-e|2",
      "%^b|JAN",
      "%^B|JANUARY",
      "%#p|am",
      "%#Z|utc",
      "%#b|JAN",
      "%5d|00002",
      "%_5d|    2",
      "%-5d|2",
      "%10A|   Tuesday",
      "%010A|000Tuesday",
      "%^10a|       TUE",
      "%-H|3",
      "%-I|3",
      "%-j|2",
      "%-y|24",
      "%6Y|002024",
      "%Ey|24",
      "%Od|02",
      "%10F|2024-01-02",
      "%12F|  2024-01-02",
      "%10z|+000000000"
    };
    for (String line : table) {
      String[] row = line.split("\\|", -1);
      assertThat(utc(row[0])).as(row[0]).isEqualTo(row[1]);
    }
  }

  @Test
  void whatIsUnknownStaysAsText() {
    assertThat(utc("%Q %E %+ %")).isEqualTo("%Q %E %+ %");
    assertThat(utc("100% of %Y")).isEqualTo("100% of 2024");
    assertThat(utc("Grüße %H")).isEqualTo("Grüße 03");
  }

  @Test
  void zonesShowTheirOffset() {
    ZoneId newYork = ZoneId.of("America/New_York");
    assertThat(Strftime.format("%F %T %z %Z", SECONDS, 0, newYork))
        .isEqualTo("2024-01-01 22:04:05 -0500 EST");
    assertThat(Strftime.format("%z", SECONDS + 182 * 86_400, 0, newYork)).isEqualTo("-0400");
    assertThat(Strftime.format("%FT%T%:z", SECONDS, 0, ZoneOffset.ofHoursMinutes(5, 30)))
        .isEqualTo("2024-01-02T08:34:05+05:30");
  }

  @Test
  void calendarAgreesWithJavaTime() {
    Random random = new Random(7);
    for (int i = 0; i < 5_000; i++) {
      LocalDate date = LocalDate.ofEpochDay(random.nextInt(-200_000, 200_000));
      long seconds = date.toEpochDay() * 86_400 + random.nextInt(86_400);
      String expected =
          "%04d-%02d-%02d %03d %d %04d %02d"
              .formatted(
                  date.getYear(),
                  date.getMonthValue(),
                  date.getDayOfMonth(),
                  date.getDayOfYear(),
                  date.getDayOfWeek().getValue(),
                  date.get(IsoFields.WEEK_BASED_YEAR),
                  date.get(IsoFields.WEEK_OF_WEEK_BASED_YEAR));
      assertThat(Strftime.format("%F %j %u %G %V", seconds, 0, ZoneOffset.UTC)).isEqualTo(expected);
    }
  }

  @Test
  void weeksOfTheYear() {
    // 2023-01-01 was a Sunday
    long newYear = LocalDate.of(2023, 1, 1).toEpochDay() * 86_400;
    assertThat(Strftime.format("%U %W", newYear, 0, ZoneOffset.UTC)).isEqualTo("01 00");
    assertThat(Strftime.format("%U %W", newYear + 86_400, 0, ZoneOffset.UTC)).isEqualTo("01 01");
  }
}
