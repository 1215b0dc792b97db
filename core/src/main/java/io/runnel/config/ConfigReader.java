package io.runnel.config;

import java.nio.charset.Charset;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.LinkedHashMap;
import java.util.Map;

/**
 * Reads a configuration into a {@link ConfigElement} named ROOT: the v1 language, the old line
 * syntax and YAML, with all included files. Faults are collected in {@link Problems}, so that one
 * run shows them all. Immutable; the {@code with…} methods return changed copies.
 */
public final class ConfigReader {
  /** The language of the main file. */
  public enum Language {
    /** YAML for {@code .yaml} and {@code .yml}, else v1. */
    GUESS,
    V1,
    V0,
    YAML
  }

  private Charset encoding = StandardCharsets.UTF_8;
  private Language language = Language.GUESS;
  private String includeDir;
  private String inline;
  private Map<String, String> environment = System.getenv();
  private String workerId = "";
  private Map<String, String> sources = new LinkedHashMap<>();

  public ConfigReader() {}

  private ConfigReader(ConfigReader other) {
    encoding = other.encoding;
    language = other.language;
    includeDir = other.includeDir;
    inline = other.inline;
    environment = other.environment;
    workerId = other.workerId;
    sources = new LinkedHashMap<>();
  }

  /** {@code --conf-encoding}; UTF-8 at first. */
  public ConfigReader withEncoding(Charset value) {
    ConfigReader copy = new ConfigReader(this);
    copy.encoding = value;
    return copy;
  }

  /** {@code --config-file-type}, {@code --use-v0-config}; guessed by the file's name at first. */
  public ConfigReader withLanguage(Language value) {
    ConfigReader copy = new ConfigReader(this);
    copy.language = value;
    return copy;
  }

  /**
   * {@code config_include_dir}: a folder whose {@code *.conf *.yaml *.yml} files are added after
   * the main file; null or empty for none. A {@code config_include_dir} in {@code <system>} wins.
   */
  public ConfigReader withIncludeDir(String value) {
    ConfigReader copy = new ConfigReader(this);
    copy.includeDir = value;
    return copy;
  }

  /** {@code --inline-config}: text that is added after the main file; null for none. */
  public ConfigReader withInline(String value) {
    ConfigReader copy = new ConfigReader(this);
    copy.inline = value;
    return copy;
  }

  /** What {@code ENV} is in embedded code; the process's environment at first. */
  public ConfigReader withEnvironment(Map<String, String> value) {
    ConfigReader copy = new ConfigReader(this);
    copy.environment = Map.copyOf(value);
    return copy;
  }

  /** What {@code worker_id} is in embedded code; empty at first, as before workers are started. */
  public ConfigReader withWorkerId(String value) {
    ConfigReader copy = new ConfigReader(this);
    copy.workerId = value;
    return copy;
  }

  /** Reads a text that needs no file; the first fault is thrown. */
  public static ConfigElement parse(String text) {
    Problems problems = new Problems();
    ConfigElement root = new ConfigReader().readText(text, "(inline)", Path.of(""), problems);
    problems.throwFirst();
    return root;
  }

  /**
   * Reads a file.
   *
   * @return what could be read; not to be used where {@code problems} has errors
   * @throws ConfigException where the file cannot be read at all
   */
  public ConfigElement read(Path file, Problems problems) {
    ConfigLoader loader = loader(problems);
    ConfigElement root = loader.root(file.toString());
    loader.main(file, language, root);
    return finish(loader, root);
  }

  /**
   * Reads a text.
   *
   * @param name what places say instead of a file
   * @param folder to which included paths are relative
   */
  public ConfigElement readText(String text, String name, Path folder, Problems problems) {
    ConfigLoader loader = loader(problems);
    ConfigElement root = loader.root(name);
    loader.text(text, name, folder, language, root);
    return finish(loader, root);
  }

  private ConfigLoader loader(Problems problems) {
    EmbeddedCode code = new RubyCode(environment, workerId);
    return new ConfigLoader(encoding, code, problems, sources);
  }

  private ConfigElement finish(ConfigLoader loader, ConfigElement root) {
    if (inline != null) {
      loader.text(inline.replace("\\n", "\n"), "(inline)", Path.of(""), language, root);
    }
    String folder =
        root.section("system").map(system -> system.peek("config_include_dir")).orElse(includeDir);
    if (folder != null && !folder.isEmpty()) {
      loader.includeDir(Path.of(folder), root);
    }
    return root;
  }

  /** The texts that were read, by the file name that places have: for {@link ProblemPrinter}. */
  public Map<String, String> sources() {
    return Map.copyOf(sources);
  }
}
