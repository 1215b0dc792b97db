package io.runnel.connectors.redis;

import io.runnel.plugin.PluginCatalog;
import io.runnel.plugin.PluginKind;
import io.runnel.plugin.PluginType;
import java.util.List;

/** The catalogue of this connector; connector.index says the same for those who do not load it. */
public final class RedisPlugins implements PluginCatalog {
  private static final List<PluginType<?, ?, ?>> OUTPUTS =
      List.of(RedisOutput.TYPE, RedisStoreOutput.TYPE);

  @Override
  public PluginType<?, ?, ?> find(PluginKind kind, String name) {
    return kind != PluginKind.OUTPUT
        ? null
        : OUTPUTS.stream()
            .filter(type -> type.name().equals(name) || type.aliases().contains(name))
            .findFirst()
            .orElse(null);
  }

  @Override
  public List<String> names(PluginKind kind) {
    return kind == PluginKind.OUTPUT
        ? OUTPUTS.stream().map(type -> (String) type.name()).toList()
        : List.of();
  }
}
