package io.runnel.connectors.webhdfs;

import io.runnel.plugin.PluginCatalog;
import io.runnel.plugin.PluginKind;
import io.runnel.plugin.PluginType;
import java.util.List;

/** The catalogue of this connector; connector.index says the same for those who do not load it. */
public final class WebhdfsPlugins implements PluginCatalog {
  @Override
  public PluginType<?, ?, ?> find(PluginKind kind, String name) {
    return kind == PluginKind.OUTPUT && name.equals(WebhdfsOutput.TYPE.name())
        ? WebhdfsOutput.TYPE
        : null;
  }

  @Override
  public List<String> names(PluginKind kind) {
    return kind == PluginKind.OUTPUT ? List.of(WebhdfsOutput.TYPE.name()) : List.of();
  }
}
