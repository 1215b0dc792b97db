package io.runnel.ruby;

import io.runnel.regexp.Regexp;
import io.runnel.regexp.Regexps;
import java.nio.charset.StandardCharsets;

/** A regular expression as a value. */
record RubyRegexp(Regexp regexp, String flags) {
  static RubyRegexp compile(String source, String flags) {
    try {
      return new RubyRegexp(
          Regexps.compile(
              source,
              flags.indexOf('i') >= 0,
              flags.indexOf('m') >= 0,
              flags.indexOf('x') >= 0,
              Limits.MILLIS),
          flags);
    } catch (IllegalArgumentException e) {
      throw new RubyException("RegexpError", e.getMessage() + ": /" + source + "/");
    }
  }

  /** A pattern that matches a text as it is. */
  static RubyRegexp literal(String text) {
    return compile(escape(text), "");
  }

  static String escape(String text) {
    StringBuilder out = new StringBuilder();
    for (int i = 0; i < text.length(); i++) {
      char c = text.charAt(i);
      switch (c) {
        case '\n' -> out.append("\\n");
        case '\t' -> out.append("\\t");
        case '\r' -> out.append("\\r");
        case '.', '*', '?', '+', '^', '$', '|', '\\', '(', ')', '[', ']', '{', '}', '-', '#', ' ' ->
            out.append('\\').append(c);
        default -> out.append(c);
      }
    }
    return out.toString();
  }

  RubyMatch match(String text) {
    byte[] bytes = text.getBytes(StandardCharsets.UTF_8);
    int[] pairs = regexp.search(bytes, 0, bytes.length, 0);
    return pairs == null ? null : new RubyMatch(regexp, bytes, pairs);
  }

  @Override
  public String toString() {
    return "/" + regexp.source() + "/" + flags;
  }
}
