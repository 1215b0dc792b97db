package io.runnel.time;

import java.nio.charset.StandardCharsets;
import java.util.Locale;

/**
 * Reads a time without being told its format, as Ruby's {@code Time.parse} does: ISO 8601 and the
 * forms near it, RFC 2822, ctime, Apache's, compact digits. Words and numbers that say nothing are
 * passed over; a text with neither date nor clock is no time.
 */
final class FreeFormTime {
  /** Longest text that is looked at: a time is short, the rest would cost for nothing. */
  private static final int MAX_LENGTH = 128;

  private final byte[] text;
  private final int end;
  private final TimeParts parts;
  private int at;

  private FreeFormTime(byte[] text, int offset, int end, TimeParts parts) {
    this.text = text;
    this.at = offset;
    this.end = end;
    this.parts = parts;
  }

  /** False where the text holds no time. */
  static boolean parse(byte[] text, int offset, int end, TimeParts parts) {
    new FreeFormTime(text, offset, Math.min(end, offset + MAX_LENGTH), parts).run();
    boolean dated = parts.month != TimeParts.NONE || parts.yearDay != TimeParts.NONE;
    return dated || parts.isoWeek != TimeParts.NONE || parts.hour != TimeParts.NONE;
  }

  private void run() {
    while (at < end) {
      if (isDigit(at)) {
        int length = run(at);
        if (!(clock(length) || compact(length) || date(length) || single(length))) {
          at += length;
        }
      } else if (isLetter(at)) {
        word();
      } else {
        at++;
      }
    }
  }

  private boolean isDigit(int i) {
    return i < end && Strptime.isDigit(text[i]);
  }

  private boolean isLetter(int i) {
    int lower = i < end ? text[i] | 0x20 : 0;
    return lower >= 'a' && lower <= 'z';
  }

  private int run(int from) {
    int to = from;
    while (isDigit(to)) {
      to++;
    }
    return to - from;
  }

  private int number(int from, int length) {
    int value = 0;
    for (int i = 0; i < length; i++) {
      value = value * 10 + text[from + i] - '0';
    }
    return value;
  }

  private int charAt(int i) {
    return i < end ? text[i] : -1;
  }

  private void spaces() {
    while (charAt(at) == ' ') {
      at++;
    }
  }

  /** {@code 22:13}, {@code 22:13:20.5 PM +0900}, {@code 10 pm}. */
  private boolean clock(int length) {
    if (length > 2 || parts.hour != TimeParts.NONE) {
      return false;
    }
    if (charAt(at + length) != ':' || run(at + length + 1) != 2) {
      int word = charAt(at + length) == ' ' ? at + length + 1 : at + length;
      boolean half = (charAt(word) | 0x20) == 'a' || (charAt(word) | 0x20) == 'p';
      if (!half || (charAt(word + 1) | 0x20) != 'm' || isLetter(word + 2)) {
        return false;
      }
      parts.hour = number(at, length);
      at += length;
      afterClock();
      return true;
    }
    parts.hour = number(at, length);
    parts.minute = number(at + length + 1, 2);
    at += length + 3;
    if (charAt(at) == ':' && run(at + 1) == 2) {
      second(at + 1);
    }
    afterClock();
    return true;
  }

  private void second(int from) {
    parts.second = number(from, 2);
    parts.secondAt = from;
    at = from + 2;
    if ((charAt(at) == '.' || charAt(at) == ',') && isDigit(at + 1)) {
      int length = run(at + 1);
      parts.nanos = Strptime.nanos(text, at + 1, length);
      parts.fractionAt = at + 1;
      parts.fractionLength = length;
      at += length + 1;
    }
  }

  private void afterClock() {
    int before = at;
    spaces();
    int first = charAt(at) | 0x20;
    if ((first == 'a' || first == 'p') && (charAt(at + 1) | 0x20) == 'm' && !isLetter(at + 2)) {
      parts.half = first == 'p' ? 1 : 0;
      at += 2;
      before = at;
      spaces();
    }
    boolean signed = charAt(at) == '+' || charAt(at) == '-';
    if (signed && isDigit(at + 1) || isLetter(at) && Names.findMonth(text, at, end) < 0) {
      int to = ZoneText.parse(text, at, end, parts);
      if (to > 0) {
        at = to;
        return;
      }
    }
    at = before;
  }

