package io.runnel.daemon;

import io.runnel.config.ConfigElement;
import io.runnel.config.ConfigException;
import io.runnel.config.ConfigReader;
import io.runnel.config.ConfigSpec;
import io.runnel.config.Place;
import io.runnel.config.Problems;
import io.runnel.engine.SystemConfig;
import java.io.IOException;
import java.nio.charset.Charset;
import java.nio.charset.IllegalCharsetNameException;
import java.nio.charset.StandardCharsets;
import java.nio.charset.UnsupportedCharsetException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.HashMap;
import java.util.List;
import java.util.Map;

/**
 * One reading of the configuration.
 *
 * @param roots the whole tree, once for each worker (embedded code sees the worker's id)
 * @param system the section {@code <system>} with the command line applied
 * @param sources the texts that were read, by file name, to show places
 */
record Configuration(List<ConfigElement> roots, SystemConfig system, Map<String, String> sources) {
  /** Ruby's limit of a sane configuration is memory; ours says so before it is reached. */
  private static final long MAX_FILE = 64L << 20;

  ConfigElement root() {
    return roots.getFirst();
  }

  /**
   * @param problems gets all faults; the result is useless where it has errors
   * @throws ConfigException where the file cannot be read at all
   */
  static Configuration load(DaemonOptions options, Problems problems) {
    ConfigReader reader =
        new ConfigReader()
            .withEncoding(charset(options.confEncoding))
            .withLanguage(language(options))
            .withIncludeDir(includeDir())
            .withInline(inline(options));
    Path file = Path.of(options.config);
    check(file);
    ConfigReader first = reader.withWorkerId("0");
    ConfigElement root = first.read(file, problems);
    Map<String, String> sources = new HashMap<>(first.sources());
    SystemConfig system = system(root, options, problems);
    List<ConfigElement> roots = new java.util.ArrayList<>(List.of(root));
    for (int worker = 1; worker < system.workers() && !problems.hasErrors(); worker++) {
      roots.add(reader.withWorkerId(Integer.toString(worker)).read(file, new Problems()));
    }
    return new Configuration(List.copyOf(roots), system, sources);
  }

  private static void check(Path file) {
    if (file.toString().endsWith(".rb")) {
      throw new ConfigException(
          "a configuration in Ruby (.rb) is not supported: "
              + file
              + ". Write it in Fluentd's own"
              + " language or as .yaml",
          new Place(file.toString(), 0, 0));
    }
    try {
      if (Files.size(file) > MAX_FILE) {
        throw new ConfigException("configuration file is larger than 64 MiB: " + file);
      }
    } catch (IOException e) {
      boolean missing = !Files.exists(file);
      String why = missing ? "No such file or directory" : "cannot be read";
      throw new ConfigException(
          why + " - " + file + ". Give the configuration with -c PATH",
          new Place(file.toString(), 0, 0),
          e);
    }
  }

  private static Charset charset(String name) {
    try {
      return Charset.forName(name);
    } catch (IllegalCharsetNameException | UnsupportedCharsetException e) {
      if (name.equalsIgnoreCase("binary") || name.equalsIgnoreCase("ascii-8bit")) {
        return StandardCharsets.ISO_8859_1;
      }
      throw new ConfigException("unknown encoding name - " + name);
    }
  }

  private static ConfigReader.Language language(DaemonOptions options) {
    if (options.v0) {
      return ConfigReader.Language.V0;
    }
    return switch (options.configFileType) {
      case "yaml", "yml" -> ConfigReader.Language.YAML;
      case "v1" -> ConfigReader.Language.V1;
      case "v0" -> ConfigReader.Language.V0;
      default -> ConfigReader.Language.GUESS;
    };
  }

  private static String includeDir() {
    String given = System.getenv("FLUENT_CONF_INCLUDE_DIR");
    return given == null ? "/etc/fluent/conf.d" : given;
  }

  private static String inline(DaemonOptions options) {
    if (options.inlineConfig == null || !options.inlineConfig.equals("-")) {
      return options.inlineConfig;
    }
    try {
      return new String(System.in.readAllBytes(), charset(options.confEncoding));
    } catch (IOException e) {
      throw new ConfigException(
          "cannot read the inline configuration from standard input: " + e.getMessage());
    }
  }

  private static SystemConfig system(ConfigElement root, DaemonOptions options, Problems problems) {
    List<ConfigElement> sections = root.sections("system");
    if (sections.size() > 1) {
      problems.error(
          "<system> is duplicated. <system> should be only one",
          sections.get(1).place(),
          "the first is at " + sections.getFirst().place());
    }
    ConfigElement written =
        sections.isEmpty() ? new ConfigElement("system", "", root.place()) : sections.getFirst();
    written.markSectionUsed();
    ConfigElement merged = written.copy();
    Map<String, String> overrides = overrides(options);
    overrides.forEach(merged::set);
    SystemConfig bound;
    try {
      bound = ConfigSpec.of(SystemConfig.class).bind(merged, options.strict, problems);
    } catch (ConfigException e) {
      if (!problems.hasErrors()) {
        problems.error(e);
      }
      bound =
          ConfigSpec.of(SystemConfig.class)
              .bind(new ConfigElement("system", "", root.place()), false, new Problems());
    }
    written.parameters().keySet().stream().filter(merged::isUsed).forEach(written::markUsed);
    written.sections().forEach(ConfigElement::markAllUsed);
    return bound;
  }

  /** What the command line says wins over the file. */
  private static Map<String, String> overrides(DaemonOptions options) {
    Map<String, String> all = new HashMap<>();
    put(all, "workers", options.workers == null ? null : options.workers.toString());
    put(all, "emit_error_log_interval", options.emitErrorLogInterval);
    put(all, "suppress_repeated_stacktrace", options.suppressRepeatedStacktrace);
    flag(all, "suppress_config_dump", options.suppressConfigDump);
    flag(all, "log_event_verbose", options.logEventVerbose);
    flag(all, "without_source", options.withoutSource);
    flag(all, "with_source_only", options.withSourceOnly);
    flag(all, "strict_config_value", options.strict);
    flag(all, "enable_size_metrics", options.enableSizeMetrics);
    if (options.disableInputMetrics) {
      all.put("enable_input_metrics", "false");
    }
    return all;
  }

  private static void put(Map<String, String> all, String key, String value) {
    if (value != null) {
      all.put(key, value);
    }
  }

  private static void flag(Map<String, String> all, String key, boolean set) {
    if (set) {
      all.put(key, "true");
    }
  }
}
