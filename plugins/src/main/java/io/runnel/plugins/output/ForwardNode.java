package io.runnel.plugins.output;

import io.runnel.event.MsgpackReader;
import io.runnel.plugin.OutputContext;
import io.runnel.plugins.client.ClientConnection;
import io.runnel.plugins.discovery.Service;
import io.runnel.plugins.forward.ForwardClientHandshake;
import java.io.IOException;
import java.net.InetSocketAddress;
import java.net.SocketTimeoutException;
import java.util.ArrayDeque;
import java.util.Deque;
import java.util.HexFormat;
import java.util.Map;

/**
 * A server that events are sent to: its connections, and whether it is alive. Used by the flush
 * threads, the heartbeat of the node, and the threads that wait for acks.
 */
final class ForwardNode {
  /** A kept connection, and since when it is idle. */
  private record Idle(ClientConnection connection, long since) {}

  private final Service service;
  private final String name;
  private final ForwardSettings settings;
  private final OutputContext context;
  private final HostResolver resolver;
  private final FailureDetector failure;
  private final Deque<Idle> idle = new ArrayDeque<>();
  private boolean available = true;
  private boolean closed;

  ForwardNode(Service service, ForwardSettings settings, OutputContext context) {
    this.service = service;
    this.name = service.name().orElse(service.host() + ":" + service.port());
    this.settings = settings;
    this.context = context;
    this.resolver =
        new HostResolver(service.host(), settings.dnsExpireNanos(), settings.dnsRoundRobin());
    this.failure =
        new FailureDetector(
            settings.heartbeatNanos(), settings.hardTimeoutNanos(), context.clock().nanos());
  }

  Service service() {
    return service;
  }

  String name() {
    return name;
  }

  /** Without heartbeats nobody would notice that a node is back, so it never counts as lost. */
  synchronized boolean isAvailable() {
    return available || !settings.detectsFailures();
  }

  /** Takes the node out until heartbeats show that it is back. */
  void disable() {
    synchronized (this) {
      available = false;
      failure.clear(context.clock().nanos());
    }
    resolver.forget();
    closeIdle();
  }

  /**
   * Counts a sign of life.
   *
   * @param heartbeat false for a successful delivery, which alone does not bring a node back
   * @return true where the node has come back by this
   */
  boolean alive(boolean heartbeat) {
    synchronized (this) {
      failure.add(context.clock().nanos());
      if (!heartbeat || available || failure.samples() <= settings.recoverySamples()) {
        return false;
      }
      available = true;
    }
    context
        .log()
        .warn(
            "recovered forwarding server '" + name + "'",
            "host",
            service.host(),
            "port",
            service.port());
    return true;
  }

  /**
   * Looks whether the node has been silent for too long.
   *
   * @return true where it was lost by this
   */
  boolean check() {
    long now = context.clock().nanos();
    boolean hard;
    double phi;
    synchronized (this) {
      hard = failure.hardTimeout(now);
      if (!available) {
        if (hard) {
          failure.clear(now);
        }
        return false;
      }
      phi = settings.phiDetector() ? failure.phi(now) : 0;
    }
    if (!hard && phi <= settings.phiThreshold()) {
      return false;
    }
    String message = "detached forwarding server '" + name + "'";
    if (hard) {
      context
          .log()
          .warn(message, "host", service.host(), "port", service.port(), "hard_timeout", true);
    } else {
      context
          .log()
          .warn(
              message,
              "host",
              service.host(),
              "port",
              service.port(),
              "phi",
              phi,
              "phi_threshold",
              settings.phiThreshold());
    }
    disable();
    return true;
  }

  InetSocketAddress address() throws IOException {
    return new InetSocketAddress(resolver.resolve(context.clock().nanos()), service.port());
  }

  /** A kept connection that is still good, or a new one, authenticated. */
  ClientConnection connection() throws IOException {
    if (settings.keepalive()) {
      for (Idle kept = poll(); kept != null; kept = poll()) {
        if (!isExpired(kept) && kept.connection().isReusable()) {
          return kept.connection();
        }
        kept.connection().close();
      }
    }
    return connect();
  }

  private boolean isExpired(Idle kept) {
    long timeout = settings.keepaliveTimeoutNanos();
    return timeout >= 0 && context.clock().nanos() - kept.since() > timeout;
  }

  private synchronized Idle poll() {
    return idle.pollLast();
  }

  /** Opens a connection and authenticates where that is configured. */
  ClientConnection connect() throws IOException {
    ClientConnection connection =
        ClientConnection.open(address(), settings.connectMillis(), context.clock());
    try {
      if (settings.keepalivePackets()) {
        connection.keepalivePackets();
      }
      if (settings.tls() != null) {
        String host = service.name().orElse(service.host());
        connection.startTls(settings.tls(), host, settings.handshakeMillis());
      }
      if (settings.selfHostname().isPresent()) {
        handshake(connection);
      }
      return connection;
    } catch (IOException | RuntimeException e) {
      connection.close();
      throw e;
    }
  }

  private void handshake(ClientConnection connection) throws IOException {
    byte[] salt = new byte[16];
    settings.secureRandom().nextBytes(salt);
    ForwardClientHandshake handshake =
        new ForwardClientHandshake(
            settings.selfHostname().get(),
            service.sharedKey().orElse(settings.sharedKey()),
            service.username(),
            service.password(),
            HexFormat.of().formatHex(salt));
    try {
      handshake.run(connection, settings.handshakeMillis());
    } catch (SocketTimeoutException e) {
      throw new IOException(
          "handshake timeout after " + settings.handshakeMillis() / 1000 + "s", e);
    } catch (IOException e) {
      context
          .log()
          .warn("connection refused to " + name + ": " + e.getMessage(), "host", service.host());
      throw e;
    }
  }

  /** Gives a connection back after use. */
  void release(ClientConnection connection) {
    synchronized (this) {
      if (settings.keepalive() && !closed) {
        idle.addLast(new Idle(connection, context.clock().nanos()));
        return;
      }
    }
    connection.close();
  }

  /** Closes kept connections that have been idle for too long. */
  void purgeIdle() {
    Idle old;
    do {
      synchronized (this) {
        old = idle.peekFirst() != null && isExpired(idle.peekFirst()) ? idle.pollFirst() : null;
      }
      if (old != null) {
        old.connection().close();
      }
    } while (old != null);
  }

  private void closeIdle() {
    for (Idle kept = poll(); kept != null; kept = poll()) {
      kept.connection().close();
    }
  }

  void close() {
    synchronized (this) {
      closed = true;
    }
    closeIdle();
  }

  /**
   * Waits for the ack of a chunk.
   *
   * @return the id that the server acknowledged; null where the answer holds none
   */
  static String readAck(ClientConnection connection, int timeoutMillis) throws IOException {
    MsgpackReader answer = connection.readMessage(timeoutMillis);
    Object ack = answer.peekMap() ? ((Map<?, ?>) answer.readValue()).get("ack") : null;
    return ack == null ? null : ack.toString();
  }
}
