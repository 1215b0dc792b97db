package io.runnel.time;

import java.nio.charset.StandardCharsets;
import java.util.Locale;

/** Reads the zone inside a time: {@code +0900}, {@code +09:00}, {@code Z}, {@code UTC}, names. */
final class ZoneText {
  /** Longest zone name that is looked at. */
  private static final int MAX_NAME = 32;

  private static final int UNKNOWN = Integer.MIN_VALUE;

  private ZoneText() {}

  /** Returns where the zone ends, -1 where there is none; sets the offset of {@code parts}. */
  static int parse(byte[] text, int at, int end, TimeParts parts) {
    if (at >= end) {
      return -1;
    }
    int first = text[at];
    if (first == '+' || first == '-') {
      return number(text, at, end, parts);
    }
    int to = at;
    while (to < end && to - at < MAX_NAME && isLetter(text[to])) {
      to++;
    }
    if (to == at) {
      return -1;
    }
    String name = new String(text, at, to - at, StandardCharsets.ISO_8859_1);
    int offset = named(name.toLowerCase(Locale.ROOT));
    boolean relative = to + 1 < end && (text[to] == '+' || text[to] == '-') && offset == 0;
    if (relative && Strptime.isDigit(text[to + 1])) {
      return number(text, to, end, parts); // UTC+9
    }
    if (offset != UNKNOWN) {
      parts.offset = offset;
    }
    return to;
  }

  private static boolean isLetter(byte b) {
    int lower = b | 0x20;
    return lower >= 'a' && lower <= 'z';
  }

  private static int number(byte[] text, int at, int end, TimeParts parts) {
    int[] values = new int[3];
    int count = 0;
    int position = at + 1;
    while (count < 3 && position < end && Strptime.isDigit(text[position])) {
      boolean two = position + 1 < end && Strptime.isDigit(text[position + 1]);
      if (!two && count > 0) {
        break;
      }
      values[count] = text[position] - '0';
      if (two) {
        values[count] = values[count] * 10 + text[position + 1] - '0';
      }
      position += two ? 2 : 1;
      count++;
      boolean more = position + 2 < end && text[position] == ':' && count < 3;
      if (more && Strptime.isDigit(text[position + 1]) && Strptime.isDigit(text[position + 2])) {
        position++;
      }
    }
    if (count == 0 || values[0] > 23 || values[1] > 59 || values[2] > 59) {
      return -1;
    }
    int offset = values[0] * 3600 + values[1] * 60 + values[2];
    parts.offset = text[at] == '-' ? -offset : offset;
    return position;
  }

  /** Seconds east of UTC of a zone's name in lower case. */
  private static int named(String name) {
    if (name.length() == 1) {
      return military(name.charAt(0));
    }
    Double hours =
        switch (name) {
          case "utc", "gmt", "ut", "wet" -> 0.0;
          case "est", "cdt" -> -5.0;
          case "edt", "ast" -> -4.0;
          case "adt", "brt" -> -3.0;
          case "nst" -> -3.5;
          case "ndt" -> -2.5;
          case "cst", "mdt" -> -6.0;
          case "mst", "pdt" -> -7.0;
          case "pst", "akdt" -> -8.0;
          case "akst" -> -9.0;
          case "hst" -> -10.0;
          case "bst", "cet", "west", "met" -> 1.0;
          case "cest", "eet", "sast", "mest" -> 2.0;
          case "eest", "msk" -> 3.0;
          case "msd" -> 4.0;
          case "ist" -> 5.5;
          case "npt" -> 5.75;
          case "ict", "wib" -> 7.0;
          case "hkt", "sgt", "awst", "pht" -> 8.0;
          case "jst", "kst" -> 9.0;
          case "acst" -> 9.5;
          case "aest" -> 10.0;
          case "acdt" -> 10.5;
          case "aedt" -> 11.0;
          case "nzst" -> 12.0;
          case "nzdt" -> 13.0;
          default -> null;
        };
    return hours == null ? UNKNOWN : (int) (hours * 3600);
  }

  /** The military zones: A to I and K to M east, N to Y west, Z is UTC, J is none. */
  private static int military(char letter) {
    if (letter == 'z') {
      return 0;
    }
    if (letter == 'j') {
      return UNKNOWN;
    }
    if (letter <= 'm') {
      return (letter - 'a' + (letter > 'j' ? 0 : 1)) * 3600;
    }
    return -(letter - 'n' + 1) * 3600;
  }
}
