package io.runnel.cli;

import io.runnel.instance.InstanceName;
import io.runnel.manager.InstanceRemover;
import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStreamReader;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;
import picocli.CommandLine.Spec;

@Command(
    name = "remove",
    aliases = "rm",
    mixinStandardHelpOptions = true,
    description = {
      "Stops an instance and removes its configuration, settings, service files and executable.",
      "What it has not delivered yet, its positions and its log stay, unless --purge is given."
    })
final class RemoveCommand implements Callable<Integer> {
  private final Runnel runnel;

  @Spec private CommandSpec spec;

  @Parameters(paramLabel = "NAME", description = "The instance.")
  private String name;

  @Option(
      names = {"-y", "--yes"},
      description = "Do not ask.")
  private boolean yes;

  @Option(names = "--purge", description = "Remove its buffers, positions and log as well.")
  private boolean purge;

  @Option(names = "--json", description = "Print for programs.")
  private boolean json;

  RemoveCommand(Runnel runnel) {
    this.runnel = runnel;
  }

  @Override
  public Integer call() throws Exception {
    InstanceName instance = runnel.existing(spec, name);
    if (!yes && !confirmed(instance)) {
      runnel.err.println("nothing was removed");
      return 1;
    }
    InstanceRemover.Removed removed =
        new InstanceRemover(runnel.layout(), runnel.environment, runnel.service())
            .remove(instance, purge, json);
    if (json) {
      Map<String, Object> result = new LinkedHashMap<>();
      result.put("instance", instance.text());
      result.put("removed", removed.removed().stream().map(Path::toString).toList());
      result.put("kept", removed.kept().stream().map(Path::toString).toList());
      runnel.out.print(Json.text(result));
      return 0;
    }
    runnel.out.println("removed instance " + instance);
    removed.kept().forEach(path -> runnel.out.println("kept: " + path));
    return 0;
  }

  private boolean confirmed(InstanceName instance) throws IOException {
    runnel.err.print(
        "Remove instance " + instance + (purge ? " and all its data" : "") + "? [y/N] ");
    runnel.err.flush();
    BufferedReader answers =
        new BufferedReader(new InputStreamReader(System.in, StandardCharsets.UTF_8));
    String answer = answers.readLine();
    return answer != null && answer.strip().matches("(?i)y|yes");
  }
}
