package io.runnel.connectors.opentelemetry;

import io.runnel.plugin.PluginCatalog;
import io.runnel.plugin.PluginKind;
import io.runnel.plugin.PluginType;
import java.util.List;

/** The catalogue of this connector; connector.index says the same for those who do not load it. */
public final class OpentelemetryPlugins implements PluginCatalog {
  private static final String NAME = "opentelemetry";
  private static final String METRICS = "opentelemetry_metrics";

  @Override
  public PluginType<?, ?, ?> find(PluginKind kind, String name) {
    return switch (kind) {
      case INPUT ->
          switch (name) {
            case NAME -> OpentelemetryInput.TYPE;
            case METRICS -> OpentelemetryMetricsInput.TYPE;
            default -> null;
          };
      case OUTPUT -> name.equals(NAME) ? OpentelemetryOutput.TYPE : null;
      default -> null;
    };
  }

  @Override
  public List<String> names(PluginKind kind) {
    return switch (kind) {
      case INPUT -> List.of(NAME, METRICS);
      case OUTPUT -> List.of(NAME);
      default -> List.of();
    };
  }
}
