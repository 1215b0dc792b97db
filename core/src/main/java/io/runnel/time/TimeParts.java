package io.runnel.time;

/** What was found in a text so far; the fields of a time that is being read. */
final class TimeParts {
  static final int NONE = Integer.MIN_VALUE;

  int year = NONE;
  int century = NONE;
  int yearOfCentury = NONE;
  int month = NONE;
  int day = NONE;
  int yearDay = NONE;
  int hour = NONE;
  int minute = NONE;
  int second = NONE;
  int nanos;

  /** 0 for AM, 1 for PM. */
  int half = NONE;

  int weekday = NONE;
  int isoYear = NONE;
  int isoWeek = NONE;
  int sundayWeek = NONE;
  int mondayWeek = NONE;

  /** Seconds east of UTC. */
  int offset = NONE;

  boolean hasEpoch;
  long epoch;

  /** Where two digits of the second stand; -1 where they do not. */
  int secondAt = -1;

  int fractionAt = -1;
  int fractionLength;

  /** Why the parts make no time; null while there is no fault. */
  String fault;

  /** True where the text alone says which second is meant, so that the result can be remembered. */
  boolean isComplete() {
    return hasEpoch || (year != NONE || yearOfCentury != NONE || isoYear != NONE);
  }

  /**
   * Seconds since the epoch of these parts. Parts above the largest given one are those of today,
   * those below are the first of their range.
   *
   * @param zone zone of a text that names none
   * @param now seconds since the epoch
   * @return {@link Long#MIN_VALUE} where there is no such time; {@link #fault} says why
   */
  long resolve(Zone zone, long now) {
    if (hasEpoch) {
      return epoch;
    }
    int clock = clock();
    if (clock < 0) {
      fault = "argument out of range";
      return Long.MIN_VALUE;
    }
    long day = epochDay(zone, now);
    if (day == Long.MIN_VALUE) {
      fault = "argument out of range";
      return Long.MIN_VALUE;
    }
    long local = day * 86_400 + clock;
    return offset != NONE ? local - offset : zone.toEpoch(local);
  }

  private int clock() {
    int h = hour == NONE ? 0 : hour;
    if (half != NONE) {
      if (h < 1 || h > 12) {
        return half == 0 && h == 0 ? seconds(0) : h < 24 ? seconds(h) : -1;
      }
      h = h % 12 + 12 * half;
    }
    return seconds(h);
  }

  private int seconds(int h) {
    int m = minute == NONE ? 0 : minute;
    int s = second == NONE ? 0 : second;
    if (h > 24 || m > 59 || s > 60 || h == 24 && (m > 0 || s > 0)) {
      return -1;
    }
    return h * 3600 + m * 60 + s;
  }

  private long epochDay(Zone zone, long now) {
    int y = fullYear();
    if (y == NONE && (isoYear != NONE || isoWeek != NONE)) {
      return ofIsoWeek(zone, now);
    }
    int m = month;
    int d = day;
    if (y == NONE) {
      Civil today = new Civil(now + (offset != NONE ? offset : zone.offset(now)));
      y = today.year;
      if (m == NONE && yearDay == NONE) {
        m = today.month;
        if (d == NONE) {
          d = today.day;
        }
      }
    }
    if (m == NONE && yearDay != NONE) {
      return yearDay <= (Civil.isLeap(y) ? 366 : 365)
          ? Civil.epochDay(y, 1, 1) + yearDay - 1
          : Long.MIN_VALUE;
    }
    if (m == NONE && (sundayWeek != NONE || mondayWeek != NONE)) {
      return ofWeek(y);
    }
    m = m == NONE ? 1 : m;
    d = d == NONE ? 1 : d;
    if (m < 1 || m > 12 || d < 1 || d > Civil.daysIn(y, m)) {
      return Long.MIN_VALUE;
    }
    return Civil.epochDay(y, m, d);
  }

  private int fullYear() {
    if (year != NONE) {
      return year;
    }
    if (yearOfCentury == NONE) {
      return century == NONE ? NONE : century * 100;
    }
    if (century != NONE) {
      return century * 100 + yearOfCentury;
    }
    return yearOfCentury + (yearOfCentury >= 69 ? 1900 : 2000);
  }

  private long ofIsoWeek(Zone zone, long now) {
    int y = isoYear != NONE ? isoYear : new Civil(now + zone.offset(now)).year;
    int week = isoWeek == NONE ? 1 : isoWeek;
    int day7 = weekday == NONE ? 1 : weekday == 0 ? 7 : weekday;
    return Civil.isoYearStart(y) + (week - 1) * 7L + day7 - 1;
  }

  private long ofWeek(int y) {
    long first = Civil.epochDay(y, 1, 1);
    int firstWeekday = (int) Math.floorMod(first + 4, 7L);
    boolean sunday = sundayWeek != NONE;
    int week = sunday ? sundayWeek : mondayWeek;
    int day7 = weekday == NONE ? (sunday ? 0 : 1) : weekday;
    // week 1 begins with the first Sunday (or Monday) of the year
    int lead = sunday ? (7 - firstWeekday) % 7 : (8 - firstWeekday) % 7;
    int inWeek = sunday ? day7 : (day7 + 6) % 7;
    return first + lead + (week - 1) * 7L + inWeek;
  }
}
