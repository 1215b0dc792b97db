package io.runnel.daemon;

import io.runnel.log.LogTarget;
import java.io.ByteArrayOutputStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.List;

/** Dry runs inside the test's process. */
final class DryRuns {
  /**
   * What came of one.
   *
   * @param status the exit status
   * @param log all that was logged
   */
  record Outcome(int status, String log) {
    /** The warnings, without time and level. */
    List<String> warnings() {
      return log.lines()
          .filter(line -> line.contains(" [warn]: "))
          .map(line -> line.substring(line.indexOf(" [warn]: ") + " [warn]: ".length()))
          .toList();
    }
  }

  private static final class Collected implements LogTarget {
    private final ByteArrayOutputStream bytes = new ByteArrayOutputStream();

    @Override
    public synchronized void write(byte[] text, int offset, int length) {
      bytes.write(text, offset, length);
    }

    @Override
    public void reopen() {}

    @Override
    public void close() {}
  }

  private DryRuns() {}

  static Outcome of(Path file) throws DaemonOptions.UsageException {
    Collected log = new Collected();
    DaemonOptions options =
        DaemonOptions.parse(List.of("--dry-run", "--stub-unknown-plugins", "-c", file.toString()));
    int status = new Daemon(options, log).run();
    return new Outcome(status, log.bytes.toString(StandardCharsets.UTF_8));
  }
}
