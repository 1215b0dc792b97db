package io.runnel.ruby;

import io.runnel.event.RubyFloat;
import java.math.BigInteger;

/** Numbers as Ruby reads and writes them. */
public final class RubyNumbers {
  private RubyNumbers() {}

  /** {@code Float#to_s}. */
  public static String text(double d) {
    return RubyFloat.toString(d);
  }

  /** {@code String#to_i}: the leading integer, 0 where there is none. */
  public static Number leadingInteger(String s) {
    int end = digitsEnd(s, start(s));
    return normal(clean(s.substring(start(s), end)));
  }

  private static int start(String s) {
    int i = 0;
    while (i < s.length() && Character.isWhitespace(s.charAt(i))) {
      i++;
    }
    return i;
  }

  /** End of an optional sign and digits; single underscores between digits belong to them. */
  private static int digitsEnd(String s, int from) {
    int i = from;
    if (i < s.length() && (s.charAt(i) == '-' || s.charAt(i) == '+')) {
      i++;
    }
    int first = i;
    while (i < s.length()) {
      char c = s.charAt(i);
      boolean joint =
          c == '_'
              && i > first
              && i + 1 < s.length()
              && isDigit(s.charAt(i + 1))
              && isDigit(s.charAt(i - 1));
      if (!isDigit(c) && !joint) {
        break;
      }
      i++;
    }
    return i == first ? from : i;
  }

  private static boolean isDigit(char c) {
    return c >= '0' && c <= '9';
  }

  private static BigInteger clean(String digits) {
    String plain = digits.replace("_", "");
    return plain.isEmpty()
        ? BigInteger.ZERO
        : new BigInteger(plain.startsWith("+") ? plain.substring(1) : plain);
  }

  /** A Long where it fits, else the BigInteger itself. */
  public static Number normal(BigInteger value) {
    return value.bitLength() < 64 ? (Number) value.longValue() : value;
  }

  /** {@code String#to_f}: the leading float, 0.0 where there is none. */
  public static double leadingFloat(String s) {
    int from = start(s);
    int i = digitsEnd(s, from);
    boolean digits = i > from;
    if (!digits && i < s.length() && (s.charAt(i) == '-' || s.charAt(i) == '+')) {
      i++;
    }
    if (i + 1 < s.length() && s.charAt(i) == '.' && isDigit(s.charAt(i + 1))) {
      i = digitsEnd(s, i + 1);
      digits = true;
    }
    if (!digits) {
      return 0;
    }
    if (i + 1 < s.length() && (s.charAt(i) == 'e' || s.charAt(i) == 'E')) {
      int exponent = digitsEnd(s, i + 1);
      if (exponent > i + 1) {
        i = exponent;
      }
    }
    return Double.parseDouble(s.substring(from, i).replace("_", ""));
  }

  /**
   * {@code Integer(text)}: prefixes {@code 0x 0b 0o 0} and underscores are understood.
   *
   * @throws NumberFormatException where the whole text is no integer
   */
  public static Number integer(String text) {
    String s = text.strip();
    boolean negative = s.startsWith("-");
    String digits = negative || s.startsWith("+") ? s.substring(1) : s;
    int radix = 10;
    if (digits.length() > 1 && digits.charAt(0) == '0') {
      radix =
          switch (digits.charAt(1)) {
            case 'x', 'X' -> 16;
            case 'b', 'B' -> 2;
            default -> 8;
          };
      boolean lettered = !isDigit(digits.charAt(1)) && digits.charAt(1) != '_';
      boolean known = "xXbBoO".indexOf(digits.charAt(1)) >= 0;
      digits = digits.substring(lettered && known ? 2 : 1);
    }
    if (digits.isEmpty()
        || digits.startsWith("-")
        || digits.startsWith("+")
        || digits.startsWith("_") && radix == 10
        || digits.endsWith("_")
        || digits.contains("__")) {
      throw new NumberFormatException(text);
    }
    BigInteger value = new BigInteger(digits.replace("_", ""), radix);
    return normal(negative ? value.negate() : value);
  }

  /**
   * {@code Float(text)}.
   *
   * @throws NumberFormatException where the whole text is no number
   */
  public static double real(String text) {
    String s = text.strip();
    if (!s.matches("[-+]?[0-9][0-9_]*(\\.[0-9][0-9_]*)?([eE][-+]?[0-9]+)?")
        || s.contains("__")
        || s.endsWith("_")) {
      return integer(text).doubleValue();
    }
    return Double.parseDouble(s.replace("_", ""));
  }
}
