package io.runnel.plugins.contrib;

import io.runnel.config.ConfigException;
import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Stream;

/** Named regular expressions, and how {@code %{NAME:field:type}} is replaced by them. */
final class GrokPatterns {
  private static final Pattern REFERENCE =
      Pattern.compile(
          "%\\{([A-Za-z0-9_]+)(?::([A-Za-z_@\\[][A-Za-z0-9_@.\\[\\]-]*)"
              + "(?::(string|bool|integer|int|float|time(?::[^}]+)?|array(?::[^}])?))?)?}");

  /** Longest expression; a pattern that stands for itself would grow without an end. */
  private static final int MAX_LENGTH = 1 << 20;

  private static final long MAX_FILE = 4L << 20;

  private final Map<String, String> patterns = new HashMap<>();

  /**
   * An expression without references.
   *
   * @param types what {@code types} of the regexp parser says
   */
  record Expanded(String expression, Map<String, String> types) {}

  /** The built-in names. */
  static GrokPatterns builtin() {
    GrokPatterns patterns = new GrokPatterns();
    try (InputStream in = GrokPatterns.class.getResourceAsStream("grok-patterns")) {
      patterns.add(new String(in.readAllBytes(), StandardCharsets.UTF_8).lines().toList());
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
    return patterns;
  }

  /**
   * Adds those of a file, or of all files of a folder.
   *
   * @throws ConfigException where it cannot be read
   */
  void addPath(String path) {
    Path given = Path.of(path);
    try {
      if (!Files.isDirectory(given)) {
        addFile(given);
        return;
      }
      try (Stream<Path> files = Files.list(given)) {
        for (Path file : files.filter(Files::isRegularFile).sorted().toList()) {
          addFile(file);
        }
      }
    } catch (IOException e) {
      throw new ConfigException("custom_pattern_path cannot be read: " + e.getMessage());
    }
  }

  private void addFile(Path file) throws IOException {
    if (Files.size(file) > MAX_FILE) {
      throw new ConfigException("custom_pattern_path: too large: " + file);
    }
    add(Files.readAllLines(file));
  }

  private void add(List<String> lines) {
    for (String line : lines) {
      String text = line.strip();
      int blank = text.replace('\t', ' ').indexOf(' ');
      if (!text.startsWith("#") && blank > 0) {
        patterns.put(text.substring(0, blank), text.substring(blank + 1).strip());
      }
    }
  }

  /**
   * Replaces all references.
   *
   * @throws ConfigException for a name that is not known
   */
  Expanded expand(String pattern) {
    Map<String, String> types = new TreeMap<>();
    String text = pattern;
    while (true) {
      Matcher matcher = REFERENCE.matcher(text);
      if (!matcher.find()) {
        return new Expanded(text, types);
      }
      StringBuilder out = new StringBuilder();
      do {
        matcher.appendReplacement(out, Matcher.quoteReplacement(replacement(matcher, types)));
      } while (matcher.find());
      matcher.appendTail(out);
      text = out.toString();
      if (text.length() > MAX_LENGTH) {
        throw new ConfigException("grok pattern is too long or stands for itself: " + pattern);
      }
    }
  }

  private String replacement(Matcher matcher, Map<String, String> types) {
    String body = patterns.get(matcher.group(1));
    if (body == null) {
      throw new ConfigException("grok pattern not found: " + matcher.group());
    }
    String field = matcher.group(2);
    if (field == null) {
      return "(?:" + body + ")";
    }
    if (field.startsWith("[") && field.endsWith("]")) { // [a][b] of ECS patterns is a.b
      field = field.substring(1, field.length() - 1).replace("][", ".");
    }
    String type = matcher.group(3);
    if (type != null) {
      types.put(field, type.equals("int") ? "integer" : type);
    }
    return "(?<" + field + ">" + body + ")";
  }
}
