package io.runnel.ruby;

import java.math.BigInteger;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.ThreadLocalRandom;

/** Functions without a receiver. */
final class Kernel {
  /** Functions that may be called without parentheses. */
  static final Set<String> NAMES =
      Set.of(
          "require",
          "require_relative",
          "raise",
          "format",
          "sprintf",
          "rand",
          "puts",
          "p",
          "print",
          "loop",
          "warn");

  private Kernel() {}

  static Object call(Run run, String name, Object[] a, Block block) {
    return switch (name) {
      case "require", "require_relative" -> true;
      case "puts", "p", "print", "warn" -> null;
      case "Integer" -> integer(Methods.arg(a, 0), a.length > 1 ? a[1] : null);
      case "Float" -> real(Methods.arg(a, 0));
      case "String" -> Values.text(Methods.arg(a, 0));
      case "Array" -> Lists.of(Methods.arg(a, 0));
      case "Hash" -> {
        Object value = Methods.arg(a, 0);
        yield value == null || value instanceof List<?> ? new LinkedHashMap<>() : value;
      }
      case "format", "sprintf" -> {
        String pattern = Values.string(Methods.arg(a, 0));
        Object[] rest = Arrays.copyOfRange(a, 1, a.length);
        boolean named = rest.length == 1 && rest[0] instanceof Map<?, ?>;
        yield Format.format(pattern, named ? rest[0] : Arrays.asList(rest));
      }
      case "raise" -> throw raised(a);
      case "rand" -> random(Methods.arg(a, 0, null));
      case "loop" -> {
        while (true) {
          run.step();
          Methods.invoke(run, block);
        }
      }
      default -> scoped(run, name, a);
    };
  }

  /** A name of the scope that is written with parentheses. */
  private static Object scoped(Run run, String name, Object[] a) {
    Object value = a.length == 0 ? run.scope.get(name) : RubyScope.UNKNOWN;
    if (value != RubyScope.UNKNOWN) {
      return value;
    }
    throw new RubyException(
        "NoMethodError", "undefined method `" + name + "'" + Nearest.suggestion(name, NAMES));
  }

  private static RubyException raised(Object[] a) {
    if (a.length == 0) {
      return new RubyException("RuntimeError", "unhandled exception");
    }
    if (a[0] instanceof RubyConstant type) {
      return new RubyException(type.name(), a.length > 1 ? Values.text(a[1]) : type.name());
    }
    if (a[0] instanceof RubyError error) {
      return new RubyException(error.type(), error.message());
    }
    return new RubyException("RuntimeError", Values.text(a[0]));
  }

  static Object random(Object limit) {
    ThreadLocalRandom random = ThreadLocalRandom.current();
    if (limit instanceof RubyRange range) {
      long from = Values.integer(range.from());
      long to = Values.integer(range.to()) - (range.open() ? 1 : 0);
      if (to < from) {
        return null;
      }
      return to == Long.MAX_VALUE ? random.nextLong(from, to) : random.nextLong(from, to + 1);
    }
    long bound = limit == null ? 0 : Math.abs(Values.integer(limit));
    return bound < 1 ? (Object) random.nextDouble() : random.nextLong(bound);
  }

  /** {@code Integer(value)}. */
  static Object integer(Object value, Object second) {
    boolean quiet =
        second instanceof Map<?, ?> options
            && Boolean.FALSE.equals(options.get(new RubySymbol("exception")));
    switch (value) {
      case Number number -> {
        return Numbers.toInteger(number);
      }
      case null -> {
        if (quiet) {
          return null;
        }
        throw RubyException.type("can't convert nil into Integer");
      }
      default -> {
        String text = value instanceof RubyTime time ? "" + time.seconds() : Values.string(value);
        try {
          Limits.bits(4L * text.length());
          return second != null && Values.isInteger(second)
              ? RubyNumbers.normal(new BigInteger(text.strip(), Values.small(second)))
              : RubyNumbers.integer(text);
        } catch (NumberFormatException e) {
          if (quiet) {
            return null;
          }
          throw RubyException.argument("invalid value for Integer(): " + Values.inspect(text));
        }
      }
    }
  }

  /** {@code Float(value)}. */
  static double real(Object value) {
    if (!Values.isText(value)) {
      return Values.real(value);
    }
    try {
      return RubyNumbers.real(Values.text(value));
    } catch (NumberFormatException e) {
      throw RubyException.argument("invalid value for Float(): " + Values.inspect(value));
    }
  }
}
