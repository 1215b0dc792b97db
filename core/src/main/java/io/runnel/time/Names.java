package io.runnel.time;

/** English names of months and days, whatever the locale, as in Ruby. */
final class Names {
  private static final String[] MONTHS = {
    "January",
    "February",
    "March",
    "April",
    "May",
    "June",
    "July",
    "August",
    "September",
    "October",
    "November",
    "December"
  };
  private static final String[] DAYS = {
    "Sunday", "Monday", "Tuesday", "Wednesday", "Thursday", "Friday", "Saturday"
  };

  private Names() {}

  /** The name of month 1 to 12. */
  static String month(int month) {
    return MONTHS[month - 1];
  }

  static String day(int weekday) {
    return DAYS[weekday];
  }

  static String shortened(String name) {
    return name.substring(0, 3);
  }

  /**
   * Finds a month's name at the start of a text, without regard to case.
   *
   * @return the month times 256 plus the length of the name, long or short; -1 where there is none
   */
  static int findMonth(byte[] text, int at, int end) {
    int found = find(MONTHS, text, at, end);
    return found < 0 ? -1 : found + 256;
  }

  /** Like {@link #findMonth} for the names of days; Sunday is 0. */
  static int findDay(byte[] text, int at, int end) {
    return find(DAYS, text, at, end);
  }

  private static int find(String[] names, byte[] text, int at, int end) {
    if (end - at < 3) {
      return -1;
    }
    for (int i = 0; i < names.length; i++) {
      String name = names[i];
      if (startsWith(name, 3, text, at, end)) {
        int length = startsWith(name, name.length(), text, at, end) ? name.length() : 3;
        return i * 256 + length;
      }
    }
    return -1;
  }

  private static boolean startsWith(String name, int length, byte[] text, int at, int end) {
    if (end - at < length) {
      return false;
    }
    for (int i = 0; i < length; i++) {
      if ((text[at + i] | 0x20) != (name.charAt(i) | 0x20)) {
        return false;
      }
    }
    return true;
  }
}
