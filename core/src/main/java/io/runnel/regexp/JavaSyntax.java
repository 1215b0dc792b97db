package io.runnel.regexp;

import java.util.ArrayDeque;
import java.util.Deque;

/**
 * Translates patterns of a subset of Ruby's syntax to that of the JDK. The subset is what log
 * patterns are mostly made of, and is chosen so that both engines give the same result on ASCII
 * text without line ends:
 *
 * <ul>
 *   <li>ASCII characters, dot, {@code ^ $ | \A \z \b \B \d \D \w \W \s \S}, escaped punctuation;
 *   <li>character classes of characters, ranges and those escapes, without nesting;
 *   <li>named, plain and non-capturing groups and look-ahead; a group may be optional, but not
 *       repeated: the engines differ in what repeated groups leave behind;
 *   <li>greedy and lazy repetition of single characters and classes.
 * </ul>
 *
 * <p>Named groups lose their names, since Java's may not hold an underscore or repeat; where there
 * are any, plain groups become non-capturing, as in Ruby. So the numbers stay those of Ruby.
 */
final class JavaSyntax {
  private static final String CLASS_ESCAPES = "dDwWsS";
  private static final String REPEATS = "*+?{";

  private final String source;
  private final boolean named;
  private final StringBuilder out = new StringBuilder();

  /** For each open group, whether it is a look-ahead: that may not be made optional. */
  private final Deque<Boolean> open = new ArrayDeque<>();

  private int at;

  private JavaSyntax(String source) {
    this.source = source;
    named = source.contains("(?<");
  }

  /** The pattern for the JDK; null where the source is not of the subset. */
  static String translate(String source) {
    for (int i = 0; i < source.length(); i++) {
      if (source.charAt(i) < ' ' || source.charAt(i) > '~') {
        return null;
      }
    }
    JavaSyntax syntax = new JavaSyntax(source);
    return syntax.pattern() ? syntax.out.toString() : null;
  }

  private char next() {
    return at < source.length() ? source.charAt(at) : 0;
  }

  private boolean pattern() {
    while (at < source.length()) {
      char c = source.charAt(at);
      boolean good =
          switch (c) {
            case '(' -> group();
            case ')' -> endOfGroup();
            case '[' -> characterClass() && repetition();
            case '\\' -> escape();
            case '^', '$', '|' -> plain(c);
            case '*', '+', '?', '{', '}', ']' -> false;
            default -> plain(c) && repetition();
          };
      if (!good) {
        return false;
      }
    }
    return open.isEmpty();
  }

  private boolean plain(char c) {
    out.append(c);
    at++;
    return c != '^' && c != '$' || REPEATS.indexOf(next()) < 0;
  }

  private boolean group() {
    if (source.startsWith("(?:", at)) {
      out.append("(?:");
      at += 3;
      open.push(false);
      return true;
    }
    if (source.startsWith("(?=", at) || source.startsWith("(?!", at)) {
      out.append(source, at, at + 3);
      at += 3;
      open.push(true);
      return true;
    }
    if (source.startsWith("(?<", at)) {
      int end = source.indexOf('>', at);
      if (end < 0 || !source.substring(at + 3, end).matches("[A-Za-z_]\\w*")) {
        return false;
      }
      out.append('(');
      at = end + 1;
      open.push(false);
      return true;
    }
    if (source.startsWith("(?", at)) {
      return false;
    }
    out.append(named ? "(?:" : "(");
    at++;
    open.push(false);
    return true;
  }

  private boolean endOfGroup() {
    if (open.isEmpty()) {
      return false;
    }
    boolean lookAhead = open.pop();
    out.append(')');
    at++;
    if (next() == '?' && !lookAhead) {
      out.append('?');
      at++;
    }
    return REPEATS.indexOf(next()) < 0 || at >= source.length();
  }

  private boolean escape() {
    if (at + 1 >= source.length()) {
      return false;
    }
    char c = source.charAt(at + 1);
    out.append('\\').append(c);
    at += 2;
    if ("AzbB".indexOf(c) >= 0) {
      return REPEATS.indexOf(next()) < 0 || at >= source.length();
    }
    return (isPunctuation(c) || CLASS_ESCAPES.indexOf(c) >= 0 || c == 't') && repetition();
  }

  private static boolean isPunctuation(char c) {
    return c >= '!' && c <= '~' && !Character.isLetterOrDigit(c) && c != '_';
  }

  /** At most one of {@code * + ? {n} {n,} {n,m}}, and one {@code ?} behind it. */
  private boolean repetition() {
    char c = next();
    if (at >= source.length() || REPEATS.indexOf(c) < 0) {
      return true;
    }
    if (c == '{') {
      int end = source.indexOf('}', at);
      if (end < 0 || !source.substring(at + 1, end).matches("\\d{1,4}(?:,(?:\\d{1,4})?)?")) {
        return false;
      }
      boolean fixed = source.indexOf(',', at) < 0 || source.indexOf(',', at) > end;
      out.append(source, at, end + 1);
      at = end + 1;
      if (fixed && next() == '?') {
        return false; // Ruby: optional; Java: lazy
      }
    } else {
      out.append(c);
      at++;
    }
    if (next() == '?') {
      out.append('?');
      at++;
    }
    return at >= source.length() || REPEATS.indexOf(next()) < 0;
  }

  private boolean characterClass() {
    out.append('[');
    at++;
    if (next() == '^') {
      out.append('^');
      at++;
    }
    boolean first = true;
    while (next() != ']') {
      if (at >= source.length() || !member(first)) {
        return false;
      }
      first = false;
    }
    out.append(']');
    at++;
    return !first;
  }

  /** A character, a range or an escape. */
  private boolean member(boolean first) {
    char c = next();
    if (c == '-' && !first && source.startsWith("-]", at)) {
      out.append("\\-");
      at++;
      return true;
    }
    if (c == '\\') {
      char escaped = at + 1 < source.length() ? source.charAt(at + 1) : 0;
      boolean set = CLASS_ESCAPES.indexOf(escaped) >= 0;
      if (!set && escaped != 't' && !isPunctuation(escaped)) {
        return false;
      }
      out.append('\\').append(escaped);
      at += 2;
      return next() != '-' || source.startsWith("-]", at);
    }
    if (c == '[' || c == '-' && !first || source.startsWith("&&", at)) {
      return false;
    }
    if (c == '-') {
      out.append("\\-");
      at++;
      return next() != '-';
    }
    boolean word = Character.isLetterOrDigit(c);
    out.append(isPunctuation(c) ? "\\" : "").append(c);
    at++;
    if (next() == '-' && !source.startsWith("-]", at)) {
      char to = at + 1 < source.length() ? source.charAt(at + 1) : 0;
      if (!word || !Character.isLetterOrDigit(to) || to < c) {
        return false;
      }
      out.append('-').append(to);
      at += 2;
      return next() != '-' || source.startsWith("-]", at);
    }
    return true;
  }
}
