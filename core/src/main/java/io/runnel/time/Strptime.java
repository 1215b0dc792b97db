package io.runnel.time;

import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;

/**
 * Reads times by Ruby's {@code strptime} rules, straight from bytes. White space in the format
 * matches any amount of it, names are matched without regard to case, text behind the end of the
 * format is ignored. The flags and widths of strftime are accepted as well ({@code %-d}, {@code
 * %3N}). Immutable.
 */
final class Strptime {
  /** Digits of a year or a number of seconds at most; more cannot be meant. */
  private static final int MAX_DIGITS = 18;

  /** Nanoseconds of a unit in the last of so many digits behind the point. */
  private static final int[] NANOS = {
    1_000_000_000, 100_000_000, 10_000_000, 1_000_000, 100_000, 10_000, 1_000, 100, 10, 1
  };

  /**
   * One step of the format.
   *
   * @param letter the directive, or {@code 0} for a literal byte and ' ' for white space
   * @param literal the byte of a literal
   * @param width digits at most; 0 where the format does not say
   * @param bounded whether a number follows directly, so that digits cannot be taken greedily
   */
  private record Step(char letter, byte literal, int width, boolean bounded) {}

  private final Step[] steps;
  private final boolean naming;

  private Strptime(List<Step> list, boolean naming) {
    this.steps = list.toArray(Step[]::new);
    this.naming = naming;
  }

  static Strptime compile(String format) {
    List<Step> raw = new ArrayList<>();
    collect(format, raw);
    List<Step> steps = new ArrayList<>();
    boolean naming = false;
    for (int i = 0; i < raw.size(); i++) {
      Step step = raw.get(i);
      boolean bounded = i + 1 < raw.size() && isNumber(raw.get(i + 1));
      steps.add(new Step(step.letter, step.literal, step.width, bounded));
      naming |= step.letter == 'z' || step.letter == 'Z';
    }
    return new Strptime(steps, naming);
  }

  /** True where the format holds {@code %z} or {@code %Z}. */
  boolean namesZone() {
    return naming;
  }

  private static boolean isNumber(Step step) {
    return step.letter == 0
        ? step.literal >= '0' && step.literal <= '9'
        : "CDdeFGgHIjkLlMmNQRrSsTUuVvWwXxYy".indexOf(step.letter) >= 0;
  }

  private static void collect(String format, List<Step> steps) {
    for (int at = 0; at < format.length(); at++) {
      char c = format.charAt(at);
      if (c != '%' || at + 1 == format.length()) {
        literal(format, at, steps);
        at += Character.isHighSurrogate(c) ? 1 : 0;
        continue;
      }
      int next = at + 1;
      int width = 0;
      while (next + 1 < format.length() && "-_^#:EO0123456789".indexOf(format.charAt(next)) >= 0) {
        char flag = format.charAt(next++);
        width = flag >= '0' && flag <= '9' ? Math.min(99, width * 10 + flag - '0') : width;
      }
      char letter = format.charAt(next);
      if (!directive(letter, width, steps)) {
        literal(format, at, steps);
        continue;
      }
      at = next;
    }
  }

  private static void literal(String format, int at, List<Step> steps) {
    char c = format.charAt(at);
    if (c <= ' ') {
      steps.add(new Step(' ', (byte) 0, 0, false));
      return;
    }
    int end = at + (Character.isHighSurrogate(c) && at + 1 < format.length() ? 2 : 1);
    for (byte b : format.substring(at, end).getBytes(StandardCharsets.UTF_8)) {
      steps.add(new Step((char) 0, b, 0, false));
    }
  }

  private static boolean directive(char letter, int width, List<Step> steps) {
    String whole =
        switch (letter) {
          case 'c' -> "%a %b %e %H:%M:%S %Y";
          case 'D', 'x' -> "%m/%d/%y";
          case 'F' -> "%Y-%m-%d";
          case 'T', 'X' -> "%H:%M:%S";
          case 'R' -> "%H:%M";
          case 'r' -> "%I:%M:%S %p";
          case 'v' -> "%e-%b-%Y";
          case '+' -> "%a %b %e %H:%M:%S %Z %Y";
          case 'n', 't' -> " ";
          default -> null;
        };
    if (whole != null) {
      collect(whole, steps);
      return true;
    }
    if (letter == '%') {
      steps.add(new Step((char) 0, (byte) '%', 0, false));
      return true;
    }
    if ("aABbhCdeGgHkIljLMmNpPQSsUWuVwYyZz".indexOf(letter) < 0) {
      return false;
    }
    steps.add(new Step(letter, (byte) 0, width, false));
    return true;
  }

  /**
   * Reads a text.
   *
   * @return where the text behind the match begins; -1 where it does not match
   */
  int parse(byte[] text, int offset, int end, TimeParts parts) {
    int at = offset;
    for (Step step : steps) {
      char letter = step.letter;
      if (letter == 0) {
        if (at >= end || text[at] != step.literal) {
          return -1;
        }
        at++;
      } else if (letter == ' ') {
        while (at < end && isSpace(text[at])) {
          at++;
        }
      } else {
        at = one(step, text, at, end, parts);
        if (at < 0) {
          return -1;
        }
      }
    }
    return at;
  }

  private static boolean isSpace(byte b) {
    return b == ' ' || b >= 9 && b <= 13;
  }

