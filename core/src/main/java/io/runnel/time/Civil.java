package io.runnel.time;

/**
 * A moment on the (proleptic Gregorian) calendar and the clock of some offset: arithmetic on ints,
 * since java.time's objects and formatters are slow to start and to allocate.
 */
final class Civil {
  final int year;
  final int month;
  final int day;
  final int hour;
  final int minute;
  final int second;

  /** 0 is Sunday. */
  final int weekday;

  /** 1 to 366. */
  final int yearDay;

  /** Breaks up a time in seconds since the epoch plus the zone's offset. */
  Civil(long localSeconds) {
    long days = Math.floorDiv(localSeconds, 86_400L);
    int rest = (int) (localSeconds - days * 86_400L);
    hour = rest / 3600;
    minute = rest / 60 % 60;
    second = rest % 60;
    weekday = (int) Math.floorMod(days + 4, 7L);
    // years begin in March here, so that the leap day is the last of its year
    long shifted = days + 719_468;
    long era = Math.floorDiv(shifted, 146_097L);
    int ofEra = (int) (shifted - era * 146_097);
    int yearOfEra = (ofEra - ofEra / 1460 + ofEra / 36_524 - ofEra / 146_096) / 365;
    int ofYear = ofEra - (365 * yearOfEra + yearOfEra / 4 - yearOfEra / 100);
    int marchMonth = (5 * ofYear + 2) / 153;
    day = ofYear - (153 * marchMonth + 2) / 5 + 1;
    month = marchMonth < 10 ? marchMonth + 3 : marchMonth - 9;
    year = (int) (yearOfEra + era * 400) + (month <= 2 ? 1 : 0);
    yearDay = (int) (days - epochDay(year, 1, 1)) + 1;
  }

  /** Days from 1970-01-01 to a date; months and days beyond their range are not checked. */
  static long epochDay(int year, int month, int day) {
    long shifted = month <= 2 ? year - 1L : year;
    long era = Math.floorDiv(shifted, 400L);
    int yearOfEra = (int) (shifted - era * 400);
    int ofYear = (153 * (month > 2 ? month - 3 : month + 9) + 2) / 5 + day - 1;
    int ofEra = yearOfEra * 365 + yearOfEra / 4 - yearOfEra / 100 + ofYear;
    return era * 146_097 + ofEra - 719_468;
  }

  static boolean isLeap(int year) {
    return year % 4 == 0 && (year % 100 != 0 || year % 400 == 0);
  }

  static int daysIn(int year, int month) {
    return switch (month) {
      case 2 -> isLeap(year) ? 29 : 28;
      case 4, 6, 9, 11 -> 30;
      default -> 31;
    };
  }

  /** Monday is 1, Sunday 7. */
  int isoWeekday() {
    return weekday == 0 ? 7 : weekday;
  }

  /** Week of the year where weeks begin on Sunday (%U). */
  int sundayWeek() {
    return (yearDay + 6 - weekday) / 7;
  }

  /** Week of the year where weeks begin on Monday (%W). */
  int mondayWeek() {
    return (yearDay + 6 - (weekday + 6) % 7) / 7;
  }

  /** Year of the ISO 8601 week. */
  int isoYear() {
    int week = rawIsoWeek();
    if (week < 1) {
      return year - 1;
    }
    return week > weeksIn(year) ? year + 1 : year;
  }

  int isoWeek() {
    int week = rawIsoWeek();
    if (week < 1) {
      return weeksIn(year - 1);
    }
    return week > weeksIn(year) ? 1 : week;
  }

  private int rawIsoWeek() {
    return (yearDay - isoWeekday() + 10) / 7;
  }

  /** Days from the epoch to the Monday of the first ISO week of a year. */
  static long isoYearStart(int year) {
    long fourth = epochDay(year, 1, 4);
    return fourth - Math.floorMod(fourth + 3, 7L);
  }

  private static int weeksIn(int year) {
    return (int) ((isoYearStart(year + 1) - isoYearStart(year)) / 7);
  }
}
