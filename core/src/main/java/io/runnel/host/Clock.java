package io.runnel.host;

import io.runnel.event.EventTime;

/** The time, and waiting: passed to whatever needs it, so that tests can turn it by hand. */
public interface Clock {
  /** Wall clock, milliseconds since the epoch; may jump. */
  long millis();

  /** Monotonic nanoseconds from an arbitrary start; for durations. */
  long nanos();

  /** Now as a packed {@link EventTime}. */
  default long eventTime() {
    return EventTime.ofMillis(millis());
  }

  /** Waits for {@code nanos}; the monitor's owner may be woken earlier by an interrupt. */
  void sleep(long nanos) throws InterruptedException;

  /** The machine's clock. */
  static Clock system() {
    return SystemClock.INSTANCE;
  }
}
