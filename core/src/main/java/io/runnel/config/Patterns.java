package io.runnel.config;

import io.runnel.regexp.Regexp;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.regex.PatternSyntaxException;

/** Compiles the patterns of parameters with the JDK's engine. */
final class Patterns {
  private Patterns() {}

  /**
   * @throws IllegalArgumentException where the pattern is malformed
   */
  static Regexp compile(String source, boolean ignoreCase, boolean multiline) {
    int flags = Pattern.MULTILINE | (ignoreCase ? Pattern.CASE_INSENSITIVE : 0);
    try {
      return new Adapter(source, Pattern.compile(source, flags | (multiline ? Pattern.DOTALL : 0)));
    } catch (PatternSyntaxException e) {
      throw new IllegalArgumentException("invalid regexp: " + e.getMessage(), e);
    }
  }

  /** Runs on characters and translates the places to bytes. */
  private record Adapter(String source, Pattern pattern) implements Regexp {
    @Override
    public List<String> names() {
      return pattern.namedGroups().entrySet().stream()
          .sorted(java.util.Map.Entry.comparingByValue())
          .map(java.util.Map.Entry::getKey)
          .toList();
    }

    @Override
    public int[] search(byte[] text, int offset, int length, int from) {
      String s = new String(text, offset, length, StandardCharsets.UTF_8);
      int start = new String(text, offset, from - offset, StandardCharsets.UTF_8).length();
      Matcher matcher = pattern.matcher(s);
      if (!matcher.find(start)) {
        return null;
      }
      int[] pairs = new int[2 * (matcher.groupCount() + 1)];
      for (int i = 0; i < pairs.length; i++) {
        int at = i % 2 == 0 ? matcher.start(i / 2) : matcher.end(i / 2);
        pairs[i] =
            at < 0 ? -1 : offset + s.substring(0, at).getBytes(StandardCharsets.UTF_8).length;
      }
      return pairs;
    }

    @Override
    public boolean matches(String text) {
      return pattern.matcher(text).find();
    }

    @Override
    public int group(String name) {
      return pattern.namedGroups().getOrDefault(name, -1);
    }
  }
}
