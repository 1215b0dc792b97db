package io.runnel.ruby;

import io.runnel.event.Bytes;
import io.runnel.event.EventTime;
import io.runnel.time.Strftime;
import io.runnel.time.Zone;

/**
 * A time with its zone (Ruby's Time).
 *
 * @param seconds since the epoch
 * @param nanos within the second
 */
public record RubyTime(long seconds, int nanos, Zone zone) implements Comparable<RubyTime> {
  /** The time of an event in the zone of the process. */
  public static RubyTime of(long packed, Zone zone) {
    return new RubyTime(EventTime.seconds(packed), EventTime.nanos(packed), zone);
  }

  static RubyTime of(double seconds, Zone zone) {
    if (Double.isNaN(seconds) || Math.abs(seconds) > 1e15) {
      throw new RubyException("RangeError", RubyNumbers.text(seconds) + " out of Time range");
    }
    long whole = (long) Math.floor(seconds);
    long nanos = (long) Math.floor((seconds - whole) * 1e9);
    return new RubyTime(whole, (int) Math.min(nanos, 999_999_999), zone);
  }

  RubyTime in(Zone other) {
    return new RubyTime(seconds, nanos, other);
  }

  /** The time with a number of seconds added. */
  RubyTime plus(Object number) {
    if (Values.isInteger(number)) {
      return new RubyTime(seconds + Values.integer(number), nanos, zone);
    }
    double more = Values.real(number);
    RubyTime delta = of(more, zone);
    long sum = (long) nanos + delta.nanos;
    return new RubyTime(
        seconds + delta.seconds + sum / 1_000_000_000, (int) (sum % 1_000_000_000), zone);
  }

  double toDouble() {
    return seconds + nanos / 1e9;
  }

  String format(String pattern) {
    Limits.characters(pattern.length());
    var out = new Bytes(64);
    Strftime.compile(pattern).format(seconds, nanos, zone, out);
    return out.toString();
  }

  /** ISO 8601 with a number of digits of the fraction. */
  String iso8601(int digits) {
    String fraction = digits <= 0 ? "" : ".%" + Math.min(digits, 30) + "N";
    return format("%Y-%m-%dT%H:%M:%S" + fraction) + (zone.isUtc() ? "Z" : format("%:z"));
  }

  @Override
  public int compareTo(RubyTime other) {
    int order = Long.compare(seconds, other.seconds);
    return order != 0 ? order : Integer.compare(nanos, other.nanos);
  }

  @Override
  public boolean equals(Object other) {
    return other instanceof RubyTime time && compareTo(time) == 0;
  }

  @Override
  public int hashCode() {
    return Long.hashCode(seconds) * 31 + nanos;
  }

  @Override
  public String toString() {
    return format(zone.isUtc() ? "%Y-%m-%d %H:%M:%S UTC" : "%Y-%m-%d %H:%M:%S %z");
  }
}
