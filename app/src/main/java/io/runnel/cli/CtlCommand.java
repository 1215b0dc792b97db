package io.runnel.cli;

import java.io.IOException;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.Callable;
import java.util.concurrent.TimeUnit;
import picocli.CommandLine.Command;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;

/** {@code runnel ctl COMMAND PID}: sends a daemon the signal of a command (fluent-ctl). */
@Command(name = "ctl", description = "Sends a command to a running daemon by its pid.")
final class CtlCommand implements Callable<Integer> {
  private static final Map<String, String> SIGNALS =
      Map.of(
          "shutdown", "TERM", "restart", "HUP", "flush", "USR1", "reload", "USR2", "dump", "CONT");

  @Parameters(
      index = "0",
      paramLabel = "COMMAND",
      description = "shutdown (TERM), restart (HUP), flush (USR1), reload (USR2) or dump (CONT).")
  private String command;

  @Parameters(index = "1", paramLabel = "PID", description = "Process id of the daemon.")
  private long pid;

  @Option(
      names = {"-h", "--help"},
      usageHelp = true,
      description = "Shows this text.")
  private boolean help;

  @Override
  public Integer call() throws IOException, InterruptedException {
    String signal = SIGNALS.get(command);
    if (signal == null) {
      System.err.println(
          "unknown command '"
              + command
              + "': one of shutdown, restart, flush, reload, dump is needed");
      return 1;
    }
    Optional<ProcessHandle> process = ProcessHandle.of(pid);
    if (pid <= 1 || process.isEmpty() || !process.get().isAlive()) {
      System.err.println("no such process: " + pid);
      return 1;
    }
    Process kill = new ProcessBuilder("kill", "-" + signal, Long.toString(pid)).inheritIO().start();
    return kill.waitFor(10, TimeUnit.SECONDS) ? kill.exitValue() : 1;
  }
}
