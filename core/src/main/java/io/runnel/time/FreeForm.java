package io.runnel.time;

import java.nio.charset.StandardCharsets;
import java.time.DateTimeException;
import java.time.ZoneOffset;

/**
 * A time read from text together with the zone that the text names: what Ruby's {@code Time.parse}
 * and {@code Time.strptime} give.
 *
 * @param seconds since the epoch
 * @param nanos within the second
 * @param zone of the text; the default one where it names none
 */
public record FreeForm(long seconds, int nanos, Zone zone) {
  /**
   * Reads a text of unknown format.
   *
   * @param zone where the text names none
   * @param now seconds since the epoch, for missing parts of the date
   * @return null where the text holds no time
   */
  public static FreeForm parse(String text, Zone zone, long now) {
    byte[] bytes = text.getBytes(StandardCharsets.UTF_8);
    TimeParts parts = new TimeParts();
    return FreeFormTime.parse(bytes, 0, bytes.length, parts) ? of(parts, zone, now) : null;
  }

  /** Reads a text by a format; null where it does not fit. */
  public static FreeForm strptime(String text, String format, Zone zone, long now) {
    byte[] bytes = text.getBytes(StandardCharsets.UTF_8);
    TimeParts parts = new TimeParts();
    return Strptime.compile(format).parse(bytes, 0, bytes.length, parts) >= 0
        ? of(parts, zone, now)
        : null;
  }

  private static FreeForm of(TimeParts parts, Zone zone, long now) {
    long seconds = parts.resolve(zone, now);
    if (seconds == Long.MIN_VALUE) {
      return null;
    }
    Zone own = zone;
    if (parts.offset != TimeParts.NONE) {
      try {
        own = Zone.of(ZoneOffset.ofTotalSeconds(parts.offset));
      } catch (DateTimeException e) {
        return null;
      }
    }
    return new FreeForm(seconds, parts.nanos, own);
  }
}
