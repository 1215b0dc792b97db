package io.runnel.host;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;

/** How many files this process may have open. */
public final class OpenFileLimit {
  private static final Path LIMITS = Path.of("/proc/self/limits");
  private static final String NAME = "Max open files";

  /** What Linux grants where nothing else is said. */
  private static final int USUAL = 1024;

  private OpenFileLimit() {}

  /** The limit of this process (RLIMIT_NOFILE). */
  public static int ofProcess() {
    try {
      return in(Files.readAllLines(LIMITS));
    } catch (IOException e) {
      return USUAL;
    }
  }

  /** The limit in the form of proc(5): {@code Max open files 1024 524288 files}. */
  static int in(List<String> lines) {
    for (String line : lines) {
      if (line.startsWith(NAME)) {
        String rest = line.substring(NAME.length()).strip();
        int end = rest.indexOf(' ');
        String soft = end < 0 ? rest : rest.substring(0, end);
        if (soft.equals("unlimited")) {
          return Integer.MAX_VALUE;
        }
        try {
          return (int) Math.min(Integer.MAX_VALUE, Long.parseLong(soft));
        } catch (NumberFormatException e) {
          return USUAL;
        }
      }
    }
    return USUAL;
  }
}
