package io.runnel.cli;

import io.runnel.instance.InstanceName;
import io.runnel.manager.StatusReader;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;
import picocli.CommandLine.Spec;

@Command(
    name = "logs",
    mixinStandardHelpOptions = true,
    description = "Shows the end of an instance's own log.")
final class LogsCommand implements Callable<Integer> {
  private final Runnel runnel;

  @Spec private CommandSpec spec;

  @Parameters(paramLabel = "NAME", description = "The instance.")
  private String name;

  @Option(
      names = {"-n", "--lines"},
      paramLabel = "N",
      defaultValue = "50",
      description = "How many lines (${DEFAULT-VALUE}).")
  private int lines;

  @Option(
      names = {"-f", "--follow"},
      description = "Go on with what is added, also after a rotation.")
  private boolean follow;

  LogsCommand(Runnel runnel) {
    this.runnel = runnel;
  }

  @Override
  public Integer call() throws Exception {
    InstanceName instance = runnel.existing(spec, name);
    Path log = new StatusReader(runnel.layout(), runnel.environment).read(instance).log();
    if (!follow && !Files.exists(log)) {
      runnel.err.println("there is no log yet: " + log);
      return 1;
    }
    List<String> command = new ArrayList<>(List.of("tail", "-n", Integer.toString(lines)));
    if (follow) {
      command.add("-F");
    }
    command.add("--");
    command.add(log.toString());
    Process process = new ProcessBuilder(command).inheritIO().start();
    try {
      return process.waitFor();
    } catch (InterruptedException e) {
      process.destroy();
      Thread.currentThread().interrupt();
      throw new IOException("interrupted", e);
    }
  }
}
