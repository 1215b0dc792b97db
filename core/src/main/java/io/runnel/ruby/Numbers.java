package io.runnel.ruby;

import java.math.BigDecimal;
import java.math.BigInteger;
import java.math.RoundingMode;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Map;

/** Arithmetic, and methods of numbers. */
final class Numbers {
  static final List<String> NAMES =
      List.of(
          "round",
          "floor",
          "ceil",
          "truncate",
          "abs",
          "to_i",
          "to_f",
          "to_int",
          "to_r",
          "divmod",
          "div",
          "modulo",
          "fdiv",
          "pow",
          "zero?",
          "positive?",
          "negative?",
          "even?",
          "odd?",
          "nan?",
          "infinite?",
          "finite?",
          "times",
          "upto",
          "downto",
          "step",
          "chr",
          "ord",
          "digits",
          "clamp",
          "between?",
          "succ",
          "pred",
          "next",
          "integer?",
          "gcd",
          "lcm",
          "bit_length",
          "nonzero?",
          "magnitude");

  private Numbers() {}

  static Object call(Run run, Number self, String name, Object[] a, Block block) {
    Object result = operator(self, name, a);
    if (result == Methods.NONE) {
      result = common(self, name, a);
    }
    if (result == Methods.NONE && Values.isInteger(self)) {
      result = ofInteger(run, self, name, a, block);
    }
    return result == Methods.NONE && !Values.isInteger(self)
        ? ofFloat(self.doubleValue(), name)
        : result;
  }

  private static Object operator(Number self, String name, Object[] a) {
    return switch (name) {
      case "+", "-", "*", "/", "%", "**" -> arithmetic(self, name, Methods.arg(a, 0));
      case "modulo" -> arithmetic(self, "%", Methods.arg(a, 0));
      case "pow" -> arithmetic(self, "**", Methods.arg(a, 0));
      case "div" -> floor(arithmetic(self, "/", Methods.arg(a, 0)));
      case "fdiv" -> self.doubleValue() / Values.real(Methods.arg(a, 0));
      case "divmod" -> {
        List<Object> both = new ArrayList<>();
        both.add(floor(arithmetic(self, "/", Methods.arg(a, 0))));
        both.add(arithmetic(self, "%", Methods.arg(a, 0)));
        yield both;
      }
      case "<", ">", "<=", ">=" -> compared(name, Values.compare(self, Methods.arg(a, 0)));
      case "-@" -> negate(self);
      case "+@" -> self;
      default -> Methods.NONE;
    };
  }

  static boolean compared(String operator, int order) {
    return switch (operator) {
      case "<" -> order < 0;
      case ">" -> order > 0;
      case "<=" -> order <= 0;
      default -> order >= 0;
    };
  }

  static Object negate(Object value) {
    return value instanceof Double d
        ? (Object) (-d)
        : RubyNumbers.normal(Values.big(value).negate());
  }

  static Object arithmetic(Object left, String operator, Object right) {
    if (!(right instanceof Number)) {
      String other =
          right == null
              ? "nil"
              : right instanceof Boolean ? right.toString() : Values.className(right);
      throw RubyException.type(other + " can't be coerced into " + Values.className(left));
    }
    if (!Values.isInteger(left) || !Values.isInteger(right)) {
      return real(((Number) left).doubleValue(), operator, ((Number) right).doubleValue());
    }
    if (left instanceof Long x && right instanceof Long y) {
      try {
        return whole(x, operator, y);
      } catch (ArithmeticException e) {
        // Too large for 64 bits: Ruby's integers have no limit.
        return big(Values.big(left), operator, Values.big(right));
      }
    }
    return big(Values.big(left), operator, Values.big(right));
  }

  private static Object real(double x, String operator, double y) {
    return switch (operator) {
      case "+" -> x + y;
      case "-" -> x - y;
      case "*" -> x * y;
      case "/" -> x / y;
      case "%" -> y == 0 ? Double.NaN : x - y * Math.floor(x / y);
      default -> Math.pow(x, y);
    };
  }

  private static Object whole(long x, String operator, long y) {
    return switch (operator) {
      case "+" -> Math.addExact(x, y);
      case "-" -> Math.subtractExact(x, y);
      case "*" -> Math.multiplyExact(x, y);
      case "/" -> {
        divisor(y == 0);
        yield Math.floorDivExact(x, y);
      }
      case "%" -> {
        divisor(y == 0);
        yield Math.floorMod(x, y);
      }
      default -> throw new ArithmeticException();
    };
  }

  private static void divisor(boolean zero) {
    if (zero) {
      throw new RubyException("ZeroDivisionError", "divided by 0");
    }
  }

