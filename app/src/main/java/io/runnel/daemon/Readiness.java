package io.runnel.daemon;

import io.runnel.host.ReplacedFile;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;

/**
 * Tells the launcher of a daemon, which waits in the foreground, how the start went: through a file
 * whose first line is {@code ok} or {@code exit N}, followed by text for the user.
 */
final class Readiness {
  private final Path file;

  /** Reads the file's name from the property that the launcher sets; none in the foreground. */
  Readiness() {
    String name = System.getProperty("runnel.ready");
    file = name == null || name.isEmpty() ? null : Path.of(name);
  }

  boolean isAwaited() {
    return file != null && Files.exists(file.toAbsolutePath().getParent());
  }

  void ok() {
    tell("ok\n");
  }

  void failed(int status, String text) {
    tell("exit " + status + "\n" + text);
  }

  private void tell(String text) {
    if (!isAwaited()) {
      return;
    }
    try {
      ReplacedFile.write(
          file,
          text.getBytes(StandardCharsets.UTF_8),
          PosixFilePermissions.fromString("rw-r--r--"),
          false);
    } catch (IOException e) {
      // The launcher has given up and removed its folder; the daemon goes on without it.
    }
  }
}
