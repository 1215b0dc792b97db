package io.runnel.cli;

import java.util.List;
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

  static CommandLine commands(Runnel runnel, List<String> arguments) {
    return new Subcommands()
        .with("list ls", () -> new BufferListCommand(new BufferSource(runnel)))
        .with("inspect", () -> new BufferInspectCommand(new BufferSource(runnel)))
        .with("verify", () -> new BufferVerifyCommand(new BufferSource(runnel)))
        .with("salvage", () -> new BufferSalvageCommand(new BufferSource(runnel)))
        .with("replay", () -> new BufferReplayCommand(new BufferSource(runnel)))
        .addTo(new CommandLine(new BufferCommand()), arguments);
  }

  @Override
  public void run() {
    throw new ParameterException(spec.commandLine(), "Missing command");
  }
}
