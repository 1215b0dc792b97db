package io.runnel.instance;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.DirectoryStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.TreeSet;

/**
 * Where the files of an instance lie below a root, {@code /} on a host:
 *
 * <pre>
 * etc/runnel/NAME.conf             configuration (or NAME.yaml, NAME.yml)
 * etc/runnel/NAME.d/               files that a copied configuration includes
 * etc/runnel/NAME.conf.d/          config_include_dir of this instance, where it exists
 * etc/default/runnel-NAME          DAEMON_ARGS, RUNNEL_OPTS, JAVA_OPTS …, read by sh
 * etc/init.d/runnel-NAME           the init script, one for all
 * run/runnel/NAME.pid              its pid; NAME.pid.start: pid and start time; NAME.state
 * var/lib/runnel/NAME/             buffers, positions, storage; bin/: its own executable
 * var/log/runnel/NAME.log          its log
 * </pre>
 */
public record InstanceLayout(Path root) {
  private static final List<String> SUFFIXES = List.of(".conf", ".yaml", ".yml");

  public InstanceLayout {
    root = root.toAbsolutePath().normalize();
  }

  public Path configDir() {
    return root.resolve("etc/runnel");
  }

  /** The configuration file: the one that exists, otherwise where it would be. */
  public Path config(InstanceName name) {
    for (String suffix : SUFFIXES) {
      Path file = configDir().resolve(name + suffix);
      if (Files.exists(file)) {
        return file;
      }
    }
    return configDir().resolve(name + ".conf");
  }

  public Path includeDir(InstanceName name) {
    return configDir().resolve(name + ".d");
  }

  public Path extraConfigDir(InstanceName name) {
    return configDir().resolve(name + ".conf.d");
  }

  public Path defaults(InstanceName name) {
    return root.resolve("etc/default").resolve(name.service());
  }

  public Path initScript(InstanceName name) {
    return root.resolve("etc/init.d").resolve(name.service());
  }

  public Path runDir() {
    return root.resolve("run/runnel");
  }

  public Path pidFile(InstanceName name) {
    return runDir().resolve(name + ".pid");
  }

  /** Where the daemon writes how it fares, in one line. */
  public Path stateFile(InstanceName name) {
    return runDir().resolve(name + ".state");
  }

  public Path stateDir(InstanceName name) {
    return root.resolve("var/lib/runnel").resolve(name.text());
  }

  public Path logDir() {
    return root.resolve("var/log/runnel");
  }

  public Path log(InstanceName name) {
    return logDir().resolve(name + ".log");
  }

  /** Whether there is an instance of that name: it is its configuration that makes it one. */
  public boolean exists(InstanceName name) {
    return Files.exists(config(name));
  }

  /** The names of all instances, sorted. */
  public List<InstanceName> names() {
    TreeSet<String> found = new TreeSet<>();
    if (!Files.isDirectory(configDir())) {
      return List.of();
    }
    try (DirectoryStream<Path> files = Files.newDirectoryStream(configDir(), "*.{conf,yaml,yml}")) {
      for (Path file : files) {
        String name = file.getFileName().toString();
        if (Files.isRegularFile(file)) {
          found.add(name.substring(0, name.lastIndexOf('.')));
        }
      }
    } catch (IOException e) {
      throw new UncheckedIOException("cannot list " + configDir(), e);
    }
    List<InstanceName> names = new ArrayList<>();
    for (String name : found) {
      try {
        names.add(new InstanceName(name));
      } catch (IllegalArgumentException e) {
        continue; // a stray file, such as one with a space in its name
      }
    }
    return names;
  }
}
