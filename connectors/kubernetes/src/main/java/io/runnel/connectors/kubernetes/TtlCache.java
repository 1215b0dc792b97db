package io.runnel.connectors.kubernetes;

import io.runnel.host.Clock;
import java.util.LinkedHashMap;
import java.util.Map;

/**
 * A bounded map whose entries age: the one that was not used for the longest time goes first. Safe
 * for use by several threads.
 */
final class TtlCache<K, V> {
  private record Kept<V>(V value, long since) {}

  private final Clock clock;
  private final long lifetimeNanos;
  private final Map<K, Kept<V>> entries;

  /**
   * @param lifetimeNanos negative for ever
   */
  TtlCache(int size, long lifetimeNanos, Clock clock) {
    this.clock = clock;
    this.lifetimeNanos = lifetimeNanos;
    entries =
        new LinkedHashMap<>(16, 0.75f, true) {
          @Override
          protected boolean removeEldestEntry(Map.Entry<K, Kept<V>> eldest) {
            return size() > size;
          }
        };
  }

  /** Null where there is none, or where it is too old. */
  synchronized V get(K key) {
    Kept<V> entry = entries.get(key);
    if (entry == null) {
      return null;
    }
    if (lifetimeNanos >= 0 && clock.nanos() - entry.since > lifetimeNanos) {
      entries.remove(key);
      return null;
    }
    return entry.value;
  }

  synchronized void put(K key, V value) {
    entries.put(key, new Kept<>(value, clock.nanos()));
  }

  synchronized int size() {
    return entries.size();
  }
}
