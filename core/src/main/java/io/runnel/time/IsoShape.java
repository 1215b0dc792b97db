package io.runnel.time;

/** The shape of XML Schema's dateTime, which {@code %iso8601} takes: a date alone is none. */
final class IsoShape {
  private IsoShape() {}

  /** {@code YYYY-MM-DDThh:mm:ss[.fraction]}, then maybe {@code Z} or {@code ±hh[[:]mm]}. */
  static boolean fits(byte[] text, int offset, int end) {
    int at = mask("0000-00-00", text, offset, end);
    if (at < 0 || at == end || (text[at] | 0x20) != 't') {
      return false;
    }
    at = mask("00:00:00", text, at + 1, end);
    if (at < 0) {
      return false;
    }
    if (at < end && text[at] == '.') {
      int digits = at + 1;
      while (digits < end && Strptime.isDigit(text[digits])) {
        digits++;
      }
      if (digits == at + 1) {
        return false;
      }
      at = digits;
    }
    return at == end || zone(text, at, end);
  }

  private static boolean zone(byte[] text, int at, int end) {
    if ((text[at] | 0x20) == 'z') {
      return at + 1 == end;
    }
    if (text[at] != '+' && text[at] != '-') {
      return false;
    }
    return mask("00:00", text, at + 1, end) == end || mask("0000", text, at + 1, end) == end;
  }

  private static int mask(String mask, byte[] text, int at, int end) {
    if (end - at < mask.length()) {
      return -1;
    }
    for (int i = 0; i < mask.length(); i++) {
      boolean fits =
          mask.charAt(i) == '0' ? Strptime.isDigit(text[at + i]) : text[at + i] == mask.charAt(i);
      if (!fits) {
        return -1;
      }
    }
    return at + mask.length();
  }
}
