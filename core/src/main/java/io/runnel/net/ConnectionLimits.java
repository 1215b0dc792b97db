package io.runnel.net;

import java.time.Duration;

/**
 * What one server grants.
 *
 * @param maxConnections connections at once; one more is closed at once. A descriptor and a thread
 *     each: far below the usual limit of descriptors
 * @param idle how long a connection may stay silent; zero for ever
 * @param drain how long {@code stop} lets a message in progress take
 * @param keepalive whether TCP probes silent connections (SO_KEEPALIVE)
 */
public record ConnectionLimits(
    int maxConnections, Duration idle, Duration drain, boolean keepalive) {
  public static final ConnectionLimits DEFAULT =
      new ConnectionLimits(8192, Duration.ZERO, Duration.ofSeconds(10), false);

  public ConnectionLimits withIdle(Duration newIdle) {
    return new ConnectionLimits(maxConnections, newIdle, drain, keepalive);
  }

  public ConnectionLimits withMax(int connections) {
    return new ConnectionLimits(connections, idle, drain, keepalive);
  }

  public ConnectionLimits withKeepalive(boolean on) {
    return new ConnectionLimits(maxConnections, idle, drain, on);
  }
}
