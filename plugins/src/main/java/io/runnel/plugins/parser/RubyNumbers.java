package io.runnel.plugins.parser;

import io.runnel.event.MsgpackWriter;
import java.math.BigInteger;
import java.nio.charset.StandardCharsets;

/** Ruby's to_i and to_f: the number that a text begins with, else 0. */
final class RubyNumbers {
  private RubyNumbers() {}

  /**
   * Writes the integer.
   *
   * @throws IllegalArgumentException where it needs more than 64 bits
   */
  static void writeInteger(MsgpackWriter writer, byte[] text, int from, int to) {
    int at = skipSpace(text, from, to);
    boolean negative = at < to && text[at] == '-';
    if (at < to && (negative || text[at] == '+')) {
      at++;
    }
    int end = digits(text, at, to);
    if (end - at <= 18) {
      long value = 0;
      for (int i = at; i < end; i++) {
        if (text[i] != '_') {
          value = value * 10 + (text[i] - '0');
        }
      }
      writer.integer(negative ? -value : value);
      return;
    }
    // MessagePack ends at 20 digits; leading zeros and underscores get room, more is no number.
    if (end - at > 256) {
      throw new IllegalArgumentException("bignum too big to convert into 'unsigned long long'");
    }
    BigInteger value = new BigInteger(latin(text, at, end).replace("_", ""));
    writer.integer(negative ? value.negate() : value);
  }

  static double toFloat(byte[] text, int from, int to) {
    int start = skipSpace(text, from, to);
    int at = start;
    if (at < to && (text[at] == '-' || text[at] == '+')) {
      at++;
    }
    int whole = at;
    at = digits(text, at, to);
    boolean hasWhole = at > whole;
    if (at + 1 < to && text[at] == '.' && isDigit(text[at + 1])) {
      at = digits(text, at + 1, to);
    } else if (!hasWhole) {
      return 0.0;
    }
    int mantissa = at;
    if (at < to && (text[at] | 0x20) == 'e') {
      int exponent = at + 1;
      if (exponent < to && (text[exponent] == '-' || text[exponent] == '+')) {
        exponent++;
      }
      int end = digits(text, exponent, to);
      mantissa = end > exponent ? end : mantissa;
    }
    return Double.parseDouble(latin(text, start, mantissa).replace("_", ""));
  }

  /** The end of a run of digits with single underscores between them. */
  private static int digits(byte[] text, int from, int to) {
    int at = from;
    while (at < to
        && (isDigit(text[at])
            || text[at] == '_'
                && at > from
                && text[at - 1] != '_'
                && at + 1 < to
                && isDigit(text[at + 1]))) {
      at++;
    }
    return at;
  }

  private static boolean isDigit(byte b) {
    return b >= '0' && b <= '9';
  }

  private static int skipSpace(byte[] text, int from, int to) {
    int at = from;
    while (at < to && (text[at] == ' ' || text[at] >= '\t' && text[at] <= '\r')) {
      at++;
    }
    return at;
  }

  private static String latin(byte[] text, int from, int to) {
    return new String(text, from, to - from, StandardCharsets.ISO_8859_1);
  }
}
