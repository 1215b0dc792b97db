package io.runnel.manager;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.InvalidPathException;
import java.nio.file.Path;

/** Brings paths that need not exist, and may hold placeholders, into a form that compares. */
final class RealPaths {
  private RealPaths() {}

  /**
   * The path with the symbolic links of its existing part resolved, as the kernel does it: /var/run
   * is /run, and {@code ..} behind a link leads to where the link's target lies.
   */
  static String canonical(String path) {
    Path given;
    try {
      given = Path.of(path);
    } catch (InvalidPathException e) {
      return path;
    }
    for (Path existing = given; existing != null; existing = existing.getParent()) {
      if (Files.exists(existing)) {
        try {
          return existing.toRealPath().resolve(existing.relativize(given)).normalize().toString();
        } catch (IOException e) {
          return given.normalize().toString();
        }
      }
    }
    return given.normalize().toString();
  }

  /** The directory or the pattern of chunks that a buffer's path means. */
  static String buffer(String path) {
    String canonical = canonical(path);
    for (String chunks : new String[] {"/buffer.*.log", "/fsb.*.buf"}) {
      if (canonical.endsWith(chunks)) {
        return canonical.substring(0, canonical.length() - chunks.length());
      }
    }
    return canonical;
  }

  static boolean isInside(String inner, String outer) {
    return inner.startsWith(outer.endsWith("/") ? outer : outer + "/");
  }
}
