package io.runnel.connectors.geoip;

import io.runnel.plugin.PluginCatalog;
import io.runnel.plugin.PluginKind;
import io.runnel.plugin.PluginType;
import java.util.List;

/** The catalogue of this connector; connector.index says the same for those who do not load it. */
public final class GeoipPlugins implements PluginCatalog {
  @Override
  public PluginType<?, ?, ?> find(PluginKind kind, String name) {
    if (!name.equals("geoip")) {
      return null;
    }
    return switch (kind) {
      case FILTER -> GeoipFilter.TYPE;
      case OUTPUT -> GeoipOutput.TYPE;
      default -> null;
    };
  }

  @Override
  public List<String> names(PluginKind kind) {
    return kind == PluginKind.FILTER || kind == PluginKind.OUTPUT ? List.of("geoip") : List.of();
  }
}
