package io.runnel.ruby;

import io.runnel.event.EventTime;
import io.runnel.event.RawBytes;
import java.math.BigInteger;
import java.util.ArrayList;
import java.util.Iterator;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;

/** What every value can do: truth, text, equality, order. */
final class Values {
  private Values() {}

  static boolean truthy(Object value) {
    return value != null && !Boolean.FALSE.equals(value);
  }

  static boolean isInteger(Object value) {
    return value instanceof Long
        || value instanceof Integer
        || value instanceof BigInteger
        || value instanceof Short
        || value instanceof Byte;
  }

  static boolean isText(Object value) {
    return value instanceof String || value instanceof RawBytes;
  }

  /** {@code to_s}; without a switch over patterns, which costs much at the first use. */
  static String text(Object value) {
    if (value == null) {
      return "";
    }
    if (value instanceof String s) {
      return s;
    }
    if (value instanceof Double || value instanceof Float) {
      return RubyNumbers.text(((Number) value).doubleValue());
    }
    return value instanceof List<?> || value instanceof Map<?, ?>
        ? inspect(value)
        : value.toString();
  }

  /** Ruby's name of a value's class. */
  static String className(Object value) {
    return switch (value) {
      case null -> "NilClass";
      case Boolean b -> b ? "TrueClass" : "FalseClass";
      case Double ignored -> "Float";
      case Float ignored -> "Float";
      case String ignored -> "String";
      case RawBytes ignored -> "String";
      case RubySymbol ignored -> "Symbol";
      case List<?> ignored -> "Array";
      case Map<?, ?> ignored -> "Hash";
      case RubyTime ignored -> "Time";
      case EventTime ignored -> "Fluent::EventTime";
      case RubyRegexp ignored -> "Regexp";
      case RubyMatch ignored -> "MatchData";
      case RubyRange ignored -> "Range";
      case RubyFile ignored -> "File";
      case RubyConstant ignored -> "Class";
      default -> isInteger(value) ? "Integer" : value.getClass().getSimpleName();
    };
  }

  /** How Ruby names a value in messages. */
  static String described(Object value) {
    return switch (value) {
      case null -> "nil:NilClass";
      case Boolean b -> b + ":" + className(b);
      default -> "an instance of " + className(value);
    };
  }

  static String inspect(Object value) {
    return switch (value) {
      case null -> "nil";
      case String s -> quoted(s);
      case RawBytes raw -> quoted(raw.toString());
      case RubySymbol symbol -> ":" + symbol.name();
      case List<?> list -> {
        StringBuilder out = new StringBuilder("[");
        for (Object item : list) {
          out.append(out.length() > 1 ? ", " : "").append(inspect(item));
          Limits.characters(out.length());
        }
        yield out.append(']').toString();
      }
      case Map<?, ?> map -> {
        StringBuilder out = new StringBuilder("{");
        map.forEach(
            (k, v) -> {
              out.append(out.length() > 1 ? ", " : "");
              out.append(inspect(k)).append("=>").append(inspect(v));
              Limits.characters(out.length());
            });
        yield out.append('}').toString();
      }
      case RubyMatch match -> "#<MatchData " + quoted(match.toString()) + ">";
      default -> text(value);
    };
  }

  private static String quoted(String s) {
    StringBuilder out = new StringBuilder("\"");
    for (int i = 0; i < s.length(); i++) {
      char c = s.charAt(i);
      switch (c) {
        case '"', '\\' -> out.append('\\').append(c);
        case '\n' -> out.append("\\n");
        case '\t' -> out.append("\\t");
        case '\r' -> out.append("\\r");
        case 0x1b -> out.append("\\e");
        case '#' -> {
          boolean code = i + 1 < s.length() && "{$@".indexOf(s.charAt(i + 1)) >= 0;
          out.append(code ? "\\#" : "#");
        }
        default -> {
          if (c < 0x20 || c == 0x7f) {
            out.append(String.format("\\x%02X", (int) c));
          } else {
            out.append(c);
          }
        }
      }
    }
    return out.append('"').toString();
  }

  static boolean equal(Object a, Object b) {
    if (a instanceof Number x && b instanceof Number y) {
      if (isInteger(a) && isInteger(b)) {
        return big(x).equals(big(y));
      }
      return x.doubleValue() == y.doubleValue();
    }
    if (isText(a) && isText(b)) {
      return text(a).equals(text(b));
    }
    if (a instanceof List<?> x && b instanceof List<?> y) {
      Iterator<?> other = y.iterator();
      return x.size() == y.size() && x.stream().allMatch(item -> equal(item, other.next()));
    }
    if (a instanceof Map<?, ?> x && b instanceof Map<?, ?> y) {
      return x.size() == y.size()
          && x.entrySet().stream()
              .allMatch(
                  entry ->
                      y.containsKey(entry.getKey())
                          && equal(entry.getValue(), y.get(entry.getKey())));
    }
    return Objects.equals(a, b);
  }

