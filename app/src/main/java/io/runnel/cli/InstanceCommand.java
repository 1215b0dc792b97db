package io.runnel.cli;

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

  static CommandLine commands(Runnel runnel) {
    CommandLine line = new CommandLine(new InstanceCommand());
    line.addSubcommand(new CreateCommand(runnel));
    line.addSubcommand(new ListCommand(runnel));
    line.addSubcommand(new StatusCommand(runnel));
    for (ServiceCommand.Verb verb : ServiceCommand.Verb.values()) {
      line.addSubcommand(verb.word(), ServiceCommand.line(runnel, verb));
    }
    line.addSubcommand(new LogsCommand(runnel));
    line.addSubcommand(new RemoveCommand(runnel));
    return line;
  }

  @Override
  public void run() {
    throw new ParameterException(spec.commandLine(), "Missing command");
  }
}
