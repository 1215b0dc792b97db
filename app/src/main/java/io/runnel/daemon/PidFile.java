package io.runnel.daemon;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.nio.file.attribute.PosixFilePermissions;

/** The file of {@code --daemon}: the process id and a line end, as Fluentd writes it. */
final class PidFile {
  private PidFile() {}

  /** Replaces the file in one step, so that no reader sees half a number. */
  static void write(Path path) throws IOException {
    Path absolute = path.toAbsolutePath();
    Files.createDirectories(absolute.getParent());
    if (Files.exists(absolute) && !Files.isWritable(absolute.getParent())) {
      // As its own user: the launcher has given it the file, but not the directory.
      Files.writeString(absolute, pid() + "\n", StandardCharsets.US_ASCII);
      return;
    }
    Path temporary = absolute.resolveSibling("." + absolute.getFileName() + "." + pid());
    Files.writeString(temporary, pid() + "\n", StandardCharsets.US_ASCII);
    Files.setPosixFilePermissions(temporary, PosixFilePermissions.fromString("rw-r--r--"));
    Files.move(temporary, absolute, StandardCopyOption.ATOMIC_MOVE);
  }

  static long pid() {
    return ProcessHandle.current().pid();
  }
}
