package io.runnel.plugin;

import io.runnel.config.ConfigException;
import io.runnel.config.Place;
import io.runnel.regexp.Regexp;
import io.runnel.regexp.Regexps;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Deque;
import java.util.List;
import java.util.regex.Pattern;

/**
 * The argument of {@code <match>} and {@code <filter>}: one or more patterns separated by white
 * space, any of which may match.
 *
 * <p>{@code *} is (part of) one part of a tag, {@code **} zero or more parts, <code>{a,b}</code>
 * are alternatives, {@code \x} is x itself, {@code /re/} a regular expression over the whole tag.
 */
public final class TagPattern {
  private sealed interface Single {
    boolean matches(String tag);

    record Everything() implements Single {
      @Override
      public boolean matches(String tag) {
        return true;
      }
    }

    record Exact(String wanted) implements Single {
      @Override
      public boolean matches(String tag) {
        return tag.equals(wanted);
      }
    }

    record Glob(Pattern pattern) implements Single {
      @Override
      public boolean matches(String tag) {
        return pattern.matcher(tag).matches();
      }
    }

    record Expression(Regexp regexp) implements Single {
      @Override
      public boolean matches(String tag) {
        return regexp.matches(tag);
      }
    }
  }

  private final List<Single> patterns;

  private TagPattern(List<Single> patterns) {
    this.patterns = patterns;
  }

  /**
   * @param argument empty for {@code **}
   * @param place for messages
   * @throws ConfigException where a regular expression is wrong
   */
  public static TagPattern parse(String argument, Place place) {
    List<Single> all = new ArrayList<>();
    for (String pattern : argument.strip().split("\\s+")) {
      all.add(single(pattern, place));
    }
    return new TagPattern(List.copyOf(all));
  }

  public boolean matches(String tag) {
    for (Single pattern : patterns) {
      if (pattern.matches(tag)) {
        return true;
      }
    }
    return false;
  }

  private static Single single(String pattern, Place place) {
    if (pattern.isEmpty() || pattern.equals("**")) {
      return new Single.Everything();
    }
    if (pattern.startsWith("/")) {
      if (pattern.length() < 2 || !pattern.endsWith("/")) {
        throw new ConfigException("invalid match - regex", place);
      }
      try {
        return new Single.Expression(
            Regexps.compile(
                "\\A(?:" + pattern.substring(1, pattern.length() - 1) + ")\\z", false, false));
      } catch (ConfigException e) {
        throw new ConfigException("invalid match - regex: " + e.getMessage(), place, e);
      }
    }
    if (pattern.matches("[^*{}\\\\]*")) {
      return new Single.Exact(pattern);
    }
    return new Single.Glob(Pattern.compile(translate(pattern), Pattern.DOTALL));
  }

  /**
   * A dot is held back until it is known what follows: before {@code **} it may be missing, so that
   * {@code a.**} also matches {@code a}.
   */
  private static String translate(String pattern) {
    StringBuilder out = new StringBuilder();
    Deque<Integer> braces = new ArrayDeque<>();
    boolean dot = false;
    int i = 0;
    while (i < pattern.length()) {
      char c = pattern.charAt(i);
      if (c == '*' && pattern.startsWith("**", i)) {
        if (dot) {
          out.append("(?![^.])");
          dot = false;
        }
        boolean leading = pattern.startsWith(".", i + 2);
        out.append(leading ? "(?:.*\\.|\\A)" : ".*");
        i += leading ? 3 : 2;
        continue;
      }
      if (dot) {
        out.append("\\.");
        dot = false;
      }
      switch (c) {
        case '.' -> dot = true;
        case '*' -> out.append("[^.]*");
        case '{' -> {
          braces.push(i);
          out.append("(?:");
        }
        case '}' -> {
          if (braces.isEmpty()) {
            out.append("\\}");
          } else {
            braces.pop();
            out.append(')');
          }
        }
        case ',' -> out.append(braces.isEmpty() ? "," : "|");
        case '\\' -> {
          i++;
          out.append(i < pattern.length() ? Pattern.quote(pattern.substring(i, i + 1)) : "\\\\");
        }
        default -> out.append(Pattern.quote(String.valueOf(c)));
      }
      i++;
    }
    if (dot) {
      out.append("\\.");
    }
    out.append(")".repeat(braces.size()));
    return out.toString();
  }
}
