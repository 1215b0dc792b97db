package io.runnel.connector;

import io.runnel.config.ConfigException;
import io.runnel.config.Place;
import io.runnel.plugin.PluginCatalog;
import io.runnel.plugin.PluginKind;
import io.runnel.plugin.PluginType;
import java.io.IOException;
import java.net.MalformedURLException;
import java.net.URL;
import java.nio.charset.StandardCharsets;
import java.nio.file.DirectoryStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.ServiceConfigurationError;
import java.util.ServiceLoader;

/**
 * The plugins of the connectors that are installed. Asked last, for names that nobody else knows:
 * until then nothing is read, and a connector's classes are loaded when one of its own plugins is
 * asked for. Safe for use by several threads.
 */
public final class Connectors implements PluginCatalog {
  /** The file in a connector's folder that says what it has. */
  public static final String INDEX = "connector.index";

  /** The list of all connectors that belong to Runnel, installed or not. */
  private static final String KNOWN = "lib/connectors.index";

  private static final int MAX_INDEX_BYTES = 256 * 1024;

  /** One that is installed. */
  private record Installed(ConnectorIndex index, Path folder) {}

  private final Path home;
  private final Map<Path, PluginCatalog> loaded = new HashMap<>();

  private Connectors(Path home) {
    this.home = home;
  }

  /**
   * @param home the folder of the installation, which holds {@code connectors/NAME/}; null or empty
   *     for none
   */
  public static Connectors of(String home) {
    return new Connectors(home == null || home.isEmpty() ? null : Path.of(home));
  }

  @Override
  public synchronized PluginType<?, ?, ?> find(PluginKind kind, String name) {
    for (Installed connector : installed()) {
      if (connector.index.has(kind, name)) {
        return load(connector).find(kind, name);
      }
    }
    return null;
  }

  @Override
  public List<String> names(PluginKind kind) {
    List<String> names = new ArrayList<>();
    for (Installed connector : installed()) {
      names.addAll(connector.index.names(kind));
    }
    return List.copyOf(names);
  }

  @Override
  public String whereToGet(PluginKind kind, String name) {
    for (ConnectorIndex index : known()) {
      if (index.has(kind, name)) {
        return "it needs the connector "
            + index.name()
            + ", which is not installed: apt-get install runnel-connector-"
            + index.name()
            + ", or unpack runnel-connector-"
            + index.name()
            + "-*.tar.gz beside "
            + home.resolve("connectors");
      }
    }
    return null;
  }

  @Override
  public String connector(PluginKind kind, String name) {
    for (Installed connector : installed()) {
      if (connector.index.has(kind, name)) {
        return connector.index.name();
      }
    }
    return null;
  }

  private List<Installed> installed() {
    Path folder = home == null ? null : home.resolve("connectors");
    if (folder == null || !Files.isDirectory(folder)) {
      return List.of();
    }
    List<Installed> found = new ArrayList<>();
    try (DirectoryStream<Path> folders = Files.newDirectoryStream(folder)) {
      for (Path each : folders) {
        Path index = each.resolve(INDEX);
        if (Files.isReadable(index)) {
          read(index).forEach(connector -> found.add(new Installed(connector, each)));
        }
      }
    } catch (IOException e) {
      throw new ConfigException("cannot read " + folder + ": " + e.getMessage(), Place.NONE, e);
    }
    found.sort(Comparator.comparing(Installed::folder));
    return found;
  }

  private List<ConnectorIndex> known() {
    Path file = home == null ? null : home.resolve(KNOWN);
    return file == null || !Files.isReadable(file) ? List.of() : read(file);
  }

  private static List<ConnectorIndex> read(Path file) {
    try {
      if (Files.size(file) > MAX_INDEX_BYTES) {
        throw new ConfigException(file + " is too long to be a list of plugins", Place.NONE);
      }
      return ConnectorIndex.parse(Files.readString(file, StandardCharsets.UTF_8));
    } catch (IOException | IllegalArgumentException e) {
      throw new ConfigException(
          "cannot read the list of plugins " + file + ": " + e.getMessage(), Place.NONE, e);
    }
  }

  private PluginCatalog load(Installed connector) {
    PluginCatalog catalog = loaded.get(connector.folder);
    if (catalog == null) {
      catalog = open(connector);
      loaded.put(connector.folder, catalog);
    }
    return catalog;
  }

  /**
   * The loader lives as long as the process: plugins may load more of their classes at any time.
   */
  private static PluginCatalog open(Installed connector) {
    String name = connector.index.name();
    try {
      ConnectorLoader loader =
          new ConnectorLoader(name, jars(connector.folder), Connectors.class.getClassLoader());
      for (ServiceLoader.Provider<PluginCatalog> provider :
          ServiceLoader.load(PluginCatalog.class, loader).stream().toList()) {
        if (provider.type().getClassLoader() == loader) {
          return new ConnectorCatalog(name, provider.get());
        }
      }
    } catch (IOException | ServiceConfigurationError | LinkageError e) {
      throw new ConfigException(
          "the connector " + name + " in " + connector.folder + " cannot be loaded: " + e,
          Place.NONE,
          e);
    }
    throw new ConfigException(
        "the connector "
            + name
            + " in "
            + connector.folder
            + " has no jar with META-INF/services/"
            + PluginCatalog.class.getName(),
        Place.NONE);
  }

  private static URL[] jars(Path folder) throws IOException {
    List<Path> jars = new ArrayList<>();
    try (DirectoryStream<Path> files = Files.newDirectoryStream(folder, "*.jar")) {
      files.forEach(jars::add);
    }
    jars.sort(null);
    List<URL> urls = new ArrayList<>();
    for (Path jar : jars) {
      urls.add(url(jar));
    }
    return urls.toArray(URL[]::new);
  }

  private static URL url(Path jar) throws MalformedURLException {
    return jar.toUri().toURL();
  }
}
