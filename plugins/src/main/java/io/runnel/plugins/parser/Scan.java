package io.runnel.plugins.parser;

import io.runnel.event.ByteSearch;
import java.util.Arrays;

/** Looks at the bytes of texts. */
final class Scan {
  private Scan() {}

  /** The first place of a byte; -1 where there is none. */
  static int find(byte[] text, int from, int to, char wanted) {
    return ByteSearch.indexOf(text, from, to, wanted);
  }

  /** The first place of a text of at least one byte; -1 where there is none. */
  static int find(byte[] text, int from, int to, byte[] wanted) {
    int last = to - wanted.length;
    int at = from;
    while (at <= last) {
      at = find(text, at, last + 1, (char) (wanted[0] & 0xff));
      if (at < 0) {
        return -1;
      }
      if (startsWith(text, at, to, wanted)) {
        return at;
      }
      at++;
    }
    return -1;
  }

  static boolean startsWith(byte[] text, int from, int to, byte[] wanted) {
    int length = wanted.length;
    return from + length <= to && Arrays.equals(text, from, from + length, wanted, 0, length);
  }

  static boolean isDigit(byte b) {
    return b >= '0' && b <= '9';
  }

  /** Ruby's {@code \s}: space, tab, line feed, vertical tab, form feed, carriage return. */
  static boolean isSpace(byte b) {
    return b == ' ' || b >= '\t' && b <= '\r';
  }

  /** The end of a text without one line end (Ruby's chomp). */
  static int chomp(byte[] text, int from, int to) {
    if (to > from && text[to - 1] == '\n') {
      return to - 1 > from && text[to - 2] == '\r' ? to - 2 : to - 1;
    }
    return to > from && text[to - 1] == '\r' ? to - 1 : to;
  }
}
