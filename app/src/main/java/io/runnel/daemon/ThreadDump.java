package io.runnel.daemon;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.Map;

/** Writes the stacks of all threads to a file (signal CONT, Fluentd's sigdump). */
final class ThreadDump {
  private ThreadDump() {}

  /** SIGDUMP_PATH, or {@code /tmp/sigdump-PID.log}. */
  static Path path() {
    String given = System.getenv("SIGDUMP_PATH");
    return given == null || given.isEmpty()
        ? Path.of("/tmp", "sigdump-" + PidFile.pid() + ".log")
        : Path.of(given);
  }

  static Path write() throws IOException {
    StringBuilder out = new StringBuilder();
    out.append("Sigdump at ")
        .append(java.time.Instant.now())
        .append(" process ")
        .append(PidFile.pid());
    out.append('\n');
    for (Map.Entry<Thread, StackTraceElement[]> entry : Thread.getAllStackTraces().entrySet()) {
      Thread thread = entry.getKey();
      out.append("  Thread ")
          .append(thread.getName())
          .append(" state=")
          .append(thread.getState())
          .append('\n');
      for (StackTraceElement frame : entry.getValue()) {
        out.append("      ").append(frame).append('\n');
      }
    }
    Runtime runtime = Runtime.getRuntime();
    out.append("  Heap: ")
        .append(runtime.totalMemory() - runtime.freeMemory())
        .append(" bytes used of ");
    out.append(runtime.totalMemory()).append('\n');
    Path path = path();
    // A file that somebody else left or linked in a shared folder is not written through.
    Files.deleteIfExists(path);
    Files.createFile(
        path, PosixFilePermissions.asFileAttribute(PosixFilePermissions.fromString("rw-------")));
    Files.write(
        path,
        out.toString().getBytes(java.nio.charset.StandardCharsets.UTF_8),
        StandardOpenOption.WRITE);
    return path;
  }
}
