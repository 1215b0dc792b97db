package io.runnel.cli;

import io.runnel.manager.RefusedException;
import java.io.IOException;
import java.io.PrintStream;
import java.io.PrintWriter;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.Map;
import picocli.AutoComplete;
import picocli.CommandLine;

/** Entry point of the command {@code runnel}. */
public final class Main {
  private Main() {}

  public static void main(String[] arguments) {
    PrintStream out = new PrintStream(System.out, true, StandardCharsets.UTF_8);
    PrintStream err = new PrintStream(System.err, true, StandardCharsets.UTF_8);
    System.exit(run(List.of(arguments), System.getenv(), out, err));
  }

  /** Runs one command; returns its exit status. */
  static int run(
      List<String> arguments, Map<String, String> environment, PrintStream out, PrintStream err) {
    Runnel runnel = new Runnel(environment, out, err);
    CommandLine line = new CommandLine(runnel);
    boolean complete = arguments.contains("generate-completion"); // of everything
    List<String> wanted = complete ? List.of() : arguments;
    new Subcommands()
        .with("instance", () -> InstanceCommand.commands(runnel, wanted))
        .with("check", () -> new CheckCommand(runnel))
        .with("buffer", () -> BufferCommand.commands(runnel, wanted))
        .with("cat", CatCommand::new)
        .with("ctl", () -> new CtlCommand(runnel))
        .with("plugins", PluginsCommand::new)
        .with("ca-generate", CaGenerateCommand::new)
        .with("binlog", BinlogCommand::new)
        // a reference to the constructor of this class, of an old format, ends the JVM (25.0.3)
        // while it writes the cache of classes
        .with("generate-completion", () -> new AutoComplete.GenerateCompletion())
        .addTo(line, wanted);
    line.setOut(new PrintWriter(out, true, StandardCharsets.UTF_8));
    line.setErr(new PrintWriter(err, true, StandardCharsets.UTF_8));
    line.setParameterExceptionHandler((wrong, words) -> misused(wrong, err));
    line.setExecutionExceptionHandler((exception, command, result) -> failed(exception, err));
    return line.execute(arguments.toArray(String[]::new));
  }

  /** What is wrong, and where to read on: the whole help would push it off the screen. */
  private static int misused(CommandLine.ParameterException wrong, PrintStream err) {
    CommandLine command = wrong.getCommandLine();
    err.println("error: " + wrong.getMessage());
    CommandLine.UnmatchedArgumentException.printSuggestions(wrong, new PrintWriter(err, true));
    err.println("see: " + command.getCommandSpec().qualifiedName() + " --help");
    return command.getCommandSpec().exitCodeOnInvalidInput();
  }

  private static int failed(Exception exception, PrintStream err) {
    switch (exception) {
      case RefusedException refused -> {
        err.println("error: " + refused.getMessage());
        Findings.print(refused.findings(), err);
      }
      case IOException io -> err.println("error: " + message(io));
      case UncheckedIOException io -> err.println("error: " + message(io.getCause()));
      default -> {
        err.println("error: unexpected: " + exception);
        exception.printStackTrace(err);
      }
    }
    return CommandLine.ExitCode.SOFTWARE;
  }

  /** Java's messages of files are often nothing but a path. */
  private static String message(IOException e) {
    String name = e.getClass().getSimpleName().replaceFirst("Exception$", "");
    return name.equals("IO") ? e.getMessage() : name + ": " + e.getMessage();
  }
}
