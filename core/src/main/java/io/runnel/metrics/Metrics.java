package io.runnel.metrics;

import java.util.LinkedHashMap;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import java.util.function.LongSupplier;

/**
 * The figures of one plugin, by Fluentd's names ({@code emit_records}, {@code
 * buffer_queue_byte_size} …): counters, and gauges that are read when somebody asks.
 */
public final class Metrics {
  private final Map<String, Counter> counters = new ConcurrentHashMap<>();
  private final Map<String, LongSupplier> gauges = new ConcurrentHashMap<>();
  private final Map<String, Counter> ofTheBooks = new ConcurrentHashMap<>();

  public Counter counter(String name) {
    return counters.computeIfAbsent(name, ignored -> new Counter());
  }

  public void gauge(String name, LongSupplier value) {
    gauges.put(name, value);
  }

  /** A figure that only the books show: what Fluentd's entries do not have. */
  public Counter ofTheBooks(String name) {
    return ofTheBooks.computeIfAbsent(name, ignored -> new Counter());
  }

  /** The value of such a figure; 0 where nobody counts it. */
  public long inTheBooks(String name) {
    Counter counter = ofTheBooks.get(name);
    return counter == null ? 0 : counter.get();
  }

  /** All figures at this moment but those of the books, by name. */
  public Map<String, Long> snapshot() {
    Map<String, Long> all = new LinkedHashMap<>();
    counters.forEach((name, counter) -> all.put(name, counter.get()));
    gauges.forEach((name, gauge) -> all.put(name, gauge.getAsLong()));
    return all;
  }
}
