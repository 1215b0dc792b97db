package io.runnel.cli;

import io.runnel.host.ProcessTable;
import io.runnel.instance.InstanceName;
import io.runnel.instance.InstanceProcess;
import io.runnel.manager.Checker;
import io.runnel.manager.ConfigSource;
import io.runnel.manager.Finding;
import io.runnel.manager.InstanceConfig;
import java.io.IOException;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.concurrent.Callable;
import picocli.CommandLine;
import picocli.CommandLine.Command;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.ParameterException;
import picocli.CommandLine.Parameters;
import picocli.CommandLine.Spec;

/** start, stop, restart and reload: one class, because only the verb differs. */
@Command(mixinStandardHelpOptions = true)
final class ServiceCommand implements Callable<Integer> {
  enum Verb {
    START("Starts instances and waits until they run. One that runs already is left alone."),
    STOP("Stops instances: waits for the last flush, then until the process is gone."),
    RESTART("Stops and starts instances, after their configuration has been checked."),
    RELOAD(
        "Has instances read their configuration. A broken one is refused, and the old one serves"
            + " on.");

    private final String description;

    Verb(String description) {
      this.description = description;
    }

    String word() {
      return name().toLowerCase(Locale.ROOT);
    }
  }

  private final Runnel runnel;
  private final Verb verb;

  @Spec private CommandSpec spec;

  @Parameters(paramLabel = "NAME", arity = "0..*", description = "Instances.")
  private List<String> names = new ArrayList<>();

  @Option(names = "--all", description = "All instances.")
  private boolean all;

  @Option(names = "--json", description = "Print for programs.")
  private boolean json;

  private ServiceCommand(Runnel runnel, Verb verb) {
    this.runnel = runnel;
    this.verb = verb;
  }

  static CommandLine line(Runnel runnel, Verb verb) {
    CommandLine line = new CommandLine(new ServiceCommand(runnel, verb));
    line.getCommandSpec().name(verb.word());
    line.getCommandSpec().usageMessage().description(verb.description);
    return line;
  }

  @Override
  public Integer call() throws Exception {
    List<InstanceName> instances = new ArrayList<>();
    for (String name : names) {
      instances.add(runnel.existing(spec, name));
    }
    if (all) {
      instances.addAll(runnel.layout().names());
    } else if (instances.isEmpty()) {
      throw new ParameterException(spec.commandLine(), "Missing NAME (or --all)");
    }
    int worst = 0;
    List<Object> results = new ArrayList<>();
    InstanceProcess finder = new InstanceProcess(runnel.layout(), ProcessTable.system());
    for (InstanceName name : instances) {
      int status = refusedBefore(name, finder) ? 1 : runnel.service().call(verb.word(), name, json);
      worst = Math.max(worst, status);
      Map<String, Object> result = new LinkedHashMap<>();
      result.put("instance", name.text());
      result.put("ok", status == 0);
      result.put("pid", finder.find(name).map(ProcessTable.Process::pid).orElse(null));
      results.add(result);
    }
    if (json) {
      runnel.out.print(Json.text(results));
    }
    return worst;
  }

  /** What another process has is not even tried: its owner is named instead. */
  private boolean refusedBefore(InstanceName name, InstanceProcess finder) throws IOException {
    if (verb != Verb.START || finder.find(name).isPresent()) {
      return false;
    }
    InstanceConfig config = new ConfigSource(runnel.layout(), runnel.environment).instance(name);
    List<Finding> taken = Checker.host(runnel.layout()).of(config);
    if (!taken.isEmpty()) {
      runnel.err.println("runnel-" + name + " is not started:");
      Findings.print(taken, runnel.err);
    }
    return !taken.isEmpty();
  }
}
