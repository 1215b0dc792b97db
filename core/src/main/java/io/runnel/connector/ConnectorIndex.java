package io.runnel.connector;

import io.runnel.plugin.PluginKind;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Locale;

/**
 * What a connector has, without its jars: the file {@code connector.index} in its folder.
 *
 * <pre>
 * # A comment.
 * connector kafka
 * input kafka
 * output kafka2 kafka kafka_buffered
 * </pre>
 *
 * A line names the kind of a plugin, its name and its other names. Several connectors may stand in
 * one file behind each other: the list of all that belong to Runnel is such a file.
 *
 * @param name what the connector and its package are called
 */
public record ConnectorIndex(String name, List<Entry> entries) {
  /** Far more than any connector has. */
  private static final int MAX_LINES = 10_000;

  /** One plugin. */
  public record Entry(PluginKind kind, String name, List<String> aliases) {
    /** What the example of its reference page is called. */
    public String exampleFile() {
      return kind.text() + "-" + name + ".conf";
    }

    boolean isCalled(PluginKind wanted, String text) {
      return kind == wanted && (name.equals(text) || aliases.contains(text));
    }
  }

  public boolean has(PluginKind kind, String plugin) {
    for (Entry entry : entries) {
      if (entry.isCalled(kind, plugin)) {
        return true;
      }
    }
    return false;
  }

  /** The names of the plugins of a kind, aliases left out. */
  public List<String> names(PluginKind kind) {
    return entries.stream().filter(entry -> entry.kind == kind).map(Entry::name).toList();
  }

  /**
   * Reads the connectors of a file, in its order.
   *
   * @throws IllegalArgumentException naming the line that is wrong
   */
  public static List<ConnectorIndex> parse(String text) {
    List<ConnectorIndex> found = new ArrayList<>();
    List<Entry> entries = null;
    List<String> lines = text.lines().limit(MAX_LINES).toList();
    for (int i = 0; i < lines.size(); i++) {
      String line = lines.get(i).strip();
      if (line.isEmpty() || line.startsWith("#")) {
        continue;
      }
      String[] words = line.split("\\s+");
      if (words.length < 2) {
        throw fault(i, "a kind and a name are missing: " + line);
      }
      for (int w = 1; w < words.length; w++) {
        if (!words[w].matches("[A-Za-z0-9][A-Za-z0-9_.-]{0,63}")) {
          throw fault(i, "not a name: " + words[w]);
        }
      }
      if (words[0].equals("connector")) {
        entries = new ArrayList<>();
        found.add(new ConnectorIndex(words[1], entries));
      } else if (entries == null) {
        throw fault(i, "a line 'connector NAME' must come first");
      } else {
        List<String> aliases = List.copyOf(Arrays.asList(words).subList(2, words.length));
        entries.add(new Entry(kind(words[0], i), words[1], aliases));
      }
    }
    return found.stream()
        .map(index -> new ConnectorIndex(index.name, List.copyOf(index.entries)))
        .toList();
  }

  private static PluginKind kind(String word, int line) {
    try {
      return PluginKind.valueOf(word.toUpperCase(Locale.ROOT));
    } catch (IllegalArgumentException e) {
      throw new IllegalArgumentException(
          "line " + (line + 1) + ": not a kind of plugin: " + word, e);
    }
  }

  private static IllegalArgumentException fault(int line, String what) {
    return new IllegalArgumentException("line " + (line + 1) + ": " + what);
  }
}
