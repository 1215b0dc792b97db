package io.runnel.connectors.amqp;

import io.runnel.plugin.PluginCatalog;
import io.runnel.plugin.PluginKind;
import io.runnel.plugin.PluginType;
import java.util.List;

/** The catalogue of this connector; connector.index says the same for those who do not load it. */
public final class AmqpPlugins implements PluginCatalog {
  private static final String NAME = "amqp";

  @Override
  public PluginType<?, ?, ?> find(PluginKind kind, String name) {
    if (!name.equals(NAME)) {
      return null;
    }
    return switch (kind) {
      case INPUT -> AmqpInput.TYPE;
      case OUTPUT -> AmqpOutput.TYPE;
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
