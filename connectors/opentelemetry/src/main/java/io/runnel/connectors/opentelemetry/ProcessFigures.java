package io.runnel.connectors.opentelemetry;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.OptionalDouble;
import java.util.OptionalLong;

/**
 * Memory and CPU time of a process, from the kernel's files.
 *
 * @param folder {@code /proc/self}
 */
record ProcessFigures(Path folder) {
  /** The kernel tells times in hundredths of a second, whatever its own clock. */
  private static final double TICKS_PER_SECOND = 100;

  private static final int BYTES_PER_KILOBYTE = 1024;

  /** The place of utime among the fields behind the command's name in parentheses. */
  private static final int USER_TIME = 11;

  /** Bytes of resident memory; empty where the kernel does not say. */
  OptionalLong residentBytes() {
    try {
      for (String line : Files.readAllLines(folder.resolve("status"))) {
        if (line.startsWith("VmRSS:")) {
          String[] words = line.split("\\s+");
          return OptionalLong.of(Long.parseLong(words[1]) * BYTES_PER_KILOBYTE);
        }
      }
    } catch (IOException | NumberFormatException | ArrayIndexOutOfBoundsException e) {
      return OptionalLong.empty(); // another kernel than Linux
    }
    return OptionalLong.empty();
  }

  /** Seconds of user time; empty where the kernel does not say. */
  OptionalDouble userSeconds() {
    try {
      String stat = Files.readString(folder.resolve("stat"));
      String[] fields = stat.substring(stat.lastIndexOf(')') + 1).strip().split(" ");
      return OptionalDouble.of(Long.parseLong(fields[USER_TIME]) / TICKS_PER_SECOND);
    } catch (IOException | NumberFormatException | ArrayIndexOutOfBoundsException e) {
      return OptionalDouble.empty();
    }
  }
}
