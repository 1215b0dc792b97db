package io.runnel.cli;

import io.runnel.instance.InstanceName;
import io.runnel.manager.InstanceStatus;
import io.runnel.manager.StatusReader;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;
import picocli.CommandLine.Spec;

@Command(
    name = "status",
    mixinStandardHelpOptions = true,
    description = "Shows how instances fare; without a name all of them.",
    footer = {
      "",
      "Exit status: 0 running, 1 dead but its pid file is there, 3 not running;",
      "of several instances the highest."
    })
final class StatusCommand implements Callable<Integer> {
  private final Runnel runnel;

  @Spec private CommandSpec spec;

  @Parameters(paramLabel = "NAME", arity = "0..*", description = "Instances.")
  private List<String> names = new ArrayList<>();

  @Option(names = "--json", description = "Print for programs.")
  private boolean json;

  StatusCommand(Runnel runnel) {
    this.runnel = runnel;
  }

  @Override
  public Integer call() throws Exception {
    List<InstanceName> instances = new ArrayList<>();
    for (String name : names) {
      instances.add(runnel.existing(spec, name));
    }
    if (names.isEmpty()) {
      instances.addAll(runnel.layout().names());
    }
    StatusReader reader = new StatusReader(runnel.layout(), runnel.environment);
    List<InstanceStatus> all = new ArrayList<>();
    for (InstanceName name : instances) {
      all.add(reader.read(name));
    }
    if (json) {
      boolean single = names.size() == 1;
      runnel.out.print(
          Json.text(
              single
                  ? StatusText.json(all.getFirst())
                  : all.stream().map(StatusText::json).toList()));
    } else {
      all.forEach(status -> runnel.out.print(StatusText.one(status)));
    }
    return all.stream().mapToInt(status -> status.state().exitCode()).max().orElse(0);
  }
}
