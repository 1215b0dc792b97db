package io.runnel.metrics;

import java.util.concurrent.atomic.LongAdder;

/** A number of events, bytes or calls that only grows. Safe for use by several threads. */
public final class Counter {
  private final LongAdder value = new LongAdder();

  public void add(long amount) {
    value.add(amount);
  }

  public void increment() {
    value.increment();
  }

  public long get() {
    return value.sum();
  }
}
