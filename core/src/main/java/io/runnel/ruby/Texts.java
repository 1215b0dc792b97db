package io.runnel.ruby;

import java.util.ArrayList;
import java.util.BitSet;
import java.util.List;
import java.util.Locale;

/** Strings by characters (code points), as Ruby counts them. */
final class Texts {
  private Texts() {}

  /** Part of a text; null where the start lies outside. */
  static String part(String s, long start, long length) {
    long size = Values.length(s);
    long from = start < 0 ? start + size : start;
    if (from < 0 || from > size || length < 0) {
      return null;
    }
    long to = Math.min(size, from + Math.min(length, size));
    if (size == s.length()) {
      return s.substring((int) from, (int) to);
    }
    int begin = s.offsetByCodePoints(0, (int) from);
    return s.substring(begin, s.offsetByCodePoints(begin, (int) (to - from)));
  }

  static List<Object> characters(String s) {
    List<Object> list = new ArrayList<>();
    Limits.members(s.length());
    s.codePoints().forEach(c -> list.add(Character.toString(c)));
    return list;
  }

  static String repeat(String s, long count) {
    if (count < 0) {
      throw RubyException.argument("negative argument");
    }
    Limits.characters(
        Math.multiplyHigh(s.length(), count) != 0 ? Long.MAX_VALUE : s.length() * count);
    return s.repeat(s.isEmpty() ? 0 : (int) count);
  }

  /** ljust, rjust and center. */
  static String pad(String s, Object[] a, int side) {
    long width = Values.integer(Methods.arg(a, 0));
    String with = Values.string(Methods.arg(a, 1, " "));
    Limits.characters(width);
    long missing = width - Values.length(s);
    if (missing <= 0) {
      return s;
    }
    if (with.isEmpty()) {
      throw RubyException.argument("zero width padding");
    }
    long left = side < 0 ? 0 : side > 0 ? missing : missing / 2;
    return fill(with, left) + s + fill(with, missing - left);
  }

  private static String fill(String with, long count) {
    return part(repeat(with, count / Values.length(with) + 1), 0, count);
  }

  static boolean isBlank(char c) {
    return c == ' ' || c >= 9 && c <= 13 || c == 0;
  }

  static String strip(String s, boolean left, boolean right) {
    int from = 0;
    int to = s.length();
    while (left && from < to && isBlank(s.charAt(from))) {
      from++;
    }
    while (right && to > from && isBlank(s.charAt(to - 1))) {
      to--;
    }
    return s.substring(from, to);
  }

  static String chomp(String s, Object suffix) {
    if (suffix instanceof String end && !end.isEmpty()) {
      return s.endsWith(end) ? s.substring(0, s.length() - end.length()) : s;
    }
    if (s.endsWith("\r\n")) {
      return s.substring(0, s.length() - 2);
    }
    return s.endsWith("\n") || s.endsWith("\r") ? s.substring(0, s.length() - 1) : s;
  }

  static String capitalize(String s) {
    if (s.isEmpty()) {
      return s;
    }
    int first = s.offsetByCodePoints(0, 1);
    return s.substring(0, first).toUpperCase(Locale.ROOT)
        + s.substring(first).toLowerCase(Locale.ROOT);
  }

  static String swapcase(String s) {
    StringBuilder out = new StringBuilder();
    s.codePoints()
        .map(c -> Character.isUpperCase(c) ? Character.toLowerCase(c) : Character.toUpperCase(c))
        .forEach(out::appendCodePoint);
    return out.toString();
  }

  /** {@code tr}: characters of one set become those of the other. */
  static String tr(String s, String from, String to) {
    boolean negated = from.length() > 1 && from.charAt(0) == '^';
    List<Integer> source = spelled(negated ? from.substring(1) : from);
    List<Integer> target = spelled(to);
    StringBuilder out = new StringBuilder();
    s.codePoints()
        .forEach(
            c -> {
              int at = source.lastIndexOf(c);
              if (negated ? at >= 0 : at < 0) {
                out.appendCodePoint(c);
              } else if (!target.isEmpty()) {
                boolean last = negated || at >= target.size();
                out.appendCodePoint(last ? target.getLast() : target.get(at));
              }
            });
    return out.toString();
  }

  private static List<Integer> spelled(String set) {
    List<Integer> list = new ArrayList<>();
    int[] c = set.codePoints().toArray();
    for (int i = 0; i < c.length; i++) {
      if (c[i] == '\\' && i + 1 < c.length) {
        list.add(c[++i]);
      } else if (i + 2 < c.length && c[i + 1] == '-') {
        if (c[i] > c[i + 2]) {
          throw RubyException.argument("invalid range \"" + set + "\" in string transliteration");
        }
        for (int k = c[i]; k <= c[i + 2]; k++) {
          list.add(k);
        }
        i += 2;
      } else {
        list.add(c[i]);
      }
    }
    return list;
  }

  /** The characters that all of the sets hold ({@code delete}, {@code count}, {@code squeeze}). */
  static BitSet set(Object[] sets) {
    BitSet all = null;
    for (Object one : sets) {
      String text = Values.string(one);
      boolean negated = text.length() > 1 && text.charAt(0) == '^';
      BitSet bits = new BitSet();
      spelled(negated ? text.substring(1) : text).forEach(bits::set);
      if (negated) {
        bits.flip(0, Character.MAX_CODE_POINT + 1);
      }
      if (all == null) {
        all = bits;
      } else {
        all.and(bits);
      }
    }
    return all;
  }

  static String delete(String s, BitSet set) {
    StringBuilder out = new StringBuilder();
    s.codePoints().filter(c -> !set.get(c)).forEach(out::appendCodePoint);
    return out.toString();
  }

  static String squeeze(String s, BitSet set) {
    StringBuilder out = new StringBuilder();
    int last = -1;
    for (int c : s.codePoints().toArray()) {
      if (c != last || set != null && !set.get(c)) {
        out.appendCodePoint(c);
      }
      last = c;
    }
    return out.toString();
  }

  static List<Object> lines(String s) {
    List<Object> list = new ArrayList<>();
    int from = 0;
    while (from < s.length()) {
      int end = s.indexOf('\n', from);
      int to = end < 0 ? s.length() : end + 1;
      list.add(s.substring(from, to));
      from = to;
    }
    return list;
  }

  /** {@code succ}: the next string in the order of counting. */
  static String successor(String s) {
    StringBuilder out = new StringBuilder(s);
    for (int i = s.length() - 1; i >= 0; i--) {
      char c = s.charAt(i);
      boolean wraps = c == '9' || c == 'z' || c == 'Z';
      if (!wraps) {
        out.setCharAt(i, (char) (c + 1));
        return out.toString();
      }
      out.setCharAt(i, c == '9' ? '0' : c == 'z' ? 'a' : 'A');
      if (i == 0) {
        out.insert(0, c == '9' ? '1' : c == 'z' ? 'a' : 'A');
      }
    }
    return out.toString();
  }
}
