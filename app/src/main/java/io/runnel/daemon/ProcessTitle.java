package io.runnel.daemon;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Optional;

/** The name that {@code ps} and {@code pkill} see, where the executable does not give it. */
final class ProcessTitle {
  /** The kernel keeps 15 bytes. */
  private static final int LIMIT = 15;

  private ProcessTitle() {}

  static void set(Optional<String> configured, String instance) {
    String name = configured.orElse(instance);
    try {
      String current = Files.readString(Path.of("/proc/self/comm")).strip();
      if (configured.isPresent() || current.equals("java")) {
        Files.writeString(
            Path.of("/proc/self/comm"), name.substring(0, Math.min(LIMIT, name.length())));
      }
    } catch (IOException e) {
      // A title is a help, not a need.
    }
  }
}
