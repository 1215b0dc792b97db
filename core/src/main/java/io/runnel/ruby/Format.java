package io.runnel.ruby;

import java.math.BigDecimal;
import java.math.BigInteger;
import java.math.RoundingMode;
import java.util.Collections;
import java.util.List;
import java.util.Locale;
import java.util.Map;

/** Ruby's {@code format} and {@code String#%}. */
final class Format {
  private static final int MAX_WIDTH = 4096;

  private final String pattern;
  private final List<?> values;
  private final Map<?, ?> named;
  private final StringBuilder out = new StringBuilder();
  private int at;
  private int next;

  private Format(String pattern, Object argument) {
    this.pattern = pattern;
    this.values = Lists.of(argument instanceof Map<?, ?> ? List.of(argument) : argument);
    this.named = argument instanceof Map<?, ?> map ? map : Map.of();
  }

  static String format(String pattern, Object argument) {
    Object whole = argument == null ? Collections.singletonList(null) : argument;
    return new Format(pattern, whole).run();
  }

  private String run() {
    while (at < pattern.length()) {
      char c = pattern.charAt(at++);
      if (c != '%') {
        out.append(c);
      } else {
        directive();
      }
      Limits.characters(out.length());
    }
    return out.toString();
  }

  private Object argument() {
    if (next >= values.size()) {
      throw RubyException.argument("too few arguments");
    }
    return values.get(next++);
  }

  private int number() {
    int value = 0;
    while (at < pattern.length() && Scanner.isDigit(pattern.charAt(at))) {
      value = Math.min(MAX_WIDTH, value * 10 + pattern.charAt(at++) - '0');
    }
    return value;
  }

  private void directive() {
    String flags = "";
    while (at < pattern.length() && "-+ 0#".indexOf(pattern.charAt(at)) >= 0) {
      flags += pattern.charAt(at++);
    }
    Object value = null;
    boolean taken = false;
    int width = 0;
    int precision = -1;
    while (at < pattern.length()) {
      char c = pattern.charAt(at);
      if (c == '<' || c == '{') {
        value = byName(c == '<' ? '>' : '}');
        taken = true;
        if (c == '{') {
          out.append(Values.text(value));
          return;
        }
      } else if (c == '.') {
        at++;
        precision = number();
      } else if (c == '*') {
        at++;
        width = (int) Math.min(MAX_WIDTH, Values.integer(argument()));
      } else if (Scanner.isDigit(c)) {
        width = number();
      } else {
        break;
      }
    }
    if (at >= pattern.length()) {
      throw RubyException.argument("incomplete format specifier; use %% (double %) instead");
    }
    char kind = pattern.charAt(at++);
    if (kind == '%') {
      out.append('%');
      return;
    }
    if ("diufFeEgGxXobBscpa".indexOf(kind) < 0) {
      throw RubyException.argument("malformed format string - %" + kind);
    }
    pad(body(kind, taken ? value : argument(), flags, precision), flags, width, kind);
  }

  private Object byName(char close) {
    int end = pattern.indexOf(close, at);
    if (end < 0) {
      throw RubyException.argument("malformed name - unmatched parenthesis");
    }
    String name = pattern.substring(at + 1, end);
    at = end + 1;
    Object key = new RubySymbol(name);
    if (!named.containsKey(key)) {
      throw new RubyException("KeyError", "key<" + name + "> not found");
    }
    return named.get(key);
  }

  private static String body(char kind, Object value, String flags, int precision) {
    String text =
        switch (kind) {
          case 'd', 'i', 'u' -> digits(integer(value).toString(), precision);
          case 'f', 'F' -> fixed(real(value), precision < 0 ? 6 : precision);
          case 'e', 'E', 'g', 'G', 'a' -> scientific(kind, real(value), precision);
          case 'x' ->
              (flags.contains("#") ? "0x" : "") + digits(integer(value).toString(16), precision);
          case 'X' -> digits(integer(value).toString(16).toUpperCase(Locale.ROOT), precision);
          case 'o' -> digits(integer(value).toString(8), precision);
          case 'b', 'B' -> digits(integer(value).toString(2), precision);
          case 'c' ->
              Values.isInteger(value)
                  ? Character.toString(Values.small(value) & 0xffff)
                  : Texts.part(Values.text(value), 0, 1);
          default -> {
            String s = kind == 'p' ? Values.inspect(value) : Values.text(value);
            yield precision < 0 ? s : Texts.part(s, 0, precision);
          }
        };
    boolean numeric = "scp".indexOf(kind) < 0;
    if (numeric && !text.startsWith("-")) {
      return flags.contains("+") ? "+" + text : flags.contains(" ") ? " " + text : text;
    }
    return text;
  }

  private static String digits(String text, int precision) {
    boolean negative = text.startsWith("-");
    String plain = negative ? text.substring(1) : text;
    int missing = precision - plain.length();
    return (negative ? "-" : "") + (missing > 0 ? "0".repeat(missing) : "") + plain;
  }

  private static BigInteger integer(Object value) {
    return switch (value) {
      case Double d -> Values.big(Numbers.toInteger(Math.floor(d)));
      case Number n -> Values.big(n);
      case null -> throw RubyException.type("can't convert nil into Integer");
      default -> Values.big(Kernel.integer(value, null));
    };
  }

  private static double real(Object value) {
    return value instanceof Number n ? n.doubleValue() : Kernel.real(value);
  }

  private static String fixed(double value, int precision) {
    if (Double.isNaN(value) || Double.isInfinite(value)) {
      return Double.isNaN(value) ? "NaN" : value > 0 ? "Inf" : "-Inf";
    }
    String text = new BigDecimal(value).setScale(precision, RoundingMode.HALF_EVEN).toPlainString();
    boolean lostSign = value < 0 && !text.startsWith("-");
    return lostSign ? "-" + text : text;
  }

  private static String scientific(char kind, double value, int precision) {
    if (Double.isNaN(value) || Double.isInfinite(value)) {
      return fixed(value, 0);
    }
    int digits = precision < 0 ? 6 : precision;
    if (kind == 'e' || kind == 'E') {
      return String.format(Locale.ROOT, "%." + digits + kind, value);
    }
    int significant = Math.max(1, digits);
    int exponent = value == 0 ? 0 : (int) Math.floor(Math.log10(Math.abs(value)));
    boolean plain = exponent >= -4 && exponent < significant;
    String text =
        plain
            ? fixed(value, Math.max(0, significant - 1 - exponent))
            : String.format(Locale.ROOT, "%." + (significant - 1) + "e", value);
    int e = text.indexOf('e');
    String head = e < 0 ? text : text.substring(0, e);
    if (head.indexOf('.') >= 0) {
      head = head.replaceFirst("\\.?0+$", "");
    }
    return head + (e < 0 ? "" : text.substring(e));
  }

  private void pad(String text, String flags, int width, char kind) {
    int missing = (int) Math.max(0, width - Values.length(text));
    if (flags.contains("-")) {
      out.append(text).append(" ".repeat(missing));
    } else if (flags.contains("0") && "scp".indexOf(kind) < 0) {
      boolean signed = !text.isEmpty() && "+- ".indexOf(text.charAt(0)) >= 0;
      out.append(text, 0, signed ? 1 : 0).append("0".repeat(missing));
      out.append(text, signed ? 1 : 0, text.length());
    } else {
      out.append(" ".repeat(missing)).append(text);
    }
  }
}