  /** {@code 20231114}, {@code 20231114T221320}, {@code 20231114221320.5Z}. */
  private boolean compact(int length) {
    if (length != 8 && length != 14 && length != 12 || parts.month != TimeParts.NONE) {
      return false;
    }
    parts.year = number(at, 4);
    parts.month = number(at + 4, 2);
    parts.day = number(at + 6, 2);
    int clock = at + 8;
    at += 8;
    int digits = length - 8;
    if (length == 8 && (charAt(at) | 0x20) == 't') {
      clock = at + 1;
      digits = run(clock);
    }
    if (digits == 4 || digits == 6) {
      parts.hour = number(clock, 2);
      parts.minute = number(clock + 2, 2);
      at = clock + 4;
      if (digits == 6) {
        second(at);
      }
      afterClock();
    }
    return true;
  }

  /** Dates whose parts are held together by a separator, the month as number or name. */
  private boolean date(int length) {
    int separator = charAt(at + length);
    if (parts.day != TimeParts.NONE || separator != '-' && separator != '/' && separator != '.') {
      return length <= 2 && separator == ' ' && dayBeforeMonth(length);
    }
    int second = at + length + 1;
    if (isLetter(second)) {
      return separator == '-' && length == 4 && (charAt(second) | 0x20) == 'w'
          ? isoWeek(second + 1)
          : dayBeforeMonth(length);
    }
    int secondLength = run(second);
    if (length == 4 && separator == '-' && secondLength == 3) {
      parts.year = number(at, 4);
      parts.yearDay = number(second, 3);
      at = second + 3;
      return true;
    }
    int third = second + secondLength + 1;
    int thirdLength = charAt(second + secondLength) == separator ? run(third) : 0;
    if (secondLength == 0 || secondLength > 2 || length > 4 || length == 3) {
      return false;
    }
    if (thirdLength == 0 || thirdLength > 4) {
      return length == 4 && separator != '.' && yearAndMonth(second, secondLength);
    }
    boolean dayFirst = length <= 2 && thirdLength > 2;
    int yearAt = dayFirst ? third : at;
    int yearLength = dayFirst ? thirdLength : length;
    int dayAt = dayFirst ? at : third;
    int dayLength = dayFirst ? length : thirdLength;
    if (dayLength > 2) {
      return false;
    }
    year(yearAt, yearLength);
    parts.month = number(second, secondLength);
    parts.day = number(dayAt, dayLength);
    at = third + thirdLength;
    return true;
  }

  private boolean yearAndMonth(int month, int length) {
    parts.year = number(at, 4);
    parts.month = number(month, length);
    at = month + length;
    return true;
  }

  private boolean isoWeek(int from) {
    if (run(from) != 2) {
      return false;
    }
    parts.isoYear = number(at, 4);
    parts.isoWeek = number(from, 2);
    at = from + 2;
    if (charAt(at) == '-' && run(at + 1) == 1) {
      parts.weekday = number(at + 1, 1) % 7;
      at += 2;
    }
    return true;
  }

  private void year(int from, int length) {
    if (length <= 2) {
      parts.yearOfCentury = number(from, length);
    } else {
      parts.year = number(from, length);
    }
  }

  /** {@code 14 Nov 2023}, {@code 14/Nov/2023}, {@code 14-Nov-23}. */
  private boolean dayBeforeMonth(int length) {
    int month = Names.findMonth(text, at + length + 1, end);
    if (length > 2 || month < 0 || parts.month != TimeParts.NONE) {
      return false;
    }
    int after = at + length + 1 + (month & 255);
    if (isLetter(after)) {
      return false;
    }
    parts.day = number(at, length);
    parts.month = month >> 8;
    at = after;
    int separator = charAt(at);
    int digits = run(at + 1);
    boolean isYear = (digits == 4 || digits == 2) && charAt(at + 1 + digits) != ':';
    if ((separator == ' ' || separator == '/' || separator == '-') && (isYear || digits == 4)) {
      year(at + 1, digits);
      at += 1 + digits;
    }
    return true;
  }

  /** A number that stands alone: the day behind a month's name, or a year. */
  private boolean single(int length) {
    if (length <= 2 && parts.month != TimeParts.NONE && parts.day == TimeParts.NONE) {
      parts.day = number(at, length);
    } else if (length == 4 && parts.month != TimeParts.NONE && parts.year == TimeParts.NONE) {
      parts.year = number(at, 4);
    } else {
      return false;
    }
    at += length;
    return true;
  }

  private void word() {
    int from = at;
    while (isLetter(at)) {
      at++;
    }
    String word =
        new String(text, from, at - from, StandardCharsets.ISO_8859_1).toLowerCase(Locale.ROOT);
    int month = Names.findMonth(text, from, end);
    boolean whole = month >= 0 && ((month & 255) == word.length() || word.equals("sept"));
    if (whole && parts.month == TimeParts.NONE) {
      parts.month = month >> 8;
    }
  }
}
