package io.runnel.plugins.tail;

import java.io.IOException;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import java.util.function.Consumer;

/**
 * A pattern of paths with the rules of Ruby's {@code Dir.glob}: {@code *} and {@code ?} stay within
 * a name and do not match a leading dot, {@code **} as a whole name stands for any number of
 * folders (hidden ones left out), {@code [a-z]} and {@code [^a-z]} are sets, <code>{a,b}</code> are
 * alternatives, a backslash takes the special meaning away.
 */
final class Glob {
  /** Most alternatives that braces may grow to: nested braces multiply. */
  private static final int MOST_ALTERNATIVES = 4096;

  /** Deepest nesting of folders that {@code **} goes into; guards against loops of mounts. */
  private static final int MOST_FOLDERS_DEEP = 64;

  private final List<String[]> alternatives = new ArrayList<>();
  private final boolean absolute;

  Glob(String pattern) {
    absolute = pattern.startsWith("/");
    List<String> expanded = new ArrayList<>();
    expandBraces(pattern, expanded);
    for (String one : expanded) {
      alternatives.add(segments(one));
    }
  }

  private static String[] segments(String path) {
    List<String> parts = new ArrayList<>();
    for (String part : path.split("/")) {
      if (!part.isEmpty()) {
        parts.add(part);
      }
    }
    return parts.toArray(String[]::new);
  }

  private static void expandBraces(String pattern, List<String> out) {
    int open = pattern.indexOf('{');
    int close = open < 0 ? -1 : closing(pattern, open);
    if (close < 0) {
      if (out.size() >= MOST_ALTERNATIVES) {
        throw new IllegalArgumentException("too many alternatives in " + pattern);
      }
      out.add(pattern);
      return;
    }
    String head = pattern.substring(0, open);
    String tail = pattern.substring(close + 1);
    int depth = 0;
    int from = open + 1;
    for (int i = from; i <= close; i++) {
      char c = pattern.charAt(i);
      if (c == '{') {
        depth++;
      } else if (c == '}' && i < close) {
        depth--;
      }
      if (depth == 0 && (c == ',' || i == close)) {
        expandBraces(head + pattern.substring(from, i) + tail, out);
        from = i + 1;
      }
    }
  }

  private static int closing(String pattern, int open) {
    int depth = 0;
    for (int i = open; i < pattern.length(); i++) {
      char c = pattern.charAt(i);
      if (c == '{') {
        depth++;
      } else if (c == '}' && --depth == 0) {
        return i;
      }
    }
    return -1;
  }

  /** Whether a path, existing or not, is one of the pattern's. */
  boolean matches(String path) {
    if (path.startsWith("/") != absolute) {
      return false;
    }
    String[] names = segments(path);
    for (String[] pattern : alternatives) {
      if (matches(pattern, 0, names, 0)) {
        return true;
      }
    }
    return false;
  }

  private static boolean matches(String[] pattern, int p, String[] names, int n) {
    if (p == pattern.length) {
      return n == names.length;
    }
    if (pattern[p].equals("**") && p + 1 < pattern.length) {
      for (int skip = n; skip < names.length; skip++) {
        if (matches(pattern, p + 1, names, skip)) {
          return true;
        }
        if (names[skip].startsWith(".")) {
          return false;
        }
      }
      return false;
    }
    return n < names.length
        && matchesName(pattern[p], names[n])
        && matches(pattern, p + 1, names, n + 1);
  }

  /**
   * Finds what exists.
   *
   * @param folders is given every folder that was looked into: a file that appears there may match
   * @param found is given each path, in order
   */
  void expand(TailFiles files, Set<String> folders, Consumer<String> found) throws IOException {
    for (String[] pattern : alternatives) {
      expand(files, absolute ? "/" : "", pattern, 0, 0, folders, found);
    }
  }

