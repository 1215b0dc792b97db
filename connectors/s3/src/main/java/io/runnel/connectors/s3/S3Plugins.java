package io.runnel.connectors.s3;

import io.runnel.plugin.PluginCatalog;
import io.runnel.plugin.PluginKind;
import io.runnel.plugin.PluginType;
import java.util.List;

/** The catalogue of this connector; connector.index says the same for those who do not load it. */
public final class S3Plugins implements PluginCatalog {
  private static final String NAME = "s3";

  @Override
  public PluginType<?, ?, ?> find(PluginKind kind, String name) {
    if (!name.equals(NAME)) {
      return null;
    }
    return switch (kind) {
      case INPUT -> S3Input.TYPE;
      case OUTPUT -> S3Output.TYPE;
      default -> null;
    };
  }

  @Override
  public List<String> names(PluginKind kind) {
    return switch (kind) {
      case INPUT, OUTPUT -> List.of(NAME);
      default -> List.of();
    };
  }
}
