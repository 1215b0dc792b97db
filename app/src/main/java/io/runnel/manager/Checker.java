package io.runnel.manager;

import io.runnel.host.ProcessTable;
import io.runnel.host.SocketTable;
import io.runnel.instance.InstanceLayout;
import io.runnel.instance.InstanceName;
import io.runnel.instance.InstanceProcess;
import java.io.IOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;

/** {@code runnel check}: faults of configurations, and clashes between them and with the host. */
public final class Checker {
  private final Image image;
  private final InstanceLayout layout;
  private final ConfigSource source;

  public Checker(Image image, InstanceLayout layout, Map<String, String> environment) {
    this.image = image;
    this.layout = layout;
    this.source = new ConfigSource(layout, environment);
  }

  /** The host as it is now. */
  public static HostClashes host(InstanceLayout layout) {
    ProcessTable processes = ProcessTable.system();
    return new HostClashes(SocketTable.system(), processes, new InstanceProcess(layout, processes));
  }

  /**
   * Checks instances and files, and compares them with all other instances.
   *
   * @param names instances; with none of these and no files, all are checked
   * @param files configurations that belong to no instance
   */
  public List<Finding> check(List<InstanceName> names, List<Path> files) throws IOException {
    List<InstanceConfig> all = new ArrayList<>(source.instances());
    Set<String> asked = new HashSet<>();
    for (Path file : files) {
      InstanceConfig config = source.file(file);
      // A file that is an instance's own is looked at once, as the instance's.
      boolean known = all.stream().anyMatch(c -> isSame(c.file(), file));
      if (known) {
        all.stream().filter(c -> isSame(c.file(), file)).forEach(c -> asked.add(c.label()));
      } else {
        all.add(config);
        asked.add(config.label());
      }
    }
    names.forEach(name -> asked.add(name.text()));
    if (asked.isEmpty()) {
      all.forEach(config -> asked.add(config.label()));
    }
    List<Finding> findings = new ArrayList<>();
    for (InstanceConfig config : all) {
      if (asked.contains(config.label())) {
        findings.addAll(validate(config));
      }
    }
    List<Finding> clashes =
        Clashes.between(all).stream()
            .filter(f -> f.sides().stream().anyMatch(side -> asked.contains(side.owner())))
            .toList();
    findings.addAll(clashes);
    findings.addAll(hostFindings(all, asked, clashes));
    return findings;
  }

  private static boolean isSame(Path one, Path two) {
    return RealPaths.canonical(one.toAbsolutePath().toString())
        .equals(RealPaths.canonical(two.toAbsolutePath().toString()));
  }

  /** Left out is what a clash of two configurations has said already: the other one just runs. */
  private List<Finding> hostFindings(
      List<InstanceConfig> all, Set<String> asked, List<Finding> clashes) {
    HostClashes host = host(layout);
    InstanceProcess processes = new InstanceProcess(layout, ProcessTable.system());
    List<Finding> findings = new ArrayList<>();
    for (InstanceConfig config : all) {
      if (!asked.contains(config.label())) {
        continue;
      }
      for (Finding finding : host.of(config)) {
        long pid = finding.sides().get(1).pid();
        String holder =
            layout.names().stream()
                .filter(name -> processes.find(name).filter(p -> p.pid() == pid).isPresent())
                .map(InstanceName::text)
                .findFirst()
                .orElse("");
        boolean said =
            clashes.stream()
                .anyMatch(
                    c ->
                        c.kind().equals(finding.kind())
                            && names(c, config.label(), holder)
                            && c.sides().stream()
                                .anyMatch(
                                    s -> s.place().equals(finding.sides().getFirst().place())));
        if (!said) {
          findings.add(finding);
        }
      }
    }
    return findings;
  }

  private static boolean names(Finding clash, String one, String two) {
    List<String> owners = clash.sides().stream().map(Finding.Side::owner).toList();
    return owners.contains(one) && owners.contains(two);
  }

  /** The faults of one configuration in itself. */
  public List<Finding> validate(InstanceConfig config) throws IOException {
    if (config.faults().stream().anyMatch(Finding::fatal)) {
      return config.faults();
    }
    List<String> arguments = List.of();
    Map<String, String> variables = Map.of();
    Path directory = Path.of("").toAbsolutePath();
    if (config.name().isPresent()) {
      InstanceName name = config.name().get();
      DefaultsFile defaults = DefaultsFile.read(layout.defaults(name));
      arguments =
          Arrays.stream(defaults.sharedArguments().strip().split("\\s+"))
              .filter(word -> !word.isEmpty() && !word.matches("-[vq]+|--verbose|--quiet"))
              .toList();
      variables = source.environment(name, defaults);
      directory = layout.stateDir(name);
    }
    List<Finding> findings = new ArrayList<>(config.faults());
    if (config.name().isPresent()) {
      findings.addAll(SettingsCheck.of(config.label(), layout.defaults(config.name().get())));
    }
    Set<String> known = new HashSet<>();
    findings.forEach(f -> known.add(f.message()));
    DryRun.of(image, config.label(), config.file(), arguments, directory, variables).stream()
        .filter(f -> !known.contains(f.message()))
        .forEach(findings::add);
    return findings;
  }
}
