package io.runnel.cli;

import picocli.CommandLine;
import picocli.CommandLine.Command;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.ParameterException;
import picocli.CommandLine.Spec;

@Command(
    name = "buffer",
    mixinStandardHelpOptions = true,
    synopsisSubcommandLabel = "COMMAND",
    description = {
      "Looks into file buffers of Runnel or Fluentd, checks and saves their events.",
      "Nothing in a buffer that is looked at is changed or deleted."
    })
final class BufferCommand implements Runnable {
  @Spec private CommandSpec spec;

  private BufferCommand() {}

  static CommandLine commands(Runnel runnel) {
    CommandLine line = new CommandLine(new BufferCommand());
    line.addSubcommand(new BufferListCommand(new BufferSource(runnel)));
    line.addSubcommand(new BufferInspectCommand(new BufferSource(runnel)));
    line.addSubcommand(new BufferVerifyCommand(new BufferSource(runnel)));
    line.addSubcommand(new BufferSalvageCommand(new BufferSource(runnel)));
    line.addSubcommand(new BufferReplayCommand(new BufferSource(runnel)));
    return line;
  }

  @Override
  public void run() {
    throw new ParameterException(spec.commandLine(), "Missing command");
  }
}
