package io.runnel.cli;

import io.runnel.manager.Finding;
import io.runnel.manager.InstanceCreator;
import io.runnel.manager.InstanceCreator.Created;
import io.runnel.manager.InstanceCreator.Request;
import io.runnel.manager.Move;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalInt;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.ParameterException;
import picocli.CommandLine.Parameters;
import picocli.CommandLine.Spec;

@Command(
    name = "create",
    mixinStandardHelpOptions = true,
    description = {
      "Makes an instance: configuration, settings, directories, service files.",
      "Without --config and --from it gets a small configuration with free ports."
    })
final class CreateCommand implements Callable<Integer> {
  private final Runnel runnel;

  @Spec private CommandSpec spec;

  @Parameters(paramLabel = "NAME", description = "Name of the new instance.")
  private String name;

  @Option(
      names = {"-c", "--config"},
      paramLabel = "FILE",
      description = "Take this Fluentd or td-agent configuration as it is.")
  private Path config;

  @Option(
      names = "--from",
      paramLabel = "OTHER",
      description =
          "Copy an instance or a configuration file, such as /etc/td-agent/td-agent.conf; its ports"
              + " and paths are moved out of the way.")
  private String from;

  @Option(
      names = "--shift-ports",
      paramLabel = "N",
      description = "With --from: add N to every port; otherwise the next free ones are taken.")
  private Integer shift;

  @Option(names = "--user", paramLabel = "USER", description = "The user it runs as.")
  private String user;

  @Option(names = "--json", description = "Print for programs.")
  private boolean json;

  CreateCommand(Runnel runnel) {
    this.runnel = runnel;
  }

  @Override
  public Integer call() throws Exception {
    if (config != null && from != null) {
      throw new ParameterException(spec.commandLine(), "--config and --from exclude each other");
    }
    if (shift != null && from == null) {
      throw new ParameterException(spec.commandLine(), "--shift-ports needs --from");
    }
    if (config != null && !Files.isReadable(config)) {
      throw new ParameterException(spec.commandLine(), "cannot read " + config);
    }
    InstanceCreator creator =
        new InstanceCreator(runnel.image(), runnel.layout(), runnel.environment, runnel.service());
    Created created =
        creator.create(
            new Request(
                runnel.name(spec, name),
                Optional.ofNullable(config),
                Optional.ofNullable(from),
                shift == null ? OptionalInt.empty() : OptionalInt.of(shift),
                Optional.ofNullable(user)));
    if (json) {
      runnel.out.print(Json.text(json(created)));
    } else {
      print(created);
    }
    return 0;
  }

  private void print(Created created) {
    runnel.out.println("created instance " + created.name() + ": " + created.config());
    if (from != null) {
      runnel.out.println("moved:");
      for (Move move : created.moves()) {
        runnel.out.println(
            "  %s: %s: %s: %s -> %s"
                .formatted(move.place(), move.user(), move.what(), move.from(), move.to()));
      }
    }
    List<Finding> findings = created.findings();
    if (!findings.isEmpty()) {
      runnel.err.println(
          "to be settled before it is started (runnel check " + created.name() + "):");
      Findings.print(findings, runnel.err);
    }
    runnel.out.println("start it with: runnel instance start " + created.name());
  }

  private static Map<String, Object> json(Created created) {
    Map<String, Object> result = new LinkedHashMap<>();
    result.put("instance", created.name().text());
    result.put("config", created.config().toString());
    result.put("files", created.files().stream().map(Path::toString).toList());
    List<Object> moves = new ArrayList<>();
    for (Move move : created.moves()) {
      Map<String, Object> one = new LinkedHashMap<>();
      one.put("file", move.place().file());
      one.put("line", move.place().line());
      one.put("section", move.user());
      one.put("parameter", move.what());
      one.put("from", move.from());
      one.put("to", move.to());
      moves.add(one);
    }
    result.put("moved", moves);
    result.put("findings", Findings.json(created.findings()));
    return result;
  }
}
