package io.runnel.time;

import io.runnel.event.Bytes;
import io.runnel.event.EventTime;
import java.util.ArrayList;
import java.util.List;

/**
 * Writes the times of events. The text of the last second is remembered and only its fraction is
 * written anew, since events come in order of time. Safe for use by several threads at once.
 */
public final class TimeFormatter {
  private static final String ISO_LOCAL = "%Y-%m-%dT%H:%M:%S%:z";
  private static final String ISO_UTC = "%Y-%m-%dT%H:%M:%SZ";

  /** The text of one second; immutable, so that a race between threads does no harm. */
  private record Rendered(long second, byte[] text, int[] fractions) {}

  private final TimeType type;
  private final Strftime strftime;
  private final Zone zone;
  private Rendered last;

  private TimeFormatter(TimeType type, Strftime strftime, Zone zone) {
    this.type = type;
    this.strftime = strftime;
    this.zone = zone;
  }

  /**
   * The formatter of a configuration: text in {@code time_format}, ISO 8601 where there is none, or
   * a number.
   */
  public static TimeFormatter of(TimeType type, String format, Zone zone, boolean plainUtc) {
    String iso = plainUtc ? ISO_UTC : ISO_LOCAL;
    boolean isIso = format == null || format.equals("%iso8601");
    return new TimeFormatter(type, Strftime.compile(isIso ? iso : format), zone);
  }

  /** Text in a format of strftime. */
  public static TimeFormatter of(String format, Zone zone) {
    return new TimeFormatter(TimeType.STRING, Strftime.compile(format), zone);
  }

  /**
   * Appends a time.
   *
   * @param time packed {@link EventTime}
   */
  public void format(long time, Bytes out) {
    switch (type) {
      case STRING, MIXED -> text(time, out);
      case UNIXTIME -> out.ascii(Long.toString(EventTime.seconds(time)));
      case FLOAT -> {
        out.ascii(Long.toString(EventTime.seconds(time)));
        out.write('.');
        byte[] a = out.ensure(9);
        Strftime.writeFraction(EventTime.nanos(time), a, out.length(), 9);
        out.setLength(out.length() + 9);
      }
    }
  }

  public String format(long time) {
    Bytes out = new Bytes(40);
    format(time, out);
    return out.toString();
  }

  private void text(long time, Bytes out) {
    long second = EventTime.seconds(time);
    Rendered known = last;
    if (known == null || known.second != second) {
      known = render(second);
      last = known;
    }
    int start = out.length();
    out.write(known.text, 0, known.text.length);
    int[] fractions = known.fractions;
    for (int i = 0; i < fractions.length; i += 2) {
      Strftime.writeFraction(
          EventTime.nanos(time), out.array(), start + fractions[i], fractions[i + 1]);
    }
  }

  private Rendered render(long second) {
    Bytes text = new Bytes(40);
    List<Strftime.Fraction> places = new ArrayList<>(1);
    strftime.format(second, 0, zone, text, places);
    int[] fractions = new int[places.size() * 2];
    for (int i = 0; i < places.size(); i++) {
      fractions[2 * i] = places.get(i).at();
      fractions[2 * i + 1] = places.get(i).digits();
    }
    return new Rendered(second, text.toByteArray(), fractions);
  }
}
