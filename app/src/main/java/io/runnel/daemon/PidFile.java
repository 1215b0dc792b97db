package io.runnel.daemon;

import io.runnel.host.ReplacedFile;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
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
    byte[] text = (pid() + "\n").getBytes(StandardCharsets.US_ASCII);
    ReplacedFile.write(absolute, text, PosixFilePermissions.fromString("rw-r--r--"), false);
    // whatever the umask: others ask whether the daemon runs
    Files.setPosixFilePermissions(absolute, PosixFilePermissions.fromString("rw-r--r--"));
  }

  static long pid() {
    return ProcessHandle.current().pid();
  }
}
