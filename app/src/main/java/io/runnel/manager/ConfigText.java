package io.runnel.manager;

import io.runnel.config.ConfigElement;
import io.runnel.config.Place;
import java.io.IOException;
import java.nio.charset.Charset;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * The text of one configuration file, changed at single values: comments, order and layout stay as
 * they are.
 */
final class ConfigText {
  private static final Pattern INDENT = Pattern.compile("^(\\s*(?:-\\s+)?)");

  private final boolean yaml;
  private final Charset charset;
  private final List<String> lines;

  /** Lines to be put behind a line, by its index. */
  private final List<List<String>> additions;

  ConfigText(String fileName, String text) {
    this(fileName, text, StandardCharsets.UTF_8);
  }

  private ConfigText(String fileName, String text, Charset charset) {
    this.charset = charset;
    this.yaml = fileName.endsWith(".yaml") || fileName.endsWith(".yml");
    this.lines = new ArrayList<>(List.of(text.split("\n", -1)));
    this.additions = new ArrayList<>();
    lines.forEach(line -> additions.add(new ArrayList<>()));
  }

  /**
   * Reads a file so that what is not changed keeps its bytes: as UTF-8, or where it is not that,
   * byte by byte.
   */
  static ConfigText read(Path file) throws IOException {
    byte[] bytes = Files.readAllBytes(file);
    String utf8 = new String(bytes, StandardCharsets.UTF_8);
    boolean valid = Arrays.equals(utf8.getBytes(StandardCharsets.UTF_8), bytes);
    Charset charset = valid ? StandardCharsets.UTF_8 : StandardCharsets.ISO_8859_1;
    return new ConfigText(file.toString(), new String(bytes, charset), charset);
  }

  byte[] bytes() {
    return toString().getBytes(charset);
  }

  /** A place in the text that does not hold what was read there. */
  static final class NotFoundException extends RuntimeException {
    private static final long serialVersionUID = 1L;

    NotFoundException(String message) {
      super(message);
    }
  }

  /** Replaces the value of a parameter; returns the text that stood there. */
  String replace(Place place, String key, String value) {
    int index = place.line() - 1;
    if (index < 0 || index >= lines.size()) {
      throw new NotFoundException("no line " + place);
    }
    String line = lines.get(index);
    int start = start(line, key, place);
    int end = end(line, start);
    String old = line.substring(start, end);
    char quote = old.isEmpty() ? ' ' : old.charAt(0);
    boolean quoted = quote == '"' || quote == '\'';
    String written = quoted ? quote + value + quote : value;
    lines.set(index, line.substring(0, start) + written + line.substring(end));
    return quoted && old.length() > 1 ? old.substring(1, old.length() - 1) : old;
  }

  /** The value's first character: behind its key on the line, or where the reader saw it. */
  private int start(String line, String key, Place place) {
    String separator = yaml ? "[\"']?\\s*:\\s*" : "[ \\t]+";
    String before = yaml ? "(?:^|[\\s{,\"'])\\$?" : "^\\s*";
    String name = Pattern.quote(yaml ? key.replaceFirst("^@", "") : key);
    Matcher matcher = Pattern.compile(before + name + separator).matcher(line);
    int from = 0;
    while (matcher.find(from)) {
      if (yaml || matcher.start() == 0) {
        return matcher.end();
      }
      from = matcher.end();
    }
    throw new NotFoundException("parameter " + key + " does not stand at " + place);
  }

  private int end(String line, int start) {
    if (start >= line.length()) {
      return line.length();
    }
    char first = line.charAt(start);
    if (first == '"' || first == '\'') {
      for (int i = start + 1; i < line.length(); i++) {
        if (line.charAt(i) == '\\') {
          i++;
        } else if (line.charAt(i) == first) {
          return i + 1;
        }
      }
      throw new NotFoundException("the value goes over several lines: " + line.strip());
    }
    int end = start;
    while (end < line.length() && !endsValue(line, end)) {
      end++;
    }
    while (end > start && Character.isWhitespace(line.charAt(end - 1))) {
      end--;
    }
    return end;
  }

  private boolean endsValue(String line, int at) {
    char c = line.charAt(at);
    boolean comment = c == '#' && at > 0 && Character.isWhitespace(line.charAt(at - 1));
    return comment || yaml && (c == ',' || c == '}') && line.indexOf('{') >= 0;
  }

  /** Adds a parameter to a section, behind its type or its first line, with their indentation. */
  void add(ConfigElement section, String key, String value) {
    String typeKey = section.has("@type") ? "@type" : section.has("type") ? "type" : null;
    Place anchor = typeKey == null ? section.place() : section.placeOf(typeKey);
    int index = anchor.line() - 1;
    if (index < 0 || index >= lines.size()) {
      throw new NotFoundException("no line " + anchor);
    }
    if (yaml && typeKey != null && lines.get(index).indexOf('{') >= 0) {
      String line = lines.get(index); // - source: {$type: forward}
      int end = end(line, start(line, typeKey, anchor));
      lines.set(index, line.substring(0, end) + ", " + key + ": " + value + line.substring(end));
      return;
    }
    Matcher matcher = INDENT.matcher(lines.get(index));
    String indent = matcher.find() ? matcher.group(1).replace('-', ' ') : "";
    String deeper = typeKey == null ? indent + "  " : indent;
    String carriageReturn = lines.get(index).endsWith("\r") ? "\r" : "";
    additions.get(index).add(deeper + key + (yaml ? ": " : " ") + value + carriageReturn);
  }

  /** Rewrites the targets of includes. */
  void includes(java.util.function.UnaryOperator<String> rewrite) {
    Pattern include =
        Pattern.compile(
            yaml
                ? "^(\\s*-?\\s*!include\\s+)(\"?)([^\"#]+?)(\"?\\s*(?:#.*)?)$"
                : "^(\\s*@include\\s+|include\\s+)([\"']?)([^\"'\\s]+)([\"']?\\s*(?:#.*)?)$");
    for (int i = 0; i < lines.size(); i++) {
      Matcher matcher = include.matcher(lines.get(i));
      if (matcher.matches()) {
        lines.set(
            i,
            matcher.group(1)
                + matcher.group(2)
                + rewrite.apply(matcher.group(3))
                + matcher.group(4));
      }
    }
  }

  @Override
  public String toString() {
    List<String> all = new ArrayList<>();
    for (int i = 0; i < lines.size(); i++) {
      all.add(lines.get(i));
      all.addAll(additions.get(i));
    }
    return String.join("\n", all);
  }
}
