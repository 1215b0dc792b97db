package io.runnel.time;

import io.runnel.host.LocalZone;
import java.time.Instant;
import java.time.ZoneId;
import java.time.ZoneOffset;
import java.time.zone.ZoneOffsetTransition;
import java.time.zone.ZoneRules;
import java.util.Locale;
import java.util.TimeZone;

/**
 * Offsets of a time zone without an object per question: the span between two transitions is
 * remembered. Safe for use by several threads at once.
 */
public final class Zone {
  public static final Zone UTC = new Zone(ZoneOffset.UTC, "UTC");

  /** A machine's own zone that is UTC: Ruby shows its times with {@code +0000}, not {@code UTC}. */
  private static final Zone LOCAL_UTC = new Zone(ZoneOffset.UTC, "UTC");

  /** The seconds from {@code from} up to {@code until} have one offset. */
  private record Span(long from, long until, int offset, String abbreviation) {}

  private final ZoneId id;
  private final ZoneRules rules;
  private final Span fixed;
  private Span last;

  private Zone(ZoneId id, String abbreviation) {
    this.id = id;
    this.rules = id.getRules();
    if (rules.isFixedOffset()) {
      int offset = rules.getOffset(Instant.EPOCH).getTotalSeconds();
      fixed = new Span(Long.MIN_VALUE, Long.MAX_VALUE, offset, abbreviation);
    } else {
      fixed = null;
    }
    last = fixed;
  }

  public static Zone of(ZoneId id) {
    if (id instanceof ZoneOffset) {
      return id.equals(ZoneOffset.UTC) ? UTC : new Zone(id, "");
    }
    boolean isUtc = id.getId().equals("UTC") || id.getId().equals("Etc/UTC");
    return new Zone(id, isUtc ? "UTC" : id.getId());
  }

  /** The zone of the process: the environment's TZ, or the machine's. */
  public static Zone local() {
    Zone zone = of(LocalZone.id());
    return zone == UTC ? LOCAL_UTC : zone;
  }

  /**
   * The zone of a {@code timezone} parameter: {@code +09:00}, {@code +0900}, {@code +09} or {@code
   * Area/City}.
   *
   * @throws IllegalArgumentException where it is nothing of these, with Fluentd's words
   */
  public static Zone parse(String text) {
    int offset = offsetOf(text);
    if (offset != NO_OFFSET) {
      return new Zone(ZoneOffset.ofTotalSeconds(offset), offset == 0 ? "UTC" : "");
    }
    if (text.indexOf('/') > 0) {
      try {
        return new Zone(ZoneId.of(text), text);
      } catch (java.time.DateTimeException e) {
        throw new IllegalArgumentException("Unsupported timezone '" + text + "'", e);
      }
    }
    throw new IllegalArgumentException("Unsupported timezone '" + text + "'");
  }

  private static final int NO_OFFSET = Integer.MIN_VALUE;

  private static int offsetOf(String text) {
    int length = text.length();
    if (length != 3 && length != 5 && length != 6) {
      return NO_OFFSET;
    }
    char sign = text.charAt(0);
    if (sign != '+' && sign != '-' || length == 6 && text.charAt(3) != ':') {
      return NO_OFFSET;
    }
    String digits = text.substring(1).replace(":", "");
    for (int i = 0; i < digits.length(); i++) {
      if (digits.charAt(i) < '0' || digits.charAt(i) > '9') {
        return NO_OFFSET;
      }
    }
    int hours = Integer.parseInt(digits.substring(0, 2));
    int minutes = digits.length() > 2 ? Integer.parseInt(digits.substring(2)) : 0;
    if (hours > 18 || minutes > 59 || hours == 18 && minutes > 0) {
      return NO_OFFSET;
    }
    int offset = hours * 3600 + minutes * 60;
    return sign == '-' ? -offset : offset;
  }

  public ZoneId id() {
    return id;
  }

  /** Whether it is UTC by name; a machine's own zone is not, whatever its offset. */
  public boolean isUtc() {
    return this == UTC;
  }

  /** Seconds east of UTC at a time in seconds since the epoch. */
  public int offset(long seconds) {
    return span(seconds).offset;
  }

  /** What {@code %Z} gives: {@code UTC}, {@code JST}; empty for a bare offset. */
  public String abbreviation(long seconds) {
    return span(seconds).abbreviation;
  }

  /**
   * Seconds since the epoch of a local time given as if it were UTC. A time in the gap of a change
   * is moved forward by the gap, one that happens twice is the first, as in Ruby.
   */
  public long toEpoch(long local) {
    if (fixed != null) {
      return local - fixed.offset;
    }
    Span known = last;
    // a guess is exact where the span reaches a day to both sides
    if (known != null
        && local - known.offset - 86_400 >= known.from
        && local - known.offset + 86_400 < known.until) {
      return local - known.offset;
    }
    long before = local - offset(local - 86_400);
    if (offset(before) == local - before) {
      return before;
    }
    long after = local - offset(local + 86_400);
    return offset(after) == local - after ? after : before;
  }

  private Span span(long seconds) {
    Span known = last;
    if (known == null || seconds < known.from || seconds >= known.until) {
      known = find(seconds);
      last = known;
    }
    return known;
  }

  private Span find(long seconds) {
    Instant at = Instant.ofEpochSecond(seconds);
    ZoneOffsetTransition next = rules.nextTransition(at);
    long until = next == null ? Long.MAX_VALUE : next.toEpochSecond();
    ZoneOffsetTransition previous = rules.previousTransition(at.plusSeconds(1));
    long from = previous == null ? Long.MIN_VALUE : previous.toEpochSecond();
    String name =
        TimeZone.getTimeZone(id)
            .getDisplayName(rules.isDaylightSavings(at), TimeZone.SHORT, Locale.ENGLISH);
    return new Span(from, until, rules.getOffset(at).getTotalSeconds(), name);
  }
}
