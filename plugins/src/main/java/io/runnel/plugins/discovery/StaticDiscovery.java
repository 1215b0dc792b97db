package io.runnel.plugins.discovery;

import io.runnel.config.ConfigElement;
import io.runnel.config.Default;
import io.runnel.config.Doc;
import io.runnel.config.Name;
import io.runnel.config.Secret;
import io.runnel.plugin.PluginContext;
import java.util.List;
import java.util.Optional;

/** Servers that stand in the configuration. */
final class StaticDiscovery implements ServiceDiscovery {
  @Doc("Servers that are written in the configuration.")
  record Config(@Doc("One server.") @Name("service") List<Entry> services) {}

  @Doc("One server.")
  record Entry(
      @Doc("Name or address.") String host,
      @Doc("Name for messages.") Optional<String> name,
      @Doc("TCP port.") @Default("24224") int port,
      @Doc("Key that both sides know.") @Secret("") Optional<String> sharedKey,
      @Doc("User for authentication.") @Default("") String username,
      @Doc("Password of the user.") @Secret("") @Default("") String password,
      @Doc("Used only while others are lost.") @Default("false") boolean standby,
      @Doc("Share of the load.") @Default("60") int weight) {
    Service service() {
      return new Service(host, port, name, weight, standby, username, password, sharedKey);
    }
  }

  private final List<Service> services;

  private StaticDiscovery(List<Service> services) {
    this.services = services;
  }

  static StaticDiscovery of(ConfigElement element, PluginContext context) {
    Config config = Sections.bind(Config.class, element, context);
    return new StaticDiscovery(config.services().stream().map(Entry::service).toList());
  }

  @Override
  public List<Service> services() {
    return services;
  }
}
