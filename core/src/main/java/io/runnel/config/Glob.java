package io.runnel.config;

import java.io.IOException;
import java.nio.file.DirectoryIteratorException;
import java.nio.file.DirectoryStream;
import java.nio.file.Files;
import java.nio.file.LinkOption;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.TreeSet;

/**
 * Finds the files that a pattern names, as Ruby's {@code Dir.glob} does: {@code * ? [a-z] {a,b}}
 * within a part of the path, {@code **} for any number of folders. A leading dot is matched only by
 * a dot. Folders behind symbolic links are entered by {@code *}, not by {@code **}.
 */
final class Glob {
  /** Folders below a double star; deeper ones are left out. */
  private static final int MAX_DEPTH = 32;

  private Glob() {}

  static boolean isPattern(String path) {
    return path.chars().anyMatch(c -> "*?[{".indexOf(c) >= 0);
  }

  /** The regular files that match, sorted by their whole path. */
  static List<Path> find(Path base, String pattern) {
    TreeSet<String> found = new TreeSet<>();
    for (String alternative : braces(pattern, 0)) {
      Path start = alternative.startsWith("/") ? Path.of("/") : base;
      List<String> parts = new ArrayList<>();
      for (String part : alternative.split("/")) {
        if (!part.isEmpty() && !part.equals(".")) {
          parts.add(part);
        }
      }
      walk(start, parts, 0, 0, found);
    }
    return found.stream().map(Path::of).toList();
  }

  /** Spells out {@code {a,b}}. */
  private static List<String> braces(String pattern, int depth) {
    int open = pattern.indexOf('{');
    int close = open < 0 ? -1 : closing(pattern, open);
    if (close < 0 || depth > 4) {
      return List.of(pattern);
    }
    List<String> out = new ArrayList<>();
    int from = open + 1;
    int level = 0;
    for (int i = open + 1; i <= close; i++) {
      char c = pattern.charAt(i);
      if (c == '{') {
        level++;
      } else if (c == '}' && i < close) {
        level--;
      } else if (level == 0 && (c == ',' || i == close)) {
        out.addAll(
            braces(
                pattern.substring(0, open)
                    + pattern.substring(from, i)
                    + pattern.substring(close + 1),
                depth + 1));
        from = i + 1;
      }
    }
    return out;
  }

  private static int closing(String pattern, int open) {
    int level = 0;
    for (int i = open; i < pattern.length(); i++) {
      if (pattern.charAt(i) == '{') {
        level++;
      } else if (pattern.charAt(i) == '}' && --level == 0) {
        return i;
      }
    }
    return -1;
  }

  private static void walk(
      Path folder, List<String> parts, int index, int depth, TreeSet<String> found) {
    if (index == parts.size() || depth > MAX_DEPTH) {
      return;
    }
    String part = parts.get(index);
    boolean last = index == parts.size() - 1;
    if (part.equals("**") && !last) {
      walk(folder, parts, index + 1, depth, found);
      for (Path child : children(folder)) {
        if (Files.isDirectory(child, LinkOption.NOFOLLOW_LINKS)
            && !child.getFileName().toString().startsWith(".")) {
          walk(child, parts, index, depth + 1, found);
        }
      }
      return;
    }
    if (!isPattern(part)) {
      next(folder.resolve(part).normalize(), parts, index, depth, last, found);
      return;
    }
    for (Path child : children(folder)) {
      String name = child.getFileName().toString();
      boolean hidden = name.startsWith(".") && !part.startsWith(".");
      if (!hidden && matches(part, 0, name, 0)) {
        next(child, parts, index, depth, last, found);
      }
    }
  }

  private static void next(
      Path path, List<String> parts, int index, int depth, boolean last, TreeSet<String> found) {
    if (!last) {
      walk(path, parts, index + 1, depth, found);
    } else if (Files.isRegularFile(path) || Files.exists(path) && !Files.isDirectory(path)) {
      found.add(path.toString());
    }
  }

  private static List<Path> children(Path folder) {
    List<Path> out = new ArrayList<>();
    try (DirectoryStream<Path> stream = Files.newDirectoryStream(folder)) {
      stream.forEach(out::add);
    } catch (IOException | DirectoryIteratorException e) {
      // A folder that is not there or may not be read holds no match, as for Dir.glob.
      return List.of();
    }
    return out;
  }

  /** Matches a name with {@code * ? [ ]}; a backslash takes the next character as it is. */
  static boolean matches(String pattern, int p, String name, int n) {
    int starP = -1;
    int starN = -1;
    while (n < name.length()) {
      int step = p < pattern.length() ? one(pattern, p, name.charAt(n)) : 0;
      if (p < pattern.length() && pattern.charAt(p) == '*') {
        starP = ++p;
        starN = n;
      } else if (step > 0) {
        p += step;
        n++;
      } else if (starP >= 0) {
        p = starP;
        n = ++starN;
      } else {
        return false;
      }
    }
    while (p < pattern.length() && pattern.charAt(p) == '*') {
      p++;
    }
    return p == pattern.length();
  }

  /** Length of the item of the pattern that matches the character; 0 where it does not. */
  private static int one(String pattern, int p, char c) {
    char item = pattern.charAt(p);
    if (item == '?') {
      return 1;
    }
    if (item == '\\' && p + 1 < pattern.length()) {
      return pattern.charAt(p + 1) == c ? 2 : 0;
    }
    int close = item == '[' ? pattern.indexOf(']', p + 2) : -1;
    if (close < 0) {
      return item == c && item != '*' ? 1 : 0;
    }
    int i = p + 1;
    boolean negated = pattern.charAt(i) == '!' || pattern.charAt(i) == '^';
    i += negated ? 1 : 0;
    boolean in = false;
    for (; i < close; i++) {
      if (i + 2 < close && pattern.charAt(i + 1) == '-') {
        in |= pattern.charAt(i) <= c && c <= pattern.charAt(i + 2);
        i += 2;
      } else {
        in |= pattern.charAt(i) == c;
      }
    }
    return in != negated ? close - p + 1 : 0;
  }
}
