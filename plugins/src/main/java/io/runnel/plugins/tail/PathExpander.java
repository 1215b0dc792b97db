package io.runnel.plugins.tail;

import io.runnel.log.Log;
import java.io.IOException;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Set;
import java.util.function.UnaryOperator;

/** Turns the parameter {@code path} into the files that are to be followed now. */
final class PathExpander {
  private final List<String> patterns;
  private final List<String> excluded;
  private final TailConfig.GlobPolicy policy;
  private final long recentMillis;
  private final boolean warnOnce;
  private final UnaryOperator<String> dated;
  private final TailFiles files;
  private final CompressedFiles compressed;
  private final Log log;
  private final Set<String> warned = new HashSet<>();
  private final Set<String> folders = new LinkedHashSet<>();

  /**
   * @param dated replaces strftime letters by the current time
   */
  PathExpander(TailConfig config, UnaryOperator<String> dated, TailFiles files, Log log) {
    this.patterns = split(config.path(), config.pathDelimiter());
    this.excluded = config.excludePath();
    this.policy = config.globPolicy();
    this.recentMillis = config.limitRecentlyModified().map(d -> d.toMillis()).orElse(-1L);
    this.warnOnce = config.ignoreRepeatedPermissionError();
    this.dated = dated;
    this.files = files;
    this.compressed = new CompressedFiles(files, log);
    this.log = log;
  }

  private static List<String> split(String path, String delimiter) {
    Set<String> parts = new LinkedHashSet<>();
    for (int from = 0; from <= path.length(); ) {
      int to = path.indexOf(delimiter, from);
      to = to < 0 ? path.length() : to;
      String part = path.substring(from, to).strip();
      if (!part.isEmpty()) {
        parts.add(part);
      }
      from = to + delimiter.length();
    }
    return List.copyOf(parts);
  }

  /** The paths as they stand in the configuration. */
  List<String> patterns() {
    return patterns;
  }

  /**
   * The paths to follow: those that a glob finds and that can be read, and those without a glob
   * that exist. Unreadable ones are warned about and left for the next time.
   */
  Set<String> expand(long nowMillis) {
    folders.clear();
    List<Glob> without = excludes();
    Set<String> targets = new LinkedHashSet<>();
    for (String pattern : patterns) {
      String path = dated.apply(pattern);
      if (!isGlob(path)) {
        folders.add(parent(path));
        addFile(path, false, nowMillis, without, targets);
        continue;
      }
      try {
        new Glob(path)
            .expand(files, folders, found -> addFile(found, true, nowMillis, without, targets));
      } catch (IOException e) {
        log.warn("expanding a path failed, it is tried again later", e, "path", path);
      }
    }
    return targets;
  }

  private void addFile(
      String path, boolean byGlob, long nowMillis, List<Glob> without, Set<String> targets) {
    for (Glob glob : without) {
      if (glob.matches(path)) {
        return;
      }
    }
    try {
      TailFiles.Stat stat = files.stat(path);
      boolean old =
          stat != null
              && byGlob
              && recentMillis >= 0
              && stat.modifiedMillis() < nowMillis - recentMillis;
      if (stat != null && !stat.directory() && !old && !(byGlob && compressed.contains(path))) {
        targets.add(path);
      }
    } catch (IOException e) {
      unreadable(path, e);
    }
  }

  /** Warns about a file that cannot be read now. */
  void unreadable(String path, IOException why) {
    if (warned.contains(path)) {
      return;
    }
    if (why instanceof java.nio.file.AccessDeniedException && !parentIsOpen(path)) {
      log.warn(
          "Skip " + path + " because '" + trimmed(parent(path)) + "' lacks execute permission.");
    } else {
      log.warn(path + " unreadable. It is excluded and would be examined next time.");
    }
    if (warnOnce) {
      warned.add(path);
    }
  }

  private boolean parentIsOpen(String path) {
    try {
      return files.stat(parent(path) + ".") != null;
    } catch (IOException e) {
      return false;
    }
  }

  private List<Glob> excludes() {
    List<Glob> globs = new ArrayList<>();
    for (String path : excluded) {
      globs.add(new Glob(dated.apply(path)));
    }
    return globs;
  }

  /** Whether a path that has just appeared is to be followed. */
  boolean isTarget(String path) {
    boolean named = false;
    boolean matched = false;
    for (String pattern : patterns) {
      String now = dated.apply(pattern);
      if (isGlob(now)) {
        matched |= new Glob(now).matches(path);
      } else {
        named |= now.equals(path);
      }
    }
    boolean wanted = named || matched && !compressed.contains(path);
    return wanted && excludes().stream().noneMatch(glob -> glob.matches(path));
  }

  private boolean isGlob(String path) {
    boolean star = path.indexOf('*') >= 0;
    return switch (policy) {
      case BACKWARD_COMPATIBLE -> star;
      case EXTENDED -> star || path.indexOf('?') >= 0 || hasPair(path, '[', ']');
      case ALWAYS ->
          star || path.indexOf('?') >= 0 || hasPair(path, '[', ']') || hasPair(path, '{', '}');
    };
  }

  private static boolean hasPair(String path, char open, char close) {
    int at = path.indexOf(open);
    return at >= 0 && path.indexOf(close, at) > at;
  }

  /**
   * The folders that the last {@link #expand} has looked into: each ends with a slash, or is empty.
   */
  Set<String> folders() {
    return folders;
  }

  /** The folder of a path with its slash; empty for a bare name. */
  static String parent(String path) {
    return path.substring(0, path.lastIndexOf('/') + 1);
  }

  private static String trimmed(String folder) {
    return folder.length() > 1 ? folder.substring(0, folder.length() - 1) : folder;
  }
}
