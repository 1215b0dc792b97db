package io.runnel.time;

import io.runnel.event.EventTime;
import io.runnel.host.Clock;
import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import java.util.List;

/**
 * Reads the times of events by the rules of Fluentd's time parameters. Safe for use by several
 * threads at once.
 *
 * <p>Events come in order of time, so most texts differ from the one before only in the digits of
 * the second and its fraction: those are read at once, the rest is compared with what is known.
 */
public abstract sealed class TimeParser {
  /** Largest number of seconds that an EventTime holds. */
  private static final long MAX_SECONDS = 0xffff_ffffL;

  /** Reads whole seconds since the epoch. */
  public static TimeParser unixtime() {
    return new UnixTime();
  }

  /** Reads seconds since the epoch with a fraction. */
  public static TimeParser floating() {
    return new FloatTime();
  }

  /**
   * Reads text.
   *
   * @param format letters of strptime, {@code %iso8601}, or null for any common form
   * @param zone of texts that name none
   * @param clock says the year or day where a text has none
   */
  public static TimeParser text(String format, Zone zone, Clock clock) {
    if (format == null || format.equals("%iso8601")) {
      return new TextTime(null, format != null, zone, clock);
    }
    return new TextTime(Strptime.compile(format), false, zone, clock);
  }

  /** Tries several, in order. */
  public static TimeParser mixed(List<TimeParser> parsers) {
    return new Mixed(List.copyOf(parsers));
  }

  /**
   * Reads a time.
   *
   * @return packed {@link EventTime}
   * @throws TimeParseException where the text is no time
   */
  public abstract long parse(byte[] text, int offset, int length) throws TimeParseException;

  public final long parse(String text) throws TimeParseException {
    byte[] bytes = text.getBytes(StandardCharsets.UTF_8);
    return parse(bytes, 0, bytes.length);
  }

  /** True where numbers may be passed as their text; otherwise "value must be string". */
  public boolean takesNumbers() {
    return true;
  }

  private static long packed(long seconds, int nanos, byte[] text, int offset, int length)
      throws TimeParseException {
    if (seconds < 0 || seconds > MAX_SECONDS) {
      throw TimeParseException.of(text, offset, length, "argument out of range");
    }
    return EventTime.pack(seconds, nanos);
  }

  /** The leading integer of a text, 0 where it has none; limited to 18 digits. */
  private static long leadingInteger(byte[] text, int offset, int end) {
    int at = offset;
    while (at < end && text[at] == ' ') {
      at++;
    }
    boolean negative = at < end && text[at] == '-';
    if (negative || at < end && text[at] == '+') {
      at++;
    }
    int limit = Math.min(end, at + 18);
    long value = 0;
    while (at < limit && Strptime.isDigit(text[at])) {
      value = value * 10 + text[at++] - '0';
    }
    return negative ? -value : value;
  }

  private static boolean isNumeric(byte[] text, int offset, int length) {
    boolean digits = false;
    for (int i = offset; i < offset + length; i++) {
      byte b = text[i];
      digits |= Strptime.isDigit(b);
      if (!Strptime.isDigit(b) && "+-.eE".indexOf(b) < 0) {
        return false;
      }
    }
    return digits && Numbers.isFloat(new String(text, offset, length, StandardCharsets.US_ASCII));
  }

  private static final class UnixTime extends TimeParser {
    @Override
    public long parse(byte[] text, int offset, int length) throws TimeParseException {
      return packed(leadingInteger(text, offset, offset + length), 0, text, offset, length);
    }
  }

  private static final class FloatTime extends TimeParser {
    @Override
    public long parse(byte[] text, int offset, int length) throws TimeParseException {
      int end = offset + length;
      int point = -1;
      for (int i = offset; i < end; i++) {
        if (text[i] == '.' && point < 0) {
          point = i;
        } else if ((text[i] == 'e' || text[i] == 'E') && isNumeric(text, offset, length)) {
          double value =
              Double.parseDouble(new String(text, offset, length, StandardCharsets.US_ASCII));
          if (!(value >= 0 && value <= MAX_SECONDS)) {
            throw TimeParseException.of(text, offset, length, "argument out of range");
          }
          return EventTime.ofDouble(value);
        }
      }
      long seconds = leadingInteger(text, offset, point < 0 ? end : point);
      int nanos = 0;
      if (point >= 0) {
        int digits = 0;
        while (point + 1 + digits < end && Strptime.isDigit(text[point + 1 + digits])) {
          digits++;
        }
        nanos = Strptime.nanos(text, point + 1, digits);
      }
      return packed(seconds, nanos, text, offset, length);
    }
  }

  private static final class Mixed extends TimeParser {
    private final TimeParser[] parsers;

    Mixed(List<TimeParser> parsers) {
      this.parsers = parsers.toArray(TimeParser[]::new);
    }

    @Override
    public long parse(byte[] text, int offset, int length) throws TimeParseException {
      for (TimeParser parser : parsers) {
        boolean numbers = parser.takesNumbers();
        if (numbers && !isNumeric(text, offset, length)) {
          continue;
        }
        try {
          return parser.parse(text, offset, length);
        } catch (TimeParseException e) {
          continue; // the next format may fit
        }
      }
      throw new TimeParseException(
          "invalid time format: value = "
              + new String(text, offset, Math.min(length, 256), StandardCharsets.UTF_8)
              + ", even though fallbacks: "
              + String.join(",", Arrays.stream(parsers).map(TimeParser::rubyClass).toList()));
    }
  }

