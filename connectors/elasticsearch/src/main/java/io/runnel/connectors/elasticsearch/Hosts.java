package io.runnel.connectors.elasticsearch;

import io.runnel.host.Clock;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.stream.Collectors;

/**
 * The addresses of a cluster in turn; one that failed comes last for a while. Safe for use by
 * several threads at once.
 */
final class Hosts {
  private final Clock clock;
  private final long pauseNanos;
  private final List<Host> configured;
  private final Map<Host, Long> failed = new HashMap<>();
  private List<Host> current;
  private int next;

  Hosts(List<Host> configured, Duration pause, Clock clock) {
    this.configured = configured;
    this.current = configured;
    this.pauseNanos = pause.toNanos();
    this.clock = clock;
  }

  /** All addresses in the order in which a request is to try them. */
  synchronized List<Host> order() {
    long now = clock.nanos();
    failed.values().removeIf(since -> now - since > pauseNanos);
    List<Host> order = new ArrayList<>();
    List<Host> last = new ArrayList<>();
    for (int i = 0; i < current.size(); i++) {
      Host host = current.get((next + i) % current.size());
      (failed.containsKey(host) ? last : order).add(host);
    }
    next = (next + 1) % current.size();
    order.addAll(last);
    return order;
  }

  synchronized void failed(Host host) {
    failed.put(host, clock.nanos());
  }

  synchronized void works(Host host) {
    failed.remove(host);
  }

  /** What was configured, whatever the cluster said since. */
  List<Host> configured() {
    return configured;
  }

  /** The nodes that the cluster has named. */
  synchronized void replace(List<Host> nodes) {
    if (!nodes.isEmpty()) {
      current = List.copyOf(nodes);
      next = 0;
      failed.keySet().retainAll(current);
    }
  }

  @Override
  public String toString() {
    return configured.stream().map(Host::toString).collect(Collectors.joining(", "));
  }
}