  private static int one(Step step, byte[] text, int at, int end, TimeParts p) {
    switch (step.letter) {
      case 'Y':
        return year(step, text, at, end, p, false);
      case 'G':
        return year(step, text, at, end, p, true);
      case 'd', 'e', 'H', 'k', 'I', 'l', 'm', 'M', 'S', 'y', 'C', 'j', 'g', 'U', 'W', 'V', 'u', 'w':
        return number(step.letter, text, at, end, p);
      case 'L', 'N':
        return fraction(step, text, at, end, p);
      case 's', 'Q':
        return epoch(step.letter, text, at, end, p);
      case 'b', 'B', 'h':
        int month = Names.findMonth(text, at, end);
        if (month < 0) {
          return -1;
        }
        p.month = month >> 8;
        return at + (month & 255);
      case 'a', 'A':
        int day = Names.findDay(text, at, end);
        if (day < 0) {
          return -1;
        }
        p.weekday = day >> 8;
        return at + (day & 255);
      case 'p', 'P':
        return half(text, at, end, p);
      default:
        return ZoneText.parse(text, at, end, p);
    }
  }

  private static int year(Step step, byte[] text, int start, int end, TimeParts p, boolean iso) {
    int at = start;
    boolean negative = false;
    if (at < end && (text[at] == '+' || text[at] == '-')) {
      negative = text[at++] == '-';
    }
    int limit = step.bounded ? 4 : step.width > 0 ? step.width : 9;
    int from = at;
    int value = 0;
    while (at < end && at - from < Math.min(limit, 9) && isDigit(text[at])) {
      value = value * 10 + text[at++] - '0';
    }
    if (at == from) {
      return -1;
    }
    value = negative ? -value : value;
    if (iso) {
      p.isoYear = value;
    } else {
      p.year = value;
    }
    return at;
  }

  private static int number(char letter, byte[] text, int start, int end, TimeParts p) {
    int at = start;
    int limit = letter == 'j' ? 3 : letter == 'u' || letter == 'w' ? 1 : 2;
    if ("deHkIl".indexOf(letter) >= 0 && at + 1 < end && text[at] == ' ' && isDigit(text[at + 1])) {
      at++;
      limit = 1;
    }
    int from = at;
    int value = 0;
    while (at < end && at - from < limit && isDigit(text[at])) {
      value = value * 10 + text[at++] - '0';
    }
    if (at == from || !assign(letter, value, p)) {
      return -1;
    }
    if (letter == 'S') {
      p.secondAt = at - from == 2 ? from : -1;
    }
    return at;
  }

  /** False where the value is out of the directive's range. */
  private static boolean assign(char letter, int value, TimeParts p) {
    switch (letter) {
      case 'd', 'e':
        p.day = value;
        return value >= 1 && value <= 31;
      case 'H', 'k':
        p.hour = value;
        return value <= 24;
      case 'I', 'l':
        p.hour = value;
        return value >= 1 && value <= 12;
      case 'm':
        p.month = value;
        return value >= 1 && value <= 12;
      case 'M':
        p.minute = value;
        return value <= 59;
      case 'S':
        p.second = value;
        return value <= 60;
      case 'y':
        p.yearOfCentury = value;
        return true;
      case 'C':
        p.century = value;
        return true;
      case 'j':
        p.yearDay = value;
        return value >= 1 && value <= 366;
      case 'g':
        p.isoYear = value + (value >= 69 ? 1900 : 2000);
        return true;
      case 'U':
        p.sundayWeek = value;
        return value <= 53;
      case 'W':
        p.mondayWeek = value;
        return value <= 53;
      case 'V':
        p.isoWeek = value;
        return value >= 1 && value <= 53;
      default: // u and w
        p.weekday = value % 7;
        return letter == 'u' ? value >= 1 && value <= 7 : value <= 6;
    }
  }

  private static int fraction(Step step, byte[] text, int start, int end, TimeParts p) {
    int limit = Integer.MAX_VALUE;
    if (step.width > 0) {
      limit = step.width;
    } else if (step.bounded) {
      limit = step.letter == 'L' ? 3 : 9;
    }
    int at = start;
    while (at < end && at - start < limit && isDigit(text[at])) {
      at++;
    }
    if (at == start) {
      return -1;
    }
    p.nanos = nanos(text, start, at - start);
    p.fractionAt = start;
    p.fractionLength = at - start;
    return at;
  }

  /** Nanoseconds of the digits behind a decimal point; those behind the ninth are dropped. */
  static int nanos(byte[] text, int at, int length) {
    int digits = Math.min(length, 9);
    int value = 0;
    for (int i = at; i < at + digits; i++) {
      value = value * 10 + text[i] - '0';
    }
    return value * NANOS[digits];
  }

  private static int epoch(char letter, byte[] text, int start, int end, TimeParts p) {
    int at = start;
    boolean negative = at < end && text[at] == '-';
    if (negative) {
      at++;
    }
    int from = at;
    long value = 0;
    while (at < end && at - from < MAX_DIGITS && isDigit(text[at])) {
      value = value * 10 + text[at++] - '0';
    }
    if (at == from) {
      return -1;
    }
    value = negative ? -value : value;
    p.hasEpoch = true;
    if (letter == 's') {
      p.epoch = value;
    } else {
      p.epoch = Math.floorDiv(value, 1000L);
      p.nanos = (int) Math.floorMod(value, 1000L) * 1_000_000;
    }
    return at;
  }

  private static int half(byte[] text, int at, int end, TimeParts p) {
    if (end - at < 2) {
      return -1;
    }
    int first = text[at] | 0x20;
    if (first != 'a' && first != 'p') {
      return -1;
    }
    p.half = first == 'p' ? 1 : 0;
    if ((text[at + 1] | 0x20) == 'm') {
      return at + 2;
    }
    boolean dotted =
        end - at >= 4 && text[at + 1] == '.' && (text[at + 2] | 0x20) == 'm' && text[at + 3] == '.';
    return dotted ? at + 4 : -1;
  }

  static boolean isDigit(byte b) {
    return b >= '0' && b <= '9';
  }
}
