package io.runnel.cli;

import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.function.Supplier;
import picocli.CommandLine;

/**
 * The subcommands of a command. Only what the user names is made: the model of all commands would
 * take more time than most of them need for their work.
 */
final class Subcommands {
  /** By name, with aliases behind it. */
  private final Map<String, Supplier<Object>> all = new LinkedHashMap<>();

  Subcommands with(String names, Supplier<Object> command) {
    all.put(names, command);
    return this;
  }

  /**
   * Adds those that are named; all of them where none is, for help, suggestions and completion.
   *
   * @param arguments of the whole command line
   */
  CommandLine addTo(CommandLine line, List<String> arguments) {
    boolean none = all.keySet().stream().noneMatch(names -> isNamed(names, arguments));
    all.forEach(
        (names, command) -> {
          if (none || isNamed(names, arguments)) {
            line.addSubcommand(names.split(" ")[0], command.get());
          }
        });
    return line;
  }

  private static boolean isNamed(String names, List<String> arguments) {
    return Arrays.stream(names.split(" ")).anyMatch(arguments::contains);
  }
}
