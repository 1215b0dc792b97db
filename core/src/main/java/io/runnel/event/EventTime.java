package io.runnel.event;

/**
 * The time of an event: seconds since the epoch and nanoseconds (Fluentd's EventTime).
 *
 * <p>On the hot path a time travels as one {@code long}: seconds in the upper 32 bits, nanoseconds
 * in the lower 32, which is also its form on the wire (MessagePack extension type 0, 8 bytes, big
 * endian; Fluentd forward protocol v1). This record is for the places where a time is a value of a
 * record, or is shown.
 *
 * @param seconds seconds since 1970-01-01T00:00:00Z, 0 to 2^32-1
 * @param nanos nanoseconds within the second, 0 to 999,999,999
 */
public record EventTime(long seconds, int nanos) implements Comparable<EventTime> {
  /** A packed time that stands for "no time"; impossible as a real one (nanoseconds too large). */
  public static final long NONE = -1L;

  /** Nanoseconds of 2^31 and more, which only a faulty client sends, stay what they are. */
  public static long pack(long seconds, long nanos) {
    return seconds << 32 | nanos & 0xffff_ffffL;
  }

  public static long seconds(long packed) {
    return packed >>> 32;
  }

  public static int nanos(long packed) {
    return (int) packed;
  }

  /** Packs a time in milliseconds since the epoch. */
  public static long ofMillis(long millis) {
    return pack(Math.floorDiv(millis, 1000L), Math.floorMod(millis, 1000L) * 1_000_000L);
  }

  /** Packs a time in seconds since the epoch with a fraction; the fraction is kept to 1 ns. */
  public static long ofDouble(double seconds) {
    long whole = (long) Math.floor(seconds);
    long nanos = Math.round((seconds - whole) * 1e9);
    return nanos >= 1_000_000_000L ? pack(whole + 1, 0) : pack(whole, nanos);
  }

  public static EventTime unpack(long packed) {
    return new EventTime(seconds(packed), nanos(packed));
  }

  public long pack() {
    return pack(seconds, nanos);
  }

  public double toDouble() {
    return seconds + nanos / 1e9;
  }

  @Override
  public int compareTo(EventTime other) {
    int bySeconds = Long.compare(seconds, other.seconds);
    return bySeconds != 0 ? bySeconds : Integer.compare(nanos, other.nanos);
  }

  /** Whole seconds, as Fluentd prints an EventTime. */
  @Override
  public String toString() {
    return Long.toString(seconds);
  }
}
