package io.runnel.manager;

import io.runnel.config.ConfigElement;
import io.runnel.config.ConfigException;
import io.runnel.config.ConfigReader;
import io.runnel.config.Place;
import io.runnel.config.ProblemPrinter;
import io.runnel.config.Problems;
import io.runnel.instance.InstanceLayout;
import io.runnel.instance.InstanceName;
import io.runnel.manager.Resource.PathKind;
import io.runnel.manager.Resource.PathUse;
import io.runnel.manager.Resource.Slot;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/** Reads configurations as the daemon would, and lists what they use. */
public final class ConfigSource {
  /**
   * Where a daemon that is not an instance looks for more files, if FLUENT_CONF_INCLUDE_DIR says
   * nothing.
   */
  private static final String STANDARD_INCLUDE_DIR = "/etc/fluent/conf.d";

  private static final String INCLUDE_DIR = "FLUENT_CONF_INCLUDE_DIR";

  private final InstanceLayout layout;
  private final Map<String, String> environment;

  public ConfigSource(InstanceLayout layout, Map<String, String> environment) {
    this.layout = layout;
    this.environment = environment;
  }

  /** The configuration of an instance, with its log and pid file. */
  public InstanceConfig instance(InstanceName name) throws IOException {
    DefaultsFile defaults = DefaultsFile.read(layout.defaults(name));
    Path file = defaults.option("-c", "--config").map(Path::of).orElse(layout.config(name));
    Map<String, String> variables = environment(name, defaults);
    Path base = layout.stateDir(name);
    InstanceConfig read =
        read(name.text(), Optional.of(name), file, base, variables, variables.get(INCLUDE_DIR));
    List<Resource> resources = new ArrayList<>(read.resources());
    resources.addAll(ownFiles(name, file, defaults));
    return new InstanceConfig(
        read.label(), read.name(), file, read.root(), read.sources(), resources, read.faults());
  }

  /** What {@code packaging/bin/runnel-service} gives the daemon. */
  Map<String, String> environment(InstanceName name, DefaultsFile defaults) {
    Map<String, String> variables = new HashMap<>(environment);
    variables.putAll(defaults.values());
    if (!variables.containsKey(INCLUDE_DIR)) {
      Path own = layout.extraConfigDir(name);
      variables.put(INCLUDE_DIR, Files.isDirectory(own) ? own.toString() : "");
    }
    return variables;
  }

  private List<Resource> ownFiles(InstanceName name, Path file, DefaultsFile defaults) {
    ConfigElement service =
        new ConfigElement("service", name.service(), new Place(file.toString(), 1, 1));
    Optional<String> log = defaults.option("-o", "--log");
    if (log.isPresent()) {
      service.set("log", io.runnel.config.ConfigValue.of(log.get(), defaults.place("DAEMON_ARGS")));
    }
    String logPath = log.orElse(layout.log(name).toString());
    return List.of(
        new PathUse("log", new Slot(service, "log", "service"), PathKind.LOG, logPath),
        new PathUse(
            "pid file",
            new Slot(service, "pid", "service"),
            PathKind.PID,
            layout.pidFile(name).toString()));
  }

  /** A file that belongs to no instance. Relative paths are relative to the current directory. */
  public InstanceConfig file(Path file) {
    String dir = environment.getOrDefault(INCLUDE_DIR, STANDARD_INCLUDE_DIR);
    return read(file.toString(), Optional.empty(), file, Path.of(""), environment, dir);
  }

  /** A file as it would be read as that instance's. */
  public InstanceConfig fileAs(String label, Path file, Path base, String includeDir) {
    return read(label, Optional.empty(), file, base, environment, includeDir);
  }

  private static InstanceConfig read(
      String label,
      Optional<InstanceName> name,
      Path file,
      Path base,
      Map<String, String> variables,
      String includeDir) {
    Problems problems = new Problems();
    ConfigReader reader =
        new ConfigReader().withEnvironment(variables).withWorkerId("0").withIncludeDir(includeDir);
    ConfigElement root = new ConfigElement("ROOT", "", new Place(file.toString(), 1, 1));
    try {
      root = reader.read(file, problems);
    } catch (ConfigException e) {
      problems.error(
          e.getMessage(),
          e.place().line() == 0 ? new Place(file.toString(), 0, 0) : e.place(),
          null);
    }
    Map<String, String> sources = reader.sources();
    List<Resource> resources = ResourceTable.of(root, base.toAbsolutePath(), variables);
    List<Finding> faults = new ArrayList<>();
    ProblemPrinter printer = new ProblemPrinter(sources);
    for (Problems.Problem problem : problems.all()) {
      faults.add(finding(label, problem, printer));
    }
    return new InstanceConfig(label, name, file, root, sources, resources, faults);
  }

  static Finding finding(String label, Problems.Problem problem, ProblemPrinter printer) {
    List<Finding.Side> sides = List.of(new Finding.Side(label, problem.place(), "", 0));
    return new Finding(
        "config",
        problem.fatal(),
        problem.message(),
        sides,
        problem.hint(),
        printer.print(problem));
  }

  /** All instances below the root. */
  public List<InstanceConfig> instances() throws IOException {
    List<InstanceConfig> all = new ArrayList<>();
    for (InstanceName name : layout.names()) {
      all.add(instance(name));
    }
    return all;
  }
}
