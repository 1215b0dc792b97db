package io.runnel.plugins.input;

import io.runnel.config.Default;
import io.runnel.config.Doc;
import io.runnel.config.Required;
import io.runnel.config.Secret;
import io.runnel.plugins.forward.AddressRange;
import java.net.InetAddress;
import java.util.List;
import java.util.Optional;

/** The clients that may connect: the checked form of the section {@code <security>} of in_tcp. */
final class ClientList {
  @Doc("Which clients may connect.")
  record Config(@Doc("Clients that may connect.") @Required List<Client> client) {}

  @Doc("A client, or a network of them.")
  record Client(
      @Doc("The client's name or address.") Optional<String> host,
      @Doc("The clients' network, such as 192.168.0.0/16.") Optional<String> network,
      @Doc("Accepted as in Fluentd; not used.") @Secret("") Optional<String> sharedKey,
      @Doc("Accepted as in Fluentd; not used.") @Default("") List<String> users) {}

  private final List<AddressRange> ranges; // null where all may

  private ClientList(List<AddressRange> ranges) {
    this.ranges = ranges;
  }

  static ClientList of(Optional<Config> section) {
    return new ClientList(
        section
            .map(
                config ->
                    config.client().stream()
                        .map(client -> AddressRange.of(client.host(), client.network()))
                        .toList())
            .orElse(null));
  }

  boolean allows(InetAddress address) {
    return ranges == null
        || address != null && ranges.stream().anyMatch(range -> range.contains(address));
  }
}