  private static Object big(BigInteger x, String operator, BigInteger y) {
    Limits.bits(operator.equals("*") ? (long) x.bitLength() + y.bitLength() : 0);
    return switch (operator) {
      case "+" -> RubyNumbers.normal(x.add(y));
      case "-" -> RubyNumbers.normal(x.subtract(y));
      case "*" -> RubyNumbers.normal(x.multiply(y));
      case "/" -> {
        divisor(y.signum() == 0);
        BigInteger[] parts = x.divideAndRemainder(y);
        boolean down = parts[1].signum() != 0 && parts[1].signum() != y.signum();
        yield RubyNumbers.normal(down ? parts[0].subtract(BigInteger.ONE) : parts[0]);
      }
      case "%" -> {
        divisor(y.signum() == 0);
        BigInteger rest = x.mod(y.abs());
        boolean shift = y.signum() < 0 && rest.signum() != 0;
        yield RubyNumbers.normal(shift ? rest.add(y) : rest);
      }
      default -> power(x, y);
    };
  }

  private static Object power(BigInteger x, BigInteger y) {
    if (y.signum() < 0) {
      return Math.pow(x.doubleValue(), y.doubleValue());
    }
    if (x.abs().compareTo(BigInteger.ONE) <= 0) {
      return RubyNumbers.normal(powerOfUnit(x, y));
    }
    Limits.bits(y.bitLength() > 20 ? Long.MAX_VALUE : x.bitLength() * y.longValue());
    return RubyNumbers.normal(x.pow(y.intValue()));
  }

  /** Powers of -1, 0 and 1. */
  private static BigInteger powerOfUnit(BigInteger x, BigInteger y) {
    return y.signum() == 0 ? BigInteger.ONE : y.testBit(0) ? x : x.multiply(x);
  }

  private static Object common(Number self, String name, Object[] a) {
    return switch (name) {
      case "round", "floor", "ceil", "truncate" -> rounded(self, name, a);
      case "abs", "magnitude" ->
          self instanceof Double d
              ? (Object) Math.abs(d)
              : RubyNumbers.normal(Values.big(self).abs());
      case "to_i", "to_int" -> toInteger(self);
      case "to_f" -> self.doubleValue();
      case "to_r", "to_c" -> self;
      case "zero?" -> self.doubleValue() == 0;
      case "positive?" -> self.doubleValue() > 0;
      case "negative?" -> self.doubleValue() < 0;
      case "nonzero?" -> self.doubleValue() == 0 ? null : self;
      case "integer?" -> Values.isInteger(self);
      case "between?" ->
          Values.compare(self, Methods.arg(a, 0)) >= 0
              && Values.compare(self, Methods.arg(a, 1)) <= 0;
      case "clamp" -> clamp(self, a);
      case "finite?" -> Double.isFinite(self.doubleValue()) || Values.isInteger(self);
      default -> Methods.NONE;
    };
  }

  private static Object clamp(Number self, Object[] a) {
    Object low = Methods.arg(a, 0);
    Object high = low instanceof RubyRange range ? range.to() : Methods.arg(a, 1);
    low = low instanceof RubyRange range ? range.from() : low;
    if (low != null && Values.compare(self, low) < 0) {
      return low;
    }
    return high != null && Values.compare(self, high) > 0 ? high : self;
  }

  private static Object floor(Object value) {
    return value instanceof Double d ? toInteger(Math.floor(d)) : value;
  }

  static Object toInteger(Number self) {
    if (!(self instanceof Double d)) {
      return self;
    }
    if (d.isNaN() || d.isInfinite()) {
      throw new RubyException("FloatDomainError", RubyNumbers.text(d));
    }
    return RubyNumbers.normal(new BigDecimal(d).toBigInteger());
  }

  private static Object rounded(Number self, String name, Object[] a) {
    Object first = Methods.arg(a, 0, 0L);
    long digits = first instanceof Map<?, ?> ? 0 : Values.integer(first);
    if (Values.isInteger(self) && digits >= 0) {
      return self;
    }
    double value = self.doubleValue();
    if (Double.isNaN(value) || Double.isInfinite(value)) {
      return digits > 0 ? (Object) value : toInteger(value);
    }
    if (digits > 17 || digits < -400) {
      return digits > 0 ? self : (Object) 0L;
    }
    Object options = a.length > 0 ? a[a.length - 1] : null;
    RoundingMode mode =
        switch (name) {
          case "floor" -> RoundingMode.FLOOR;
          case "ceil" -> RoundingMode.CEILING;
          case "truncate" -> RoundingMode.DOWN;
          default -> half(options);
        };
    BigDecimal exact =
        Values.isInteger(self)
            ? new BigDecimal(Values.big(self))
            : new BigDecimal(Double.toString(value));
    BigDecimal result = exact.setScale((int) digits, mode);
    return digits > 0 ? (Object) result.doubleValue() : RubyNumbers.normal(result.toBigInteger());
  }

  private static RoundingMode half(Object options) {
    Object half = options instanceof Map<?, ?> map ? map.get(new RubySymbol("half")) : null;
    return switch (Values.text(half)) {
      case "even" -> RoundingMode.HALF_EVEN;
      case "down" -> RoundingMode.HALF_DOWN;
      default -> RoundingMode.HALF_UP;
    };
  }

