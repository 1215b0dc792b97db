package io.runnel.time;

/** What Ruby's {@code Float(text)} takes. */
final class Numbers {
  private Numbers() {}

  static boolean isFloat(String text) {
    int at = text.startsWith("-") || text.startsWith("+") ? 1 : 0;
    int digits = digits(text, at);
    if (digits == at) {
      return false;
    }
    at = digits;
    if (at < text.length() && text.charAt(at) == '.') {
      int fraction = digits(text, at + 1);
      if (fraction == at + 1) {
        return false;
      }
      at = fraction;
    }
    if (at < text.length() && (text.charAt(at) | 0x20) == 'e') {
      int sign = at + 1 < text.length() && "+-".indexOf(text.charAt(at + 1)) >= 0 ? 2 : 1;
      int exponent = digits(text, at + sign);
      if (exponent == at + sign) {
        return false;
      }
      at = exponent;
    }
    return at == text.length();
  }

  private static int digits(String text, int from) {
    int at = from;
    while (at < text.length() && text.charAt(at) >= '0' && text.charAt(at) <= '9') {
      at++;
    }
    return at;
  }
}
