package io.runnel.plugins.contrib;

import io.runnel.config.ConfigException;
import io.runnel.plugin.PluginContext;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.TimeUnit;

/**
 * Counts events by a key and picks one of so many: what the filter and the output of
 * fluent-plugin-sampling-filter share. Safe for use by several threads at once.
 */
final class Sampling {
  /** Keys that are counted at a time; they may come from records. The oldest is forgotten first. */
  static final int MOST_KEYS = 10_000;

  /** Longer keys are told apart by their beginning only. */
  static final int LONGEST_KEY = 1_000;

  private static final int WINDOW_SECONDS = 60;

  /** The first window of a key is shorter by a random part of this, so that not all end at once. */
  private static final int SPREAD_SECONDS = 30;

  private static final class Counter {
    private long count;
    private long endNanos;
  }

  private final PluginContext context;
  private final int interval;

  /** 0 where there is none. */
  private final int minimum;

  private final Map<String, Counter> counters =
      new LinkedHashMap<>(16, 0.75f, true) {
        @Override
        protected boolean removeEldestEntry(Map.Entry<String, Counter> eldest) {
          return size() > MOST_KEYS;
        }
      };

  /**
   * @param interval one event of so many passes
   * @param minimumPerMinute so many less one pass in each minute in any case
   */
  Sampling(PluginContext context, int interval, Optional<Integer> minimumPerMinute) {
    if (interval < 1) {
      throw new ConfigException(
          "interval must be 1 or more, found " + interval, context.element().placeOf("interval"));
    }
    this.context = context;
    this.interval = interval;
    this.minimum = minimumPerMinute.orElse(0);
  }

  /** Counts an event; true for one that passes. */
  synchronized boolean passes(String key) {
    String name = key.length() > LONGEST_KEY ? key.substring(0, LONGEST_KEY) : key;
    Counter counter = counters.computeIfAbsent(name, ignored -> fresh());
    if (minimum == 0) {
      return ++counter.count % interval == 0;
    }
    long now = context.clock().nanos();
    if (now - counter.endNanos > 0) {
      counter.endNanos = now + TimeUnit.SECONDS.toNanos(WINDOW_SECONDS);
      counter.count = 0;
    }
    counter.count++;
    return counter.count < minimum || counter.count % interval == 0;
  }

  private Counter fresh() {
    Counter counter = new Counter();
    if (minimum > 0) {
      int seconds = WINDOW_SECONDS - context.random().nextInt(SPREAD_SECONDS);
      counter.endNanos = context.clock().nanos() + TimeUnit.SECONDS.toNanos(seconds);
    }
    return counter;
  }
}
