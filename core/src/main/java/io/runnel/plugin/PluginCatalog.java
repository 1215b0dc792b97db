package io.runnel.plugin;

import java.util.List;

/** The plugins of one jar. A lookup loads the class of the plugin that is asked for, no other. */
public interface PluginCatalog {
  /** The type of that name or alias; null where this catalogue has none. */
  PluginType<?, ?, ?> find(PluginKind kind, String name);

  /** The names of all types of a kind, aliases left out. */
  List<String> names(PluginKind kind);

  /**
   * Where a plugin can be had that this catalogue knows of and does not have, as the end of a
   * message; null for one that it never heard of.
   */
  default String whereToGet(PluginKind kind, String name) {
    return null;
  }

  /** The connector that has a plugin of this catalogue; null for one without connector. */
  default String connector(PluginKind kind, String name) {
    return null;
  }
}
