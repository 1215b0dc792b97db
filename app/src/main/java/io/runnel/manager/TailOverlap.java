package io.runnel.manager;

import io.runnel.manager.Resource.Tail;
import java.nio.file.FileSystems;
import java.nio.file.Path;
import java.nio.file.PathMatcher;
import java.util.Optional;
import java.util.regex.PatternSyntaxException;

/** Tells whether two tail inputs would read one file. */
final class TailOverlap {
  private TailOverlap() {}

  /** A path or pattern that both read; empty where there is none. */
  static Optional<String> of(Tail one, Tail two) {
    for (String a : one.paths()) {
      for (String b : two.paths()) {
        if (excluded(a, two) || excluded(b, one)) {
          continue;
        }
        if (a.equals(b) || matches(b, a)) {
          return Optional.of(a);
        }
        if (matches(a, b)) {
          return Optional.of(b);
        }
      }
    }
    return Optional.empty();
  }

  private static boolean excluded(String path, Tail tail) {
    return tail.excluded().stream().anyMatch(e -> e.equals(path) || matches(e, path));
  }

  /** Whether a pattern takes a path; a path that is itself a pattern counts by its text. */
  private static boolean matches(String pattern, String path) {
    if (!pattern.contains("*")) {
      return false;
    }
    try {
      PathMatcher matcher = FileSystems.getDefault().getPathMatcher("glob:" + pattern);
      return matcher.matches(Path.of(path));
    } catch (PatternSyntaxException e) {
      return false; // no pattern for Java; the daemon's own reading of it decides at run time
    }
  }
}
