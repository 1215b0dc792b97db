package io.runnel.testkit;

import io.runnel.connector.ConnectorIndex;
import io.runnel.connector.Connectors;
import io.runnel.plugin.PluginCatalog;
import io.runnel.plugin.PluginKind;
import io.runnel.plugin.PluginType;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import java.util.TreeSet;

/** What holds for every connector; to be checked by a test in its module. */
public final class ConnectorContract {
  private ConnectorContract() {}

  /**
   * The file {@code connector.index} in the module's folder, where the test runs, says what the
   * catalogue has; each plugin is found by its name and by its other names.
   */
  public static void check(String name, PluginCatalog catalog) {
    List<ConnectorIndex> read;
    try {
      read = ConnectorIndex.parse(Files.readString(Path.of(Connectors.INDEX)));
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
    if (read.size() != 1 || !read.getFirst().name().equals(name)) {
      throw new AssertionError(Connectors.INDEX + " must begin with: connector " + name);
    }
    Set<String> written = new TreeSet<>();
    read.getFirst().entries().forEach(entry -> written.add(line(entry)));
    Set<String> had = new TreeSet<>();
    for (PluginKind kind : PluginKind.values()) {
      for (String plugin : catalog.names(kind)) {
        PluginType<?, ?, ?> type = catalog.find(kind, plugin);
        had.add(line(new ConnectorIndex.Entry(kind, plugin, type.aliases())));
        List<String> all = new ArrayList<>(type.aliases());
        all.add(plugin);
        for (String each : all) {
          if (catalog.find(kind, each) != type) {
            throw new AssertionError("find(" + kind + ", " + each + ") is not " + plugin);
          }
        }
      }
    }
    if (!written.equals(had)) {
      throw new AssertionError(
          Connectors.INDEX + " must have these lines:\n" + String.join("\n", had));
    }
  }

  private static String line(ConnectorIndex.Entry entry) {
    return (entry.kind().text() + " " + entry.name() + " " + String.join(" ", entry.aliases()))
        .strip();
  }
}