  /** The class that Fluentd names in the message of a mixed parser. */
  private static String rubyClass(TimeParser parser) {
    return parser.takesNumbers() ? "Fluent::NumericTimeParser" : "Fluent::TimeParser";
  }

  /**
   * A text that was read, with the places of what may change.
   *
   * @param base seconds since the epoch at second 0 of its minute
   * @param nanos nanoseconds where the text has no fraction
   * @param from the base holds while the clock shows at least this (seconds since the epoch) ...
   * @param until ... and less than this
   */
  private record Known(
      byte[] text,
      int secondAt,
      int fractionAt,
      int fractionLength,
      long base,
      int nanos,
      long from,
      long until) {
    /** The packed time of a text that differs at those places only; NONE for any other. */
    long match(byte[] other, int offset, int length) {
      int mine = text.length;
      if (length != mine) {
        return EventTime.NONE;
      }
      int at = offset + secondAt;
      int tens = other[at] - '0';
      int ones = other[at + 1] - '0';
      if (tens < 0 || tens > 5 || ones < 0 || ones > 9) {
        return EventTime.NONE;
      }
      int rest = fractionAt < 0 ? mine : fractionAt;
      if (!Arrays.equals(text, 0, secondAt, other, offset, at)
          || !Arrays.equals(text, secondAt + 2, rest, other, at + 2, offset + rest)) {
        return EventTime.NONE;
      }
      int value = nanos;
      if (fractionAt >= 0) {
        int behind = fractionAt + fractionLength;
        for (int i = fractionAt; i < behind; i++) {
          if (!Strptime.isDigit(other[offset + i])) {
            return EventTime.NONE;
          }
        }
        if (!Arrays.equals(text, behind, mine, other, offset + behind, offset + mine)) {
          return EventTime.NONE;
        }
        value = Strptime.nanos(other, offset + fractionAt, fractionLength);
      }
      return EventTime.pack(base + tens * 10 + ones, value);
    }
  }

  private static final class TextTime extends TimeParser {
    private final Strptime strptime;
    private final boolean iso;
    private final Zone zone;
    private final Clock clock;
    private Known last;

    /**
     * @param strptime null for a text of any form
     * @param iso any form, but only ISO 8601
     */
    TextTime(Strptime strptime, boolean iso, Zone zone, Clock clock) {
      this.strptime = strptime;
      this.iso = iso;
      this.zone = zone;
      this.clock = clock;
    }

    @Override
    public boolean takesNumbers() {
      return false;
    }

    @Override
    public long parse(byte[] text, int offset, int length) throws TimeParseException {
      Known known = last;
      if (known != null) {
        long time = known.match(text, offset, length);
        if (time != EventTime.NONE && (known.until == Long.MAX_VALUE || isCurrent(known))) {
          return time;
        }
      }
      return read(text, offset, length);
    }

    private boolean isCurrent(Known known) {
      long now = clock.millis() / 1000;
      return now >= known.from && now < known.until;
    }

    private long read(byte[] text, int offset, int length) throws TimeParseException {
      TimeParts parts = new TimeParts();
      String fault = match(text, offset, offset + length, parts);
      if (fault != null) {
        throw TimeParseException.of(text, offset, length, fault);
      }
      long now = parts.isComplete() ? 0 : Math.floorDiv(clock.millis(), 1000L);
      long seconds = parts.resolve(zone, now);
      if (parts.fault != null) {
        throw TimeParseException.of(text, offset, length, parts.fault);
      }
      long time = packed(seconds, parts.nanos, text, offset, length);
      remember(text, offset, length, parts, seconds, now);
      return time;
    }

    private String match(byte[] text, int offset, int end, TimeParts parts) {
      if (strptime != null) {
        return strptime.parse(text, offset, end, parts) < 0 ? "string doesn't match" : null;
      }
      if (iso && !IsoShape.fits(text, offset, end)) {
        return "invalid xmlschema format: " + quoted(text, offset, end);
      }
      return FreeFormTime.parse(text, offset, end, parts)
          ? null
          : "no time information in " + quoted(text, offset, end);
    }

    private static String quoted(byte[] text, int offset, int end) {
      int shown = Math.min(end - offset, 256);
      return '"' + new String(text, offset, shown, StandardCharsets.UTF_8) + '"';
    }

    private void remember(
        byte[] text, int offset, int length, TimeParts parts, long seconds, long now) {
      if (parts.secondAt < 0
          || parts.hasEpoch
          || parts.fractionAt >= 0 && parts.fractionAt < parts.secondAt) {
        return;
      }
      long from = Long.MIN_VALUE;
      long until = Long.MAX_VALUE;
      if (!parts.isComplete()) {
        // what was taken from the clock changes at midnight at the earliest
        long into = Math.floorMod(now + zone.offset(now), 86_400L);
        from = now - into;
        until = from + 86_400;
      }
      int fractionAt = parts.fractionAt < 0 ? -1 : parts.fractionAt - offset;
      last =
          new Known(
              Arrays.copyOfRange(text, offset, offset + length),
              parts.secondAt - offset,
              fractionAt,
              parts.fractionLength,
              seconds - parts.second,
              parts.nanos,
              from,
              until);
    }
  }
}
