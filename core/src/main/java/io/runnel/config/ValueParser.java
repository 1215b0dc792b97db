package io.runnel.config;

import io.runnel.event.Json;
import io.runnel.regexp.Regexp;
import io.runnel.regexp.Regexps;
import io.runnel.ruby.JsonReader;
import io.runnel.ruby.RubyNumbers;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;

/**
 * Turns the text of a parameter into its value by Fluentd's rules ({@code
 * lib/fluent/config/types.rb} names them; checked against 1.19).
 */
final class ValueParser {
  private ValueParser() {}

  static Object parse(SpecItem.Parameter item, String text, boolean strict, Place place) {
    Class<?> kind = item.kind();
    try {
      if (kind.isEnum()) {
        return constant(item, text, place);
      }
      if (kind == List.class) {
        return array(item, text, strict);
      }
      if (kind == Map.class) {
        return hash(item, text);
      }
      if (kind == Regexp.class) {
        return regexp(text);
      }
      return scalar(kind, item.name(), text, strict);
    } catch (IllegalArgumentException | JsonReader.Malformed e) {
      throw new ConfigException(e.getMessage(), place, e);
    } catch (ConfigException e) {
      throw e.place().line() > 0 ? e : new ConfigException(e.getMessage(), place, e);
    }
  }

  private static Object scalar(Class<?> kind, String name, String text, boolean strict) {
    if (kind == String.class || kind == Object.class) {
      return text;
    }
    if (kind == boolean.class || kind == Boolean.class) {
      return bool(name, text, strict);
    }
    if (kind == int.class || kind == Integer.class) {
      return narrow(name, integer(name, text, strict));
    }
    if (kind == long.class || kind == Long.class) {
      return wide(name, integer(name, text, strict));
    }
    if (kind == double.class || kind == Double.class) {
      return real(name, text, strict);
    }
    if (kind == Duration.class) {
      return time(name, text, strict);
    }
    if (kind == ByteSize.class) {
      return new ByteSize(size(name, text, strict));
    }
    throw new IllegalStateException("no type of a parameter: " + kind.getName());
  }

  static Boolean bool(String name, String text, boolean strict) {
    return switch (text) {
      case "true", "yes", "" -> Boolean.TRUE;
      case "false", "no" -> Boolean.FALSE;
      default -> {
        // The parser hands over the comment of "key # comment"; the key alone means true.
        if (text.startsWith("#")) {
          yield Boolean.TRUE;
        }
        if (strict) {
          throw new IllegalArgumentException(name + ": invalid bool value: " + text);
        }
        yield null;
      }
    };
  }

  static Number integer(String name, String text, boolean strict) {
    if (!strict) {
      return RubyNumbers.leadingInteger(text);
    }
    try {
      return RubyNumbers.integer(text);
    } catch (NumberFormatException e) {
      throw new IllegalArgumentException(
          name + ": invalid value for Integer(): \"" + text + "\"", e);
    }
  }

  private static Integer narrow(String name, Number value) {
    if (!(value instanceof Long n) || n.intValue() != n) {
      throw new IllegalArgumentException(name + ": value out of range: " + value);
    }
    return n.intValue();
  }

  private static Long wide(String name, Number value) {
    if (!(value instanceof Long n)) {
      throw new IllegalArgumentException(name + ": value out of range: " + value);
    }
    return n;
  }

  static double real(String name, String text, boolean strict) {
    if (!strict) {
      return RubyNumbers.leadingFloat(text);
    }
    try {
      return RubyNumbers.real(text);
    } catch (NumberFormatException e) {
      throw new IllegalArgumentException(name + ": invalid value for Float(): \"" + text + "\"", e);
    }
  }

  /**
   * The first number that a unit follows, anywhere in the text; the units are tried in the order
   * given. Fluentd searches so, hence {@code 1h30m} is 30 minutes.
   *
   * @return start of the digits, or -1
   */
  private static int digitsBefore(String text, char unit, boolean anyCase) {
    int start = -1;
    for (int i = 0; i < text.length(); i++) {
      char c = text.charAt(i);
      if (c >= '0' && c <= '9') {
        start = start < 0 ? i : start;
      } else {
        boolean same = c == unit || anyCase && Character.toLowerCase(c) == unit;
        if (start >= 0 && same) {
          return start;
        }
        start = -1;
      }
    }
    return -1;
  }

