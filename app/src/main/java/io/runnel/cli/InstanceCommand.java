package io.runnel.cli;

import java.util.List;
import picocli.CommandLine;
import picocli.CommandLine.Command;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.ParameterException;
import picocli.CommandLine.Spec;

@Command(
    name = "instance",
    mixinStandardHelpOptions = true,
    synopsisSubcommandLabel = "COMMAND",
    description = "Makes, starts, stops and shows instances.")
final class InstanceCommand implements Runnable {
  @Spec private CommandSpec spec;

  private InstanceCommand() {}

  static CommandLine commands(Runnel runnel, List<String> arguments) {
    Subcommands commands =
        new Subcommands()
            .with("create", () -> new CreateCommand(runnel))
            .with("list ls", () -> new ListCommand(runnel))
            .with("status", () -> new StatusCommand(runnel));
    for (ServiceCommand.Verb verb : ServiceCommand.Verb.values()) {
      commands.with(verb.word(), () -> ServiceCommand.line(runnel, verb));
    }
    return commands
        .with("logs", () -> new LogsCommand(runnel))
        .with("remove rm", () -> new RemoveCommand(runnel))
        .addTo(new CommandLine(new InstanceCommand()), arguments);
  }

  @Override
  public void run() {
    throw new ParameterException(spec.commandLine(), "Missing command");
  }
}
