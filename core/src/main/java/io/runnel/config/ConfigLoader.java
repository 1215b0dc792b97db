package io.runnel.config;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.charset.CharacterCodingException;
import java.nio.charset.Charset;
import java.nio.charset.CodingErrorAction;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.util.ArrayDeque;
import java.util.Deque;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;

/** One run of reading: the files, their limits, and what includes what. */
final class ConfigLoader {
  /** Far above any real configuration; keeps a wrong path (a log file) from filling the memory. */
  static final int MAX_BYTES = 8 << 20;

  /** All files of one configuration together: a wildcard may match files that are none. */
  static final int MAX_TOTAL_BYTES = 32 << 20;

  /** Includes within includes. */
  static final int MAX_DEPTH = 32;

  /** All files of one configuration. */
  static final int MAX_FILES = 4096;

  private final Charset encoding;
  private final EmbeddedCode code;
  private final Problems problems;
  private final Map<String, String> sources;
  private final Deque<Path> including = new ArrayDeque<>();
  private final Set<Path> seen = new HashSet<>();
  private int files;
  private int total;

  ConfigLoader(
      Charset encoding, EmbeddedCode code, Problems problems, Map<String, String> sources) {
    this.encoding = encoding;
    this.code = code;
    this.problems = problems;
    this.sources = sources;
  }

  ConfigElement root(String name) {
    return new ConfigElement("ROOT", "", new Place(name, 1, 1));
  }

  /**
   * Reads the main file.
   *
   * @throws ConfigException where it cannot be read
   */
  void main(Path file, ConfigReader.Language language, ConfigElement root) {
    String text;
    try {
      text = load(file);
    } catch (NoSuchFileException e) {
      throw new ConfigException("No such file or directory @ rb_sysopen - " + file, Place.NONE, e);
    } catch (IOException e) {
      throw new ConfigException(e.getMessage() + " - " + file, Place.NONE, e);
    }
    file(file, text, language, root);
  }

  private String load(Path file) throws IOException {
    if (Files.isDirectory(file)) {
      throw new IOException("Is a directory @ io_fread");
    }
    byte[] bytes;
    try (var in = Files.newInputStream(file)) {
      bytes = in.readNBytes(Math.min(MAX_BYTES, MAX_TOTAL_BYTES - total) + 1);
    }
    if (bytes.length > MAX_BYTES) {
      throw new IOException("configuration file is larger than " + MAX_BYTES + " bytes");
    }
    if (bytes.length > MAX_TOTAL_BYTES - total) {
      throw new IOException(
          "the files of a configuration are larger than " + MAX_TOTAL_BYTES + " bytes together");
    }
    total += bytes.length;
    try {
      return encoding
          .newDecoder()
          .onMalformedInput(CodingErrorAction.REPORT)
          .onUnmappableCharacter(CodingErrorAction.REPORT)
          .decode(ByteBuffer.wrap(bytes))
          .toString();
    } catch (CharacterCodingException e) {
      problems.warn(
          "invalid byte sequence in " + encoding.name(),
          new Place(file.toString(), 0, 0),
          "give the file's encoding with --conf-encoding");
      return new String(bytes, encoding);
    }
  }

  private void file(Path file, String text, ConfigReader.Language language, ConfigElement into) {
    Path real = real(file);
    seen.add(real);
    files++;
    including.push(real);
    Path absolute = file.toAbsolutePath().getParent();
    text(text, file.toString(), absolute, language, into);
    including.pop();
  }

  private static Path real(Path file) {
    try {
      return file.toRealPath();
    } catch (IOException e) {
      return file.toAbsolutePath().normalize();
    }
  }

  void text(
      String raw, String name, Path folder, ConfigReader.Language language, ConfigElement into) {
    SourceText source = new SourceText(name, raw);
    sources.put(name, source.text());
    V1Parser.Includer includer =
        (target, section, place) -> include(target, folder, language, section, place);
    boolean yaml =
        language == ConfigReader.Language.YAML
            || language == ConfigReader.Language.GUESS && isYaml(name);
    if (yaml) {
      new YamlConfig(source, code, problems, includer).parseInto(into);
    } else if (language == ConfigReader.Language.V0) {
      new V0Parser(source, problems, includer).parseInto(into);
    } else {
      new V1Parser(source, code, problems, includer).parseInto(into);
    }
  }

  private static boolean isYaml(String name) {
    return name.endsWith(".yaml") || name.endsWith(".yml");
  }

  private void include(
      String target, Path folder, ConfigReader.Language language, ConfigElement into, Place place) {
    String path = target.startsWith("file://") ? target.substring(7) : target;
    if (path.startsWith("http://") || path.startsWith("https://")) {
      remote(path, language, into, place);
      return;
    }
    if (path.indexOf('\0') >= 0) {
      problems.error("include error " + target, place, "a path holds no NUL");
      return;
    }
    List<Path> found = Glob.find(folder.toAbsolutePath(), path);
    if (found.isEmpty() && !Glob.isPattern(path)) {
      problems.warn("include file not found: " + target, place, null);
    }
    for (Path file : found) {
      warnLeftOver(path, file, place);
      includeFile(
          file,
          language == ConfigReader.Language.YAML ? ConfigReader.Language.GUESS : language,
          into,
          place);
    }
  }

  /** Fluentd 1.19.2 warns of files that look like copies of others. */
  private void warnLeftOver(String pattern, Path file, Place place) {
    String name = file.getFileName().toString();
    String stem = name.endsWith(".conf") ? name.substring(0, name.length() - 5) : name;
    boolean copy =
        List.of("bak", "old", "orig", "tmp", "backup").stream()
            .anyMatch(
                word ->
                    stem.endsWith("." + word)
                        || stem.endsWith("_" + word)
                        || stem.endsWith("-" + word));
    if (pattern.endsWith("*.conf") && copy) {
      problems.warn(
          "There is a possibility that a backup file is included: " + file,
          place,
          "rename it so that it does not end in .conf");
    }
  }

  private void includeFile(
      Path file, ConfigReader.Language language, ConfigElement into, Place place) {
    if (including.contains(real(file))) {
      problems.error("include error " + file, place, "the file includes itself");
      return;
    }
    if (including.size() > MAX_DEPTH || files >= MAX_FILES) {
      problems.error("include error " + file, place, "too many included files");
      return;
    }
    try {
      file(file, load(file), language, into);
    } catch (IOException e) {
      problems.error("include error " + file + ": " + e.getMessage(), place, null);
    }
  }

  private void remote(String url, ConfigReader.Language language, ConfigElement into, Place place) {
    if (including.size() > MAX_DEPTH || ++files > MAX_FILES) {
      problems.error("include error " + url, place, "too many included files");
      return;
    }
    try {
      text(RemoteText.load(url, encoding, MAX_BYTES), url, Path.of(""), language, into);
    } catch (IOException e) {
      problems.error("include error " + url + ": " + e.getMessage(), place, null);
    }
  }

  /** Adds the files of {@code config_include_dir} that are not yet part of the configuration. */
  void includeDir(Path folder, ConfigElement root) {
    if (!Files.isDirectory(folder)) {
      return;
    }
    for (String suffix : List.of("conf", "yaml", "yml")) {
      for (Path file : Glob.find(folder.toAbsolutePath(), "**/*." + suffix)) {
        if (!seen.contains(real(file))) {
          includeFile(file, ConfigReader.Language.GUESS, root, new Place(file.toString(), 1, 1));
        }
      }
    }
  }
}
