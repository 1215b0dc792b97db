package io.runnel.plugins;

import io.runnel.plugin.PluginCatalog;
import io.runnel.plugin.PluginKind;
import io.runnel.plugin.PluginType;
import io.runnel.plugins.contrib.ContribPlugins;
import java.util.ArrayList;
import java.util.List;

/** Fluentd's built-in plugins, and the ones of others that need no heavy client. */
public final class BuiltinPlugins implements PluginCatalog {
  @Override
  public PluginType<?, ?, ?> find(PluginKind kind, String name) {
    PluginType<?, ?, ?> own = builtin(kind, name);
    return own == null ? ContribPlugins.find(kind, name) : own;
  }

  private static PluginType<?, ?, ?> builtin(PluginKind kind, String name) {
    return switch (kind) {
      case INPUT -> Inputs.find(name);
      case FILTER -> Filters.find(name);
      case OUTPUT -> Outputs.find(name);
      case PARSER -> Parsers.find(name);
      case FORMATTER -> Formatters.find(name);
      case STORAGE -> Storages.find(name);
      case BUFFER, SERVICE_DISCOVERY, METRICS -> null;
    };
  }

  @Override
  public List<String> names(PluginKind kind) {
    List<String> names = new ArrayList<>(builtin(kind));
    names.addAll(ContribPlugins.names(kind));
    return List.copyOf(names);
  }

  private static List<String> builtin(PluginKind kind) {
    return switch (kind) {
      case INPUT -> Inputs.NAMES;
      case FILTER -> Filters.NAMES;
      case OUTPUT -> Outputs.NAMES;
      case PARSER -> Parsers.NAMES;
      case FORMATTER -> Formatters.NAMES;
      case STORAGE -> Storages.NAMES;
      case BUFFER, SERVICE_DISCOVERY, METRICS -> List.of();
    };
  }
}
