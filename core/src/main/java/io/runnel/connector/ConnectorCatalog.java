package io.runnel.connector;

import io.runnel.config.ConfigException;
import io.runnel.config.Place;
import io.runnel.plugin.PluginCatalog;
import io.runnel.plugin.PluginKind;
import io.runnel.plugin.PluginType;
import java.util.List;

/**
 * A loaded connector's catalogue; a class that cannot be loaded is a fault of the configuration.
 */
record ConnectorCatalog(String connector, PluginCatalog catalog) implements PluginCatalog {
  @Override
  public PluginType<?, ?, ?> find(PluginKind kind, String name) {
    try {
      return catalog.find(kind, name);
    } catch (LinkageError e) {
      throw new ConfigException(
          "the plugin '" + name + "' of the connector " + connector + " cannot be loaded: " + e,
          Place.NONE,
          e);
    }
  }

  @Override
  public List<String> names(PluginKind kind) {
    return catalog.names(kind);
  }
}
