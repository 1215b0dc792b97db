package io.runnel.ruby;

import io.runnel.event.EventTime;
import io.runnel.time.Zone;
import java.time.Instant;
import java.time.OffsetDateTime;
import java.time.ZoneOffset;
import java.util.List;

/** Methods of times. */
final class TimeMethods {
  static final List<String> NAMES =
      List.of(
          "strftime",
          "utc",
          "getutc",
          "gmtime",
          "getgm",
          "localtime",
          "getlocal",
          "iso8601",
          "xmlschema",
          "to_r",
          "to_i",
          "to_f",
          "year",
          "month",
          "mon",
          "day",
          "mday",
          "hour",
          "min",
          "sec",
          "usec",
          "nsec",
          "wday",
          "yday",
          "zone",
          "utc_offset",
          "gmt_offset",
          "round",
          "to_time",
          "to_datetime",
          "to_date",
          "utc?",
          "gmt?",
          "sunday?",
          "monday?",
          "httpdate",
          "rfc2822",
          "to_s",
          "between?");

  private TimeMethods() {}

  static Object call(RubyTime self, String name, Object[] a) {
    return switch (name) {
      case "strftime" -> self.format(Values.string(Methods.arg(a, 0)));
      case "to_i", "tv_sec" -> self.seconds();
      case "to_f", "to_r" -> self.toDouble();
      case "usec", "tv_usec" -> (long) self.nanos() / 1000;
      case "nsec", "tv_nsec" -> (long) self.nanos();
      case "utc", "getutc", "gmtime", "getgm", "new_offset" -> self.in(Zone.UTC);
      case "localtime", "getlocal" ->
          self.in(a.length == 0 || a[0] == null ? Zone.local() : zone(a[0]));
      case "iso8601", "xmlschema", "rfc3339" -> self.iso8601(Values.small(Methods.arg(a, 0, 0L)));
      case "httpdate" -> self.in(Zone.UTC).format("%a, %d %b %Y %H:%M:%S GMT");
      case "rfc2822", "rfc822" -> self.format("%a, %d %b %Y %H:%M:%S %z");
      case "to_time", "to_datetime" -> self;
      case "zone" -> self.zone().abbreviation(self.seconds());
      case "utc_offset", "gmt_offset", "gmtoff" -> (long) self.zone().offset(self.seconds());
      case "utc?", "gmt?" -> self.zone().isUtc();
      case "+" -> self.plus(Methods.arg(a, 0));
      case "-" -> minus(self, Methods.arg(a, 0));
      case "<", ">", "<=", ">=" -> Numbers.compared(name, Values.compare(self, Methods.arg(a, 0)));
      case "between?" ->
          Values.compare(self, Methods.arg(a, 0)) >= 0
              && Values.compare(self, Methods.arg(a, 1)) <= 0;
      case "round" -> rounded(self, Values.small(Methods.arg(a, 0, 0L)));
      case "to_json" -> JsonText.generate(self);
      default -> calendar(self, name);
    };
  }

  private static Object minus(RubyTime self, Object other) {
    if (other instanceof RubyTime time) {
      return self.seconds() - time.seconds() + (self.nanos() - time.nanos()) / 1e9;
    }
    return self.plus(Numbers.negate(other instanceof Number ? other : Values.real(other)));
  }

  private static RubyTime rounded(RubyTime self, int digits) {
    if (digits >= 9) {
      return self;
    }
    long unit = 1;
    for (int i = Math.max(0, digits); i < 9; i++) {
      unit *= 10;
    }
    long nanos = (self.nanos() + unit / 2) / unit * unit;
    return new RubyTime(
        self.seconds() + nanos / 1_000_000_000, (int) (nanos % 1_000_000_000), self.zone());
  }

  private static Object calendar(RubyTime self, String name) {
    if (Math.abs(self.seconds()) > 31_556_889_864_000_000L) {
      return Methods.NONE;
    }
    int offset = self.zone().offset(self.seconds());
    OffsetDateTime local =
        Instant.ofEpochSecond(self.seconds()).atOffset(ZoneOffset.ofTotalSeconds(offset));
    return switch (name) {
      case "year" -> (long) local.getYear();
      case "month", "mon" -> (long) local.getMonthValue();
      case "day", "mday" -> (long) local.getDayOfMonth();
      case "hour" -> (long) local.getHour();
      case "min", "minute" -> (long) local.getMinute();
      case "sec", "second" -> (long) local.getSecond();
      case "wday" -> (long) (local.getDayOfWeek().getValue() % 7);
      case "yday" -> (long) local.getDayOfYear();
      case "to_date" -> self.plus(-(local.toLocalTime().toSecondOfDay() + self.nanos() / 1e9));
      case "sunday?", "monday?", "tuesday?", "wednesday?", "thursday?", "friday?", "saturday?" ->
          local.getDayOfWeek().name().equalsIgnoreCase(name.substring(0, name.length() - 1));
      default -> Methods.NONE;
    };
  }

  /** A zone given as offset in seconds or as text. */
  static Zone zone(Object value) {
    if (Values.isInteger(value)) {
      long seconds = Values.integer(value);
      if (Math.abs(seconds) > 64_800) {
        throw RubyException.argument("utc_offset out of range");
      }
      return Zone.of(ZoneOffset.ofTotalSeconds((int) seconds));
    }
    String text = Values.string(value);
    if (text.equals("UTC") || text.equals("Z")) {
      return Zone.UTC;
    }
    try {
      return Zone.parse(text);
    } catch (IllegalArgumentException e) {
      throw RubyException.argument(
          "\"+HH:MM\", \"-HH:MM\", \"UTC\" or \"A\"..\"I\",\"K\"..\"Z\" expected for utc_offset: "
              + text);
    }
  }

  /** A time that is a value of a record. */
  static Object event(Run run, EventTime self, String name, Object[] a) {
    RubyTime time = new RubyTime(self.seconds(), self.nanos(), run.scope.host().zone());
    return switch (name) {
      case "to_s" -> self.toString();
      case "sec" -> self.seconds();
      case "to_int" -> self.seconds();
      case "+", "-", "*", "/" -> Numbers.arithmetic(self.seconds(), name, Methods.arg(a, 0));
      default -> call(time, name, a);
    };
  }
}
