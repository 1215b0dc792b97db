package io.runnel.plugins.output;

import java.net.InetAddress;
import java.net.UnknownHostException;

/**
 * Remembers what a name resolves to: for ever, for a time, or not at all. With round robin each
 * call gives the next of the name's addresses. Safe for use by several threads at once.
 */
final class HostResolver {
  private final String host;
  private final long expireNanos;
  private final boolean roundRobin;
  private InetAddress[] known;
  private long knownSince;
  private int turn;

  /**
   * @param expireNanos how long an answer is used; negative: for ever, 0: not at all
   */
  HostResolver(String host, long expireNanos, boolean roundRobin) {
    this.host = host;
    this.expireNanos = expireNanos;
    this.roundRobin = roundRobin;
  }

  InetAddress resolve(long now) throws UnknownHostException {
    InetAddress[] addresses = addresses(now);
    synchronized (this) {
      return addresses[roundRobin ? Math.floorMod(turn++, addresses.length) : 0];
    }
  }

  private InetAddress[] addresses(long now) throws UnknownHostException {
    synchronized (this) {
      boolean expired = expireNanos >= 0 && now - knownSince >= expireNanos;
      if (known != null && !expired) {
        return known;
      }
    }
    InetAddress[] fresh = InetAddress.getAllByName(host); // slow: not under the lock
    synchronized (this) {
      known = fresh;
      knownSince = now;
    }
    return fresh;
  }

  /** The next call asks again: the node was lost, perhaps it has moved. */
  synchronized void forget() {
    known = null;
  }
}
