package io.runnel.plugins.forward;

import io.runnel.config.ConfigException;
import java.net.InetAddress;
import java.util.List;
import java.util.Optional;

/**
 * Who may send: the checked form of {@code <security>}. Immutable.
 *
 * @param nodes in the order of the configuration; the first that holds an address counts
 */
public record ForwardSecurity(
    String selfHostname,
    String sharedKey,
    boolean userAuth,
    boolean allowAnonymous,
    List<SecurityConfig.User> users,
    List<Node> nodes) {

  /** A {@code <client>}. */
  public record Node(AddressRange range, Optional<String> sharedKey, List<String> users) {}

  /**
   * @throws ConfigException with Fluentd's words
   */
  public static ForwardSecurity of(SecurityConfig config) {
    if (config.userAuth() && config.user().isEmpty()) {
      throw new ConfigException("<user> sections required if user_auth enabled");
    }
    if (!config.allowAnonymousSource() && config.client().isEmpty()) {
      throw new ConfigException("<client> sections required if allow_anonymous_source disabled");
    }
    List<Node> nodes =
        config.client().stream()
            .map(
                client ->
                    new Node(
                        AddressRange.of(client.host(), client.network()),
                        client.sharedKey(),
                        client.users()))
            .toList();
    return new ForwardSecurity(
        config.selfHostname(),
        config.sharedKey(),
        config.userAuth(),
        config.allowAnonymousSource(),
        config.user(),
        nodes);
  }

  /** The section that holds an address; null where none does. */
  Node node(InetAddress address) {
    for (Node node : nodes) {
      if (address != null && node.range().contains(address)) {
        return node;
      }
    }
    return null;
  }

  String sharedKey(Node node) {
    return node == null ? sharedKey : node.sharedKey().orElse(sharedKey);
  }

  /** The passwords of a user, where clients of that section may name him. */
  List<String> passwords(Node node, String username) {
    if (node != null && !node.users().isEmpty() && !node.users().contains(username)) {
      return List.of();
    }
    return users.stream()
        .filter(user -> user.username().equals(username))
        .map(SecurityConfig.User::password)
        .toList();
  }
}
