package io.runnel.cli;

import io.runnel.instance.InstanceName;
import io.runnel.manager.InstanceStatus;
import io.runnel.manager.StatusReader;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Option;

@Command(
    name = "list",
    aliases = "ls",
    mixinStandardHelpOptions = true,
    description = "Lists all instances.")
final class ListCommand implements Callable<Integer> {
  private final Runnel runnel;

  @Option(names = "--json", description = "Print for programs.")
  private boolean json;

  ListCommand(Runnel runnel) {
    this.runnel = runnel;
  }

  @Override
  public Integer call() throws Exception {
    StatusReader reader = new StatusReader(runnel.layout(), runnel.environment);
    List<InstanceStatus> all = new ArrayList<>();
    for (InstanceName name : runnel.layout().names()) {
      all.add(reader.read(name));
    }
    if (json) {
      runnel.out.print(Json.text(all.stream().map(StatusText::json).toList()));
    } else if (all.isEmpty()) {
      runnel.out.println(
          "there are no instances in "
              + runnel.layout().configDir()
              + "; make one with: runnel instance create NAME");
    } else {
      runnel.out.print(StatusText.table(all));
    }
    return 0;
  }
}