  static long size(String name, String text, boolean strict) {
    String units = "kmgt";
    for (int i = 0; i < units.length(); i++) {
      int start = digitsBefore(text, units.charAt(i), true);
      if (start >= 0) {
        long unit = 1L << 10 * (i + 1);
        try {
          return Math.multiplyExact(wide(name, digits(text, start)), unit);
        } catch (ArithmeticException e) {
          throw new IllegalArgumentException(name + ": value out of range: " + text, e);
        }
      }
    }
    return wide(name, integer(name, text, strict));
  }

  private static Number digits(String text, int start) {
    int end = start;
    while (end < text.length() && Character.isDigit(text.charAt(end))) {
      end++;
    }
    return RubyNumbers.leadingInteger(text.substring(start, end));
  }

  static Duration time(String name, String text, boolean strict) {
    String units = "smhd";
    long[] seconds = {1, 60, 3600, 86_400};
    for (int i = 0; i < units.length(); i++) {
      int start = digitsBefore(text, units.charAt(i), false);
      if (start >= 0) {
        try {
          return Duration.ofSeconds(
              Math.multiplyExact(wide(name, digits(text, start)), seconds[i]));
        } catch (ArithmeticException e) {
          throw new IllegalArgumentException(name + ": value out of range: " + text, e);
        }
      }
    }
    double value = real(name, text, strict);
    if (Double.isNaN(value) || Math.abs(value) > 9e15) {
      throw new IllegalArgumentException(name + ": value out of range: " + text);
    }
    long whole = (long) Math.floor(value);
    return Duration.ofSeconds(whole, Math.round((value - whole) * 1e9));
  }

  private static Object constant(SpecItem.Parameter item, String text, Place place) {
    Object[] constants = item.kind().getEnumConstants();
    for (Object constant : constants) {
      if (((Enum<?>) constant).name().toLowerCase(Locale.ROOT).equals(text)) {
        return constant;
      }
    }
    List<String> names = SpecItem.constantNames(item.kind());
    if (names.contains(text)) {
      return constants[names.indexOf(text)];
    }
    throw new ConfigException(
        "valid options are "
            + String.join(",", names)
            + " but got "
            + text
            + " (parameter '"
            + item.name()
            + "')",
        place);
  }

  private static Object array(SpecItem.Parameter item, String text, boolean strict) {
    List<Object> out = new ArrayList<>();
    for (Object member : list(item.name(), text)) {
      out.add(
          item.member() == String.class
              ? plain(member)
              : scalar(item.member(), item.name(), plain(member), strict));
    }
    return List.copyOf(out);
  }

  /** The members of an array: JSON, or separated by commas. */
  static List<?> list(String name, String text) {
    String stripped = text.strip();
    if (stripped.startsWith("[")) {
      return (List<?>) json(name, stripped);
    }
    if (stripped.startsWith("{")) {
      throw new IllegalArgumentException(name + ": array required but got " + stripped);
    }
    return split(stripped);
  }

  /** Splits at commas; blanks around them go, empty members at the end go (Ruby's split). */
  private static List<String> split(String text) {
    List<String> out = new ArrayList<>();
    int from = 0;
    while (from <= text.length()) {
      int comma = text.indexOf(',', from);
      int end = comma < 0 ? text.length() : comma;
      out.add(text.substring(from, end).strip());
      from = end + 1;
    }
    while (!out.isEmpty() && out.getLast().isEmpty()) {
      out.removeLast();
    }
    return out;
  }

  private static Object hash(SpecItem.Parameter item, String text) {
    Map<String, Object> out = new LinkedHashMap<>();
    String stripped = text.strip();
    if (stripped.startsWith("{")) {
      ((Map<?, ?>) json(item.name(), stripped)).forEach((k, v) -> out.put((String) k, v));
    } else if (stripped.startsWith("[")) {
      throw new IllegalArgumentException(item.name() + ": hash required but got " + stripped);
    } else {
      for (String pair : split(stripped)) {
        int colon = pair.indexOf(':');
        out.put(
            colon < 0 ? pair : pair.substring(0, colon),
            colon < 0 ? null : pair.substring(colon + 1));
      }
    }
    if (item.member() == String.class) {
      out.replaceAll((k, v) -> v == null ? null : plain(v));
    }
    return Collections.unmodifiableMap(out);
  }

  private static Object json(String name, String text) {
    try {
      return JsonReader.parse(text);
    } catch (JsonReader.Malformed e) {
      throw new IllegalArgumentException(name + ": invalid JSON: " + e.getMessage(), e);
    }
  }

  /** A value as text: a string as it is, others as JSON. */
  private static String plain(Object value) {
    return value instanceof String s ? s : Json.write(value);
  }

  /** {@code /…/flags}, or the pattern alone. */
  static Regexp regexp(String text) {
    return Regexps.parseParam(text);
  }
}
