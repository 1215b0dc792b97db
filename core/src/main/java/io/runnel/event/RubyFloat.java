package io.runnel.event;

import java.nio.charset.StandardCharsets;

/**
 * Doubles as Ruby prints them: the shortest digits that give the same double back, at least one
 * behind the point, with an exponent of two digits below 1e-4 and from 1e16 on ({@code 1.0e-05},
 * {@code 1.0e+16}).
 */
public final class RubyFloat {
  /** Doubles below are written without a String if they have few decimals; 15 digits are exact. */
  private static final double EXACT = 1e15;

  private static final double[] POWERS = {1, 1e1, 1e2, 1e3, 1e4, 1e5, 1e6, 1e7, 1e8, 1e9};

  private RubyFloat() {}

  public static String toString(double value) {
    Bytes out = new Bytes(32);
    write(value, out);
    return new String(out.array(), 0, out.length(), StandardCharsets.US_ASCII);
  }

  public static void write(double value, Bytes out) {
    double size = Math.abs(value);
    if (size >= 1e-3 && size < EXACT && few(value, size, out)) {
      return;
    }
    if (Double.isNaN(value)) {
      out.ascii("NaN");
    } else if (Double.isInfinite(value)) {
      out.ascii(value > 0 ? "Infinity" : "-Infinity");
    } else if (value == 0) {
      out.ascii(1 / value < 0 ? "-0.0" : "0.0");
    } else {
      any(value, out);
    }
  }

  /** Writes a double that is a decimal of up to 15 digits, up to 9 of them behind the point. */
  private static boolean few(double value, double size, Bytes out) {
    for (int decimals = 1; decimals < POWERS.length; decimals++) {
      double power = POWERS[decimals];
      double scaled = size * power;
      double digits = Math.rint(scaled);
      if (digits >= EXACT) {
        return false;
      }
      // a product that is off by more than its rounding is no candidate: saves the division
      if (Math.abs(digits - scaled) > scaled * 0x1p-50) {
        continue;
      }
      // two decimals of at most 15 digits never round to one double, so the first fit is the text
      if (digits / power == size) {
        if (value < 0) {
          out.write('-');
        }
        long whole = (long) digits;
        long divisor = (long) power;
        writeLong(whole / divisor, out);
        out.write('.');
        long rest = whole % divisor;
        byte[] a = out.ensure(decimals);
        for (int i = out.length() + decimals - 1; i >= out.length(); i--) {
          a[i] = (byte) ('0' + rest % 10);
          rest /= 10;
        }
        out.setLength(out.length() + decimals);
        return true;
      }
    }
    return false;
  }

  /** Takes the digits from Java's text, which are the shortest too, and sets the point anew. */
  private static void any(double value, Bytes out) {
    String text = Double.toString(Math.abs(value));
    int exponentAt = text.indexOf('E');
    int exponent = exponentAt < 0 ? 0 : Integer.parseInt(text.substring(exponentAt + 1));
    String mantissa = exponentAt < 0 ? text : text.substring(0, exponentAt);
    int point = mantissa.indexOf('.');
    String digits = mantissa.substring(0, point) + mantissa.substring(point + 1);
    int start = 0;
    while (start < digits.length() - 1 && digits.charAt(start) == '0') {
      start++;
    }
    int end = digits.length();
    while (end > start + 1 && digits.charAt(end - 1) == '0') {
      end--;
    }
    // value = 0.DIGITS * 10^place
    int place = point + exponent - start;
    String significant = digits.substring(start, end);
    if (value < 0) {
      out.write('-');
    }
    place(significant, place, out);
  }

  private static void place(String digits, int place, Bytes out) {
    int count = digits.length();
    if (place > 16 || place <= -4) {
      out.ascii(digits.substring(0, 1));
      out.write('.');
      out.ascii(count > 1 ? digits.substring(1) : "0");
      out.write('e');
      int exponent = place - 1;
      out.write(exponent < 0 ? '-' : '+');
      if (Math.abs(exponent) < 10) {
        out.write('0');
      }
      out.ascii(Integer.toString(Math.abs(exponent)));
    } else if (place <= 0) {
      out.ascii("0.");
      out.ascii("0".repeat(-place));
      out.ascii(digits);
    } else if (place >= count) {
      out.ascii(digits);
      out.ascii("0".repeat(place - count));
      out.ascii(".0");
    } else {
      out.ascii(digits.substring(0, place));
      out.write('.');
      out.ascii(digits.substring(place));
    }
  }

  /** Appends the decimal digits of a long. */
  public static void writeLong(long value, Bytes out) {
    if (value < 0) {
      if (value == Long.MIN_VALUE) {
        out.ascii("-9223372036854775808");
        return;
      }
      out.write('-');
      value = -value;
    }
    int digits = 1;
    for (long bound = 10; digits < 19 && value >= bound; bound *= 10) {
      digits++;
    }
    byte[] a = out.ensure(digits);
    int start = out.length();
    int at = start + digits;
    long rest = value;
    while (rest > Integer.MAX_VALUE) {
      long tenth = rest / 10;
      a[--at] = (byte) ('0' + (rest - tenth * 10));
      rest = tenth;
    }
    for (int small = (int) rest; at > start; small /= 10) {
      a[--at] = (byte) ('0' + small % 10);
    }
    out.setLength(start + digits);
  }
}
