package io.runnel.connectors.kubernetes;

import io.runnel.plugin.PluginCatalog;
import io.runnel.plugin.PluginKind;
import io.runnel.plugin.PluginType;
import java.util.List;

/** The catalogue of this connector; connector.index says the same for those who do not load it. */
public final class KubernetesPlugins implements PluginCatalog {
  private static final String METADATA = "kubernetes_metadata";

  @Override
  public PluginType<?, ?, ?> find(PluginKind kind, String name) {
    return kind == PluginKind.FILTER && name.equals(METADATA) ? MetadataFilter.TYPE : null;
  }

  @Override
  public List<String> names(PluginKind kind) {
    return kind == PluginKind.FILTER ? List.of(METADATA) : List.of();
  }
}