  static BigInteger big(Object value) {
    return value instanceof BigInteger b ? b : BigInteger.valueOf(((Number) value).longValue());
  }

  /** {@code <=>}; refuses what has no order. */
  static int compare(Object a, Object b) {
    Integer order = order(a, b);
    if (order == null) {
      String other =
          b == null || b instanceof Number || b instanceof Boolean ? inspect(b) : className(b);
      throw RubyException.argument("comparison of " + className(a) + " with " + other + " failed");
    }
    return order;
  }

  /** {@code <=>}; null where there is no order. */
  static Integer order(Object a, Object b) {
    if (a instanceof Number x && b instanceof Number y) {
      return isInteger(a) && isInteger(b)
          ? big(x).compareTo(big(y))
          : Double.compare(x.doubleValue(), y.doubleValue());
    }
    if (isText(a) && isText(b)) {
      return Integer.signum(text(a).compareTo(text(b)));
    }
    if (a instanceof RubySymbol x && b instanceof RubySymbol y) {
      return Integer.signum(x.name().compareTo(y.name()));
    }
    if (a instanceof RubyTime x && b instanceof RubyTime y) {
      return x.compareTo(y);
    }
    if (a instanceof EventTime x && b instanceof EventTime y) {
      return x.compareTo(y);
    }
    if (a instanceof List<?> x && b instanceof List<?> y) {
      for (int i = 0; i < Math.min(x.size(), y.size()); i++) {
        Integer one = order(x.get(i), y.get(i));
        if (one == null || one != 0) {
          return one;
        }
      }
      return Integer.compare(x.size(), y.size());
    }
    return Objects.equals(a, b) ? 0 : null;
  }

  /** An integer argument. */
  static long integer(Object value) {
    return switch (value) {
      case Long n -> n;
      case Integer n -> n;
      case Double d -> d.longValue();
      case BigInteger b when b.bitLength() < 64 -> b.longValue();
      case Number n when isInteger(n) && !(n instanceof BigInteger) -> n.longValue();
      case null -> throw RubyException.type("no implicit conversion from nil to integer");
      default ->
          throw RubyException.type(
              "no implicit conversion of " + className(value) + " into Integer");
    };
  }

  /** An integer argument that must fit into an int. */
  static int small(Object value) {
    long n = integer(value);
    if (n < Integer.MIN_VALUE || n > Integer.MAX_VALUE) {
      throw new RubyException("RangeError", n + " is too large");
    }
    return (int) n;
  }

  static double real(Object value) {
    return switch (value) {
      case Number n -> n.doubleValue();
      case EventTime time -> time.toDouble();
      case RubyTime time -> time.toDouble();
      case null -> throw RubyException.type("can't convert nil into Float");
      default -> throw RubyException.type("can't convert " + className(value) + " into Float");
    };
  }

  /** A string argument; a symbol counts as one. */
  static String string(Object value) {
    return switch (value) {
      case String s -> s;
      case RawBytes raw -> raw.toString();
      case RubySymbol symbol -> symbol.name();
      case null -> throw RubyException.type("no implicit conversion of nil into String");
      default ->
          throw RubyException.type(
              "no implicit conversion of " + className(value) + " into String");
    };
  }

  /** Length in characters. */
  static long length(String s) {
    return s.codePointCount(0, s.length());
  }

  /** The value as records may hold it: symbols become strings, keys become strings. */
  static Object plain(Object value) {
    return switch (value) {
      case RubySymbol symbol -> symbol.name();
      case List<?> list -> {
        List<Object> out = new ArrayList<>(list.size());
        list.forEach(item -> out.add(plain(item)));
        yield out;
      }
      case Map<?, ?> map -> {
        Map<String, Object> out = LinkedHashMap.newLinkedHashMap(map.size());
        map.forEach((k, v) -> out.put(text(k), plain(v)));
        yield out;
      }
      case RubyTime time -> time.toString();
      case RubyMatch match -> match.toString();
      case RubyRegexp regexp -> regexp.toString();
      case RubyRange range -> range.toString();
      case RubyConstant constant -> constant.toString();
      case RubyFile file -> "#<File:" + file.path() + ">";
      case null, default -> value;
    };
  }
}
