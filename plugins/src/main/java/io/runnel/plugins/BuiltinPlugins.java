package io.runnel.plugins;

import io.runnel.plugin.PluginCatalog;
import io.runnel.plugin.PluginKind;
import io.runnel.plugin.PluginType;
import java.util.List;

/** Fluentd's built-in plugins. */
public final class BuiltinPlugins implements PluginCatalog {
  @Override
  public PluginType<?, ?, ?> find(PluginKind kind, String name) {
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
