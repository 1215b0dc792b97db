package io.runnel.daemon;

import java.nio.file.Path;
import java.util.ArrayList;
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

  private DryRuns() {}

  static Outcome of(Path file, String... more) throws DaemonOptions.UsageException {
    CollectedLog log = new CollectedLog();
    List<String> arguments = new ArrayList<>(List.of("--dry-run", "--stub-unknown-plugins"));
    arguments.addAll(List.of("-c", file.toString()));
    arguments.addAll(List.of(more));
    int status = new Daemon(DaemonOptions.parse(arguments), log, requests -> {}).run();
    return new Outcome(status, log.text());
  }
}
