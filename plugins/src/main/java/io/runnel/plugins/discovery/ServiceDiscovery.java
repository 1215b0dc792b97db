package io.runnel.plugins.discovery;

import io.runnel.config.ConfigException;
import io.runnel.config.PluginSection;
import io.runnel.plugin.PluginContext;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.function.Consumer;

/** Where an output finds out which servers there are. */
public interface ServiceDiscovery {
  /** What is known at the moment; asked once before {@link #start}. */
  List<Service> services();

  /**
   * Begins to look for changes.
   *
   * @param changed is given the whole new list, by a thread of the discovery
   */
  default void start(Consumer<List<Service>> changed) {}

  /** Ends that, and waits for it. */
  default void stop() {}

  /** The parameters of each type, for reference pages. */
  static Map<String, Class<?>> types() {
    Map<String, Class<?>> types = new LinkedHashMap<>();
    types.put("file", FileDiscovery.Config.class);
    types.put("srv", SrvDiscovery.Config.class);
    types.put("static", StaticDiscovery.Config.class);
    return types;
  }

  /** Makes what a {@code <service_discovery>} section asks for. */
  static ServiceDiscovery of(PluginSection section, PluginContext context) {
    if (section.type() == null) {
      throw new ConfigException(
          "Missing '@type' parameter on <service_discovery> directive", section.element().place());
    }
    return switch (section.type()) {
      case "static" -> StaticDiscovery.of(section.element(), context);
      case "file" -> FileDiscovery.of(section.element(), context);
      case "srv" -> SrvDiscovery.of(section.element(), context);
      default ->
          throw new ConfigException(
              "Unknown sd plugin '"
                  + section.type()
                  + "'. Run 'gem search -rd fluent-plugin' to find plugins",
              section.element().placeOf("@type"));
    };
  }
}
