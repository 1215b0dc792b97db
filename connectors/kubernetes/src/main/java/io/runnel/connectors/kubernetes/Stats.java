package io.runnel.connectors.kubernetes;

import java.util.Map;
import java.util.TreeMap;

/** Counts under the gem's names what the caches do. Safe for use by several threads. */
final class Stats {
  private final Map<String, Long> counts = new TreeMap<>();

  synchronized void bump(String name) {
    counts.merge(name, 1L, Long::sum);
  }

  synchronized void set(String name, long value) {
    counts.put(name, value);
  }

  synchronized long get(String name) {
    return counts.getOrDefault(name, 0L);
  }

  /** {@code stats - name: 1, other: 2}. */
  synchronized String text() {
    StringBuilder text = new StringBuilder("stats - ");
    counts.forEach(
        (name, value) ->
            text.append(text.length() > 8 ? ", " : "").append(name).append(": ").append(value));
    return text.toString();
  }
}