  private static Object ofInteger(Run run, Number self, String name, Object[] a, Block block) {
    return switch (name) {
      case "to_s", "inspect" -> Values.big(self).toString(radix(a));
      case "even?" -> !Values.big(self).testBit(0);
      case "odd?" -> Values.big(self).testBit(0);
      case "succ", "next" -> arithmetic(self, "+", 1L);
      case "pred" -> arithmetic(self, "-", 1L);
      case "ord" -> self;
      case "chr" -> {
        long code = Values.integer(self);
        if (code < 0 || code > Character.MAX_CODE_POINT) {
          throw new RubyException("RangeError", code + " out of char range");
        }
        yield Character.toString((int) code);
      }
      case "&" -> RubyNumbers.normal(Values.big(self).and(whole(Methods.arg(a, 0))));
      case "|" -> RubyNumbers.normal(Values.big(self).or(whole(Methods.arg(a, 0))));
      case "^" -> RubyNumbers.normal(Values.big(self).xor(whole(Methods.arg(a, 0))));
      case "~@" -> RubyNumbers.normal(Values.big(self).not());
      case "<<" -> shift(self, Values.integer(Methods.arg(a, 0)));
      case ">>" -> shift(self, -Values.integer(Methods.arg(a, 0)));
      case "[]" -> {
        int bit = Values.small(Methods.arg(a, 0));
        yield bit >= 0 && Values.big(self).testBit(bit) ? 1L : 0L;
      }
      case "bit_length" -> (long) Values.big(self).bitLength();
      case "gcd" -> RubyNumbers.normal(Values.big(self).gcd(whole(Methods.arg(a, 0))));
      case "digits" -> digits(self);
      case "times" -> repeat(run, 0, Values.integer(self) - 1, 1, self, block);
      case "upto" ->
          repeat(run, Values.integer(self), Values.integer(Methods.arg(a, 0)), 1, self, block);
      case "downto" ->
          repeat(run, Values.integer(self), Values.integer(Methods.arg(a, 0)), -1, self, block);
      case "step" -> {
        long step = Values.integer(Methods.arg(a, 1, 1L));
        if (step == 0) {
          throw RubyException.argument("step can't be 0");
        }
        yield repeat(
            run, Values.integer(self), Values.integer(Methods.arg(a, 0)), step, self, block);
      }
      default -> Methods.NONE;
    };
  }

  private static BigInteger whole(Object value) {
    return value instanceof BigInteger b ? b : BigInteger.valueOf(Values.integer(value));
  }

  private static int radix(Object[] a) {
    long radix = Values.integer(Methods.arg(a, 0, 10L));
    if (radix < 2 || radix > 36) {
      throw RubyException.argument("invalid radix " + radix);
    }
    return (int) radix;
  }

  private static Object shift(Number self, long by) {
    Limits.bits(Math.abs(by));
    return RubyNumbers.normal(Values.big(self).shiftLeft((int) by));
  }

  private static List<Object> digits(Number self) {
    List<Object> out = new ArrayList<>();
    String text = Values.big(self).abs().toString();
    for (int i = text.length() - 1; i >= 0; i--) {
      out.add((long) (text.charAt(i) - '0'));
    }
    return out;
  }

  private static Object repeat(Run run, long from, long to, long step, Number self, Block block) {
    List<Object> all = new ArrayList<>();
    for (long i = from; step > 0 ? i <= to : i >= to; i += step) {
      if (block == null) {
        all.add(i);
        Limits.members(all.size());
      } else {
        block.call(run, i);
      }
    }
    return block == null ? all : self;
  }

  private static Object ofFloat(double self, String name) {
    return switch (name) {
      case "nan?" -> Double.isNaN(self);
      case "infinite?" -> Double.isInfinite(self) ? (self > 0 ? 1L : -1L) : (Object) null;
      default -> Methods.NONE;
    };
  }

  /** The leading digits of a text in some radix, as a number. */
  static Number leading(String text, long radix) {
    if (radix < 2 || radix > 36) {
      throw RubyException.argument("invalid radix " + radix);
    }
    String s = text.strip().replace("_", "");
    int at = s.startsWith("-") || s.startsWith("+") ? 1 : 0;
    String prefix = s.length() > at + 1 ? s.substring(at, at + 2).toLowerCase(Locale.ROOT) : "";
    int skip =
        prefix.equals("0x") && radix == 16
                || prefix.equals("0b") && radix == 2
                || prefix.equals("0o") && radix == 8
            ? 2
            : 0;
    int end = at + skip;
    while (end < s.length()
        && s.charAt(end) < 128
        && Character.digit(s.charAt(end), (int) radix) >= 0) {
      end++;
    }
    Limits.bits(6L * (end - at));
    if (end == at + skip) {
      return 0L;
    }
    BigInteger value = new BigInteger(s.substring(at + skip, end), (int) radix);
    return RubyNumbers.normal(s.startsWith("-") ? value.negate() : value);
  }
}
