package io.runnel.plugin;

import java.util.List;

/** The plugins of one jar. A lookup loads the class of the plugin that is asked for, no other. */
public interface PluginCatalog {
  /** The type of that name or alias; null where this catalogue has none. */
  PluginType<?, ?, ?> find(PluginKind kind, String name);

  /** The names of all types of a kind, aliases left out. */
  List<String> names(PluginKind kind);
}
