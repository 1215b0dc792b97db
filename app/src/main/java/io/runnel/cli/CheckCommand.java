package io.runnel.cli;

import io.runnel.instance.InstanceName;
import io.runnel.manager.Checker;
import io.runnel.manager.Finding;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;
import picocli.CommandLine.Spec;

@Command(
    name = "check",
    mixinStandardHelpOptions = true,
    description = {
      "Checks configurations, and finds what instances would take from each other or from other"
          + " processes: ports, sockets, buffers, position, pid, log and output files.",
      "Without names and files all instances are checked."
    },
    footer = {"", "Exit status: 0 nothing found, 1 findings, 2 wrong usage."})
final class CheckCommand implements Callable<Integer> {
  private final Runnel runnel;

  @Spec private CommandSpec spec;

  @Parameters(paramLabel = "NAME", arity = "0..*", description = "Instances.")
  private List<String> names = new ArrayList<>();

  @Option(
      names = {"-c", "--config"},
      paramLabel = "FILE",
      arity = "1..*",
      description = "Configuration files that belong to no instance.")
  private List<Path> files = new ArrayList<>();

  @Option(names = "--json", description = "Print for programs.")
  private boolean json;

  CheckCommand(Runnel runnel) {
    this.runnel = runnel;
  }

  @Override
  public Integer call() throws Exception {
    List<InstanceName> instances = new ArrayList<>();
    for (String name : names) {
      instances.add(runnel.existing(spec, name));
    }
    Checker checker = new Checker(runnel.image(), runnel.layout(), runnel.environment);
    List<Finding> findings = checker.check(instances, files);
    List<Finding> errors = findings.stream().filter(Finding::fatal).toList();
    if (json) {
      Map<String, Object> result = new LinkedHashMap<>();
      result.put("ok", errors.isEmpty());
      result.put("findings", Findings.json(findings));
      runnel.out.print(Json.text(result));
    } else {
      Findings.print(findings, runnel.out);
      runnel.out.println(
          errors.isEmpty() ? "no clashes, no errors" : count(errors.size()) + " found");
    }
    return errors.isEmpty() ? 0 : 1;
  }

  private static String count(int number) {
    return number == 1 ? "1 problem" : number + " problems";
  }
}
