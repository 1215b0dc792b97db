package io.runnel.engine;

import io.runnel.config.ConfigElement;
import io.runnel.delivery.Delivery;
import io.runnel.plugin.Plugin;
import io.runnel.plugin.PluginType;
import io.runnel.plugin.Supervision.PluginState;
import java.util.Map;

/**
 * A plugin of a pipeline with what the engine knows of it.
 *
 * @param delivery its buffer and flush threads; null for a plugin without a buffer
 * @param secondary the output of its {@code <secondary>}; null where there is none
 */
record Registered(
    EngineContext context,
    String category,
    PluginType<?, ?, ?> declaration,
    Plugin plugin,
    Delivery delivery,
    Plugin secondary) {
  String id() {
    return context.pluginId();
  }

  /** The type as the configuration calls it. */
  String type() {
    return context.element().peek("@type");
  }

  ConfigElement element() {
    return context.element();
  }

  /** True for an output that sends events on to a router: it is stopped before the others. */
  boolean reEmits() {
    return category.equals("output") && context.hasEmitted();
  }

  PluginState state() {
    Map<String, Object> retry = delivery == null ? null : delivery.retryState();
    return new PluginState(
        id(), category, type(), element(), delivery != null, context.metrics().snapshot(), retry);
  }
}
