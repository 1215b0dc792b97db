package io.runnel.cli;

import io.runnel.host.ProcessTable;
import io.runnel.instance.InstanceName;
import io.runnel.instance.InstanceProcess;
import java.io.IOException;
import java.util.Map;
import java.util.concurrent.Callable;
import java.util.concurrent.TimeUnit;
import picocli.CommandLine.Command;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.ParameterException;
import picocli.CommandLine.Parameters;
import picocli.CommandLine.Spec;

/** {@code runnel ctl COMMAND PID}: sends a daemon the signal of a command (fluent-ctl). */
@Command(
    name = "ctl",
    description = {
      "Sends a command to a running daemon, named by its pid or as an instance.",
      "'dump' has it write its threads and what they wait for to a file that its log names."
    })
final class CtlCommand implements Callable<Integer> {
  private static final Map<String, String> SIGNALS =
      Map.of(
          "shutdown", "TERM", "restart", "HUP", "flush", "USR1", "reload", "USR2", "dump", "CONT");

  /** On the command line of each daemon. */
  private static final String DAEMON = "io.runnel.daemon.Main";

  private final Runnel runnel;

  @Spec private CommandSpec spec;

  @Parameters(
      index = "0",
      paramLabel = "COMMAND",
      description = "shutdown (TERM), restart (HUP), flush (USR1), reload (USR2) or dump (CONT).")
  private String command;

  @Parameters(
      index = "1",
      paramLabel = "PID|NAME",
      description = "Process id of the daemon, or name of an instance.")
  private String target;

  @Option(
      names = {"-h", "--help"},
      usageHelp = true,
      description = "Shows this text.")
  private boolean help;

  CtlCommand(Runnel runnel) {
    this.runnel = runnel;
  }

  @Override
  public Integer call() throws IOException, InterruptedException {
    String signal = SIGNALS.get(command);
    if (signal == null) {
      throw new ParameterException(
          spec.commandLine(),
          "unknown command '"
              + command
              + "': one of shutdown, restart, flush, reload, dump is needed");
    }
    ProcessTable processes = ProcessTable.system();
    long pid = target.matches("\\d{1,18}") ? Long.parseLong(target) : running(processes);
    if (processes.find(pid).filter(ProcessTable.Process::isAlive).isEmpty()) {
      runnel.err.println("no such process: " + target);
      return 1;
    }
    // Whoever has no handler for these signals would die of them.
    if (!processes.commandLine(pid).contains(DAEMON)) {
      String name = processes.find(pid).map(ProcessTable.Process::command).orElse("?");
      runnel.err.println("pid " + pid + " (" + name + ") is no runneld; it was not signalled");
      return 1;
    }
    Process kill = new ProcessBuilder("kill", "-" + signal, Long.toString(pid)).inheritIO().start();
    return kill.waitFor(10, TimeUnit.SECONDS) ? kill.exitValue() : 1;
  }

  private long running(ProcessTable processes) {
    InstanceName name = runnel.existing(spec, target);
    return new InstanceProcess(runnel.layout(), processes)
        .find(name)
        .map(ProcessTable.Process::pid)
        .orElse(0L);
  }
}
