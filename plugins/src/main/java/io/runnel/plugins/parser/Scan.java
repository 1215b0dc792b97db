package io.runnel.plugins.parser;

import java.lang.invoke.MethodHandles;
import java.lang.invoke.VarHandle;
import java.nio.ByteOrder;
import java.util.Arrays;

/** Searches bytes, eight at a time. */
final class Scan {
  private static final VarHandle WORD =
      MethodHandles.byteArrayViewVarHandle(long[].class, ByteOrder.LITTLE_ENDIAN);
  private static final long ONES = 0x0101_0101_0101_0101L;
  private static final long HIGH = 0x8080_8080_8080_8080L;

  private Scan() {}

  /** The first place of a byte; -1 where there is none. */
  static int find(byte[] text, int from, int to, char wanted) {
    int at = from;
    long pattern = ONES * wanted;
    for (; at + 8 <= to; at += 8) {
      long differing = (long) WORD.get(text, at) ^ pattern;
      long found = differing - ONES & ~differing & HIGH;
      if (found != 0) {
        return at + (Long.numberOfTrailingZeros(found) >>> 3);
      }
    }
    for (; at < to; at++) {
      if ((text[at] & 0xff) == wanted) {
        return at;
      }
    }
    return -1;
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
