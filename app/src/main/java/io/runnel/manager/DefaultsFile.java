package io.runnel.manager;

import io.runnel.config.Place;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * The settings of an instance in {@code /etc/default}: assignments that a shell reads. Only plain
 * ones are understood here; the shell has the last word when the instance is started.
 */
public final class DefaultsFile {
  private static final Pattern ASSIGNMENT =
      Pattern.compile("^\\s*(?:export\\s+)?([A-Za-z_][A-Za-z0-9_]*)=(.*)$");

  private final Path file;
  private final Map<String, String> values = new LinkedHashMap<>();
  private final Map<String, Integer> lines = new LinkedHashMap<>();

  private DefaultsFile(Path file) {
    this.file = file;
  }

  /** Reads the file; one that does not exist is empty. */
  public static DefaultsFile read(Path file) throws IOException {
    DefaultsFile defaults = new DefaultsFile(file);
    List<String> text;
    try {
      text = Files.readAllLines(file, StandardCharsets.UTF_8);
    } catch (NoSuchFileException e) {
      return defaults;
    }
    for (int i = 0; i < text.size(); i++) {
      Matcher matcher = ASSIGNMENT.matcher(text.get(i));
      if (matcher.matches()) {
        defaults.values.put(matcher.group(1), unquote(matcher.group(2).strip()));
        defaults.lines.put(matcher.group(1), i + 1);
      }
    }
    return defaults;
  }

  private static String unquote(String text) {
    if (text.length() > 1 && (text.charAt(0) == '"' || text.charAt(0) == '\'')) {
      int end = text.indexOf(text.charAt(0), 1);
      return end < 0 ? text.substring(1) : text.substring(1, end);
    }
    int comment = text.indexOf(" #");
    return comment < 0 ? text : text.substring(0, comment).strip();
  }

  /** A setting; empty text where it is absent. */
  public String get(String key) {
    return values.getOrDefault(key, "");
  }

  public Map<String, String> values() {
    return Map.copyOf(values);
  }

  public Place place(String key) {
    return new Place(file.toString(), lines.getOrDefault(key, 0), 0);
  }

  /** The value of an option in DAEMON_ARGS; the last one where it is given twice. */
  public Optional<String> option(String shortName, String longName) {
    String found = null;
    String previous = "";
    for (String word : get("DAEMON_ARGS").strip().split("\\s+")) {
      if (previous.equals(shortName) || previous.equals(longName)) {
        found = word;
      } else if (word.startsWith(longName + "=")) {
        found = word.substring(longName.length() + 1);
      }
      previous = word;
    }
    return Optional.ofNullable(found);
  }

  /** DAEMON_ARGS without the options that belong to one instance: configuration, log, pid file. */
  public String sharedArguments() {
    StringBuilder kept = new StringBuilder();
    boolean skip = false;
    for (String word : get("DAEMON_ARGS").strip().split("\\s+")) {
      boolean own =
          List.of("-c", "--config", "-o", "--log", "-d", "--daemon").contains(word)
              || word.startsWith("--config=")
              || word.startsWith("--log=")
              || word.startsWith("--daemon=");
      if (!skip && !own && !word.isEmpty()) {
        kept.append(' ').append(word);
      }
      skip = own && !word.contains("=");
    }
    return kept.toString();
  }
}
