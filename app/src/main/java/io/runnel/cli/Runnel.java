package io.runnel.cli;

import static java.util.stream.Collectors.joining;

import io.runnel.instance.InstanceLayout;
import io.runnel.instance.InstanceName;
import io.runnel.manager.Image;
import io.runnel.manager.Service;
import java.io.PrintStream;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import picocli.CommandLine.Command;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.ParameterException;
import picocli.CommandLine.ScopeType;
import picocli.CommandLine.Spec;

/** The command {@code runnel} itself, and what its subcommands share. */
@Command(
    name = "runnel",
    mixinStandardHelpOptions = true,
    version = "runnel 0.1.0",
    synopsisSubcommandLabel = "COMMAND",
    description = "Makes, checks, starts and stops independent collectors on one host.",
    footer = {
      "",
      "Exit status: 0 done, 1 not done or findings, 2 wrong usage. 'instance status' has that of"
          + " LSB: 0 running, 1 dead but its pid file is there, 3 not running."
    })
final class Runnel implements Runnable {
  final Map<String, String> environment;
  final PrintStream out;
  final PrintStream err;

  @Spec private CommandSpec spec;

  @Option(
      names = "--root",
      paramLabel = "DIR",
      scope = ScopeType.INHERIT,
      description = "Put all files below DIR instead of / (environment: RUNNEL_ROOT).")
  private Path root;

  Runnel(Map<String, String> environment, PrintStream out, PrintStream err) {
    this.environment = environment;
    this.out = out;
    this.err = err;
  }

  @Override
  public void run() {
    throw new ParameterException(spec.commandLine(), "Missing command");
  }

  InstanceLayout layout() {
    String given = environment.getOrDefault("RUNNEL_ROOT", "");
    return new InstanceLayout(root != null ? root : Path.of(given.isEmpty() ? "/" : given));
  }

  Image image() {
    return Image.of(environment);
  }

  Service service() {
    return new Service(image(), layout());
  }

  /** The name of an instance that is to exist. */
  InstanceName existing(CommandSpec command, String text) {
    InstanceName name = name(command, text);
    if (!layout().exists(name)) {
      List<InstanceName> names = layout().names();
      String known = names.stream().map(InstanceName::text).collect(joining(", "));
      throw new ParameterException(
          command.commandLine(),
          "there is no instance "
              + name
              + " (no "
              + layout().config(name)
              + "); "
              + (known.isEmpty() ? "there is none at all" : "there are: " + known));
    }
    return name;
  }

  InstanceName name(CommandSpec command, String text) {
    try {
      return new InstanceName(text);
    } catch (IllegalArgumentException e) {
      throw new ParameterException(command.commandLine(), e.getMessage(), e);
    }
  }
}