  private void expand(
      TailFiles files,
      String base,
      String[] pattern,
      int p,
      int depth,
      Set<String> folders,
      Consumer<String> found)
      throws IOException {
    if (p == pattern.length) {
      return;
    }
    boolean last = p == pattern.length - 1;
    String segment = pattern[p];
    if (segment.equals("**") && !last) {
      expand(files, base, pattern, p + 1, depth, folders, found);
      if (depth < MOST_FOLDERS_DEEP) {
        for (String name : list(files, base, folders)) {
          if (!name.startsWith(".") && isFolder(files, base + name)) {
            expand(files, base + name + "/", pattern, p, depth + 1, folders, found);
          }
        }
      }
    } else if (!isPattern(segment)) {
      String path = base + unescape(segment);
      if (last) {
        folders.add(base);
        if (files.stat(path) != null) {
          found.accept(path);
        }
      } else {
        expand(files, path + "/", pattern, p + 1, depth, folders, found);
      }
    } else {
      for (String name : list(files, base, folders)) {
        if (matchesName(segment, name)) {
          if (last) {
            found.accept(base + name);
          } else if (isFolder(files, base + name)) {
            expand(files, base + name + "/", pattern, p + 1, depth, folders, found);
          }
        }
      }
    }
  }

  private static List<String> list(TailFiles files, String base, Set<String> folders) {
    folders.add(base);
    try {
      return files.list(base);
    } catch (IOException e) {
      return List.of(); // a folder that may not be read hides its files, as for Dir.glob
    }
  }

  private static boolean isFolder(TailFiles files, String path) {
    try {
      TailFiles.Stat stat = files.stat(path);
      return stat != null && stat.directory();
    } catch (IOException e) {
      return false;
    }
  }

  private static boolean isPattern(String segment) {
    return segment.indexOf('*') >= 0 || segment.indexOf('?') >= 0 || segment.indexOf('[') >= 0;
  }

  private static String unescape(String segment) {
    return segment.indexOf('\\') < 0 ? segment : segment.replaceAll("\\\\(.)", "$1");
  }

  static boolean matchesName(String pattern, String name) {
    if (name.startsWith(".") && !pattern.startsWith(".")) {
      return false;
    }
    return matchesName(pattern, 0, name, 0);
  }

  private static boolean matchesName(String pattern, int p, String name, int n) {
    int star = -1;
    int resume = 0;
    while (true) {
      if (p < pattern.length() && pattern.charAt(p) == '*') {
        star = ++p;
        resume = n;
        continue;
      }
      int next = n < name.length() && p < pattern.length() ? matchOne(pattern, p, name, n) : -1;
      if (next >= 0) {
        p = next;
        n++;
      } else if (n == name.length() && p == pattern.length()) {
        return true;
      } else if (star >= 0 && resume < name.length()) {
        n = ++resume;
        p = star;
      } else {
        return false;
      }
    }
  }

  /** Where the pattern goes on after it has matched one character; -1 where it has not. */
  private static int matchOne(String pattern, int p, String name, int n) {
    char c = pattern.charAt(p);
    if (c == '?') {
      return p + 1;
    }
    if (c == '\\' && p + 1 < pattern.length()) {
      return pattern.charAt(p + 1) == name.charAt(n) ? p + 2 : -1;
    }
    int close = c == '[' ? pattern.indexOf(']', p + 2) : -1;
    if (close < 0) {
      return c == name.charAt(n) ? p + 1 : -1;
    }
    int i = p + 1;
    boolean negative = pattern.charAt(i) == '^' || pattern.charAt(i) == '!';
    if (negative) {
      i++;
    }
    boolean hit = false;
    char wanted = name.charAt(n);
    for (; i < close; i++) {
      char low = pattern.charAt(i);
      char high = low;
      if (i + 2 < close && pattern.charAt(i + 1) == '-') {
        high = pattern.charAt(i + 2);
        i += 2;
      }
      hit |= low <= wanted && wanted <= high;
    }
    return hit != negative ? close + 1 : -1;
  }
}
