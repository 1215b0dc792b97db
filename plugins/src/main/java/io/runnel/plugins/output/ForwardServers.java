package io.runnel.plugins.output;

import io.runnel.plugin.OutputContext;
import io.runnel.plugin.UnrecoverableException;
import io.runnel.plugins.discovery.Service;
import io.runnel.plugins.discovery.ServiceDiscovery;
import java.io.IOException;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;

/**
 * The servers of a forward output: those of the configuration and those that service discoveries
 * have found, each a {@link ForwardNode} with its heartbeat. A change of the list arrives on the
 * thread of a discovery and is taken over while chunks are sent.
 */
final class ForwardServers {
  private final ForwardOutput.Config config;
  private final ForwardSettings settings;
  private final List<ServiceDiscovery> discoveries;
  private final ForwardNodes nodes;
  private final OutputContext context;
  private final Map<ServiceDiscovery, List<Service>> found = new HashMap<>();
  private final Map<ForwardNode, ForwardHeartbeat> heartbeats = new HashMap<>();
  private volatile boolean stopped;

  ForwardServers(
      ForwardOutput.Config config,
      ForwardSettings settings,
      List<ServiceDiscovery> discoveries,
      ForwardNodes nodes,
      OutputContext context) {
    this.config = config;
    this.settings = settings;
    this.discoveries = List.copyOf(discoveries);
    this.nodes = nodes;
    this.context = context;
  }

  /** Makes the first nodes and begins to look for changes. */
  void start() throws IOException {
    for (ServiceDiscovery discovery : discoveries) {
      found.put(discovery, discovery.services());
    }
    List<ForwardNode> initial = new ArrayList<>();
    for (Service service : services()) {
      ForwardNode node = node(service);
      logAdded(node);
      resolveAtStart(node);
      initial.add(node);
    }
    nodes.set(initial);
    if (config.verifyConnectionAtStartup()) {
      initial.forEach(this::verify);
    }
    initial.forEach(this::startHeartbeat);
    for (ServiceDiscovery discovery : discoveries) {
      discovery.start(services -> update(discovery, services));
    }
  }

  private Set<Service> services() {
    Set<Service> services = new LinkedHashSet<>();
    config.servers().forEach(server -> services.add(server.service()));
    discoveries.forEach(discovery -> services.addAll(found.get(discovery)));
    return services;
  }

  private ForwardNode node(Service service) {
    return new ForwardNode(service, settings, context);
  }

  private void logAdded(ForwardNode node) {
    Service service = node.service();
    context
        .log()
        .info(
            "adding forwarding server '" + node.name() + "'",
            "host",
            service.host(),
            "port",
            service.port(),
            "weight",
            service.weight(),
            "plugin_id",
            context.pluginId());
  }

  private void resolveAtStart(ForwardNode node) throws IOException {
    if (!settings.detectsFailures()) {
      return;
    }
    try {
      node.address();
    } catch (IOException e) {
      if (!config.ignoreNetworkErrorsAtStartup()) {
        throw e;
      }
      context.log().warn("failed to resolve node name when configured", e, "server", node.name());
      node.disable();
    }
  }

  private void verify(ForwardNode node) {
    try {
      node.release(node.connect());
    } catch (IOException e) {
      context.log().fatal("forward's connection setting error: " + e.getMessage(), e);
      throw new UnrecoverableException(
          "forward's connection setting error: " + node.name() + ": " + e.getMessage(), e);
    }
  }

  private void startHeartbeat(ForwardNode node) {
    if (!settings.detectsFailures()) {
      return;
    }
    ForwardHeartbeat heartbeat =
        new ForwardHeartbeat(
            node,
            config.heartbeatType() == ForwardOutput.HeartbeatType.UDP,
            settings.heartbeatNanos(),
            nodes::rebuild,
            context);
    heartbeats.put(node, heartbeat);
    heartbeat.start();
  }

  /** Takes over a new list of servers; nodes that stay keep their state. */
  private synchronized void update(ServiceDiscovery discovery, List<Service> services) {
    if (stopped) {
      return;
    }
    found.put(discovery, services);
    Set<Service> wanted = services();
    List<ForwardNode> next = new ArrayList<>();
    for (ForwardNode node : nodes.all()) {
      if (wanted.remove(node.service())) {
        next.add(node);
      } else {
        context
            .log()
            .info(
                "removing forwarding server '" + node.name() + "'", "host", node.service().host());
        Optional.ofNullable(heartbeats.remove(node)).ifPresent(ForwardHeartbeat::stop);
        node.close();
      }
    }
    List<ForwardNode> added = new ArrayList<>();
    for (Service service : wanted) {
      ForwardNode node = node(service);
      added.add(node);
      startHeartbeat(node);
    }
    next.addAll(added);
    nodes.set(next);
    added.forEach(this::logAdded);
  }

  /** Looks for nodes that were lost. */
  void check() {
    if (settings.detectsFailures() && checkNodes()) {
      nodes.rebuild();
    }
  }

  private boolean checkNodes() {
    boolean lost = false;
    for (ForwardNode node : nodes.all()) {
      lost |= node.check();
    }
    return lost;
  }

  /** Ends discoveries and heartbeats; the connections stay. */
  void stop() {
    synchronized (this) {
      stopped = true;
    }
    discoveries.forEach(ServiceDiscovery::stop);
    heartbeats.values().forEach(ForwardHeartbeat::stop);
  }
}
