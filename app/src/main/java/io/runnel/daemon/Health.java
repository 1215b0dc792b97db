package io.runnel.daemon;

import java.util.List;
import java.util.function.LongSupplier;
import java.util.function.Supplier;

/**
 * What the watchdog of systemd is told by: the main loop comes round, or is at a task for no longer
 * than tasks take, and no thread that delivers has died. Outputs that wait for their destination
 * are healthy: a restart would not help them.
 */
final class Health {
  /** The main loop comes round every two seconds; a loaded machine may let it wait. */
  private static final long IDLE_NANOS = 60_000_000_000L;

  /** A reload stops all outputs, which may flush for a while. */
  private static final long BUSY_NANOS = 600_000_000_000L;

  private final LongSupplier nanos;
  private final Supplier<List<Worker>> workers;
  private volatile long since;
  private volatile boolean busy;

  Health(LongSupplier nanos, Supplier<List<Worker>> workers) {
    this.nanos = nanos;
    this.workers = workers;
    this.since = nanos.getAsLong();
  }

  /** The main loop has nothing to do at this moment. */
  void idle() {
    since = nanos.getAsLong();
    busy = false;
  }

  /** The main loop begins a task. */
  void busy() {
    since = nanos.getAsLong();
    busy = true;
  }

  boolean isGood() {
    boolean loops = nanos.getAsLong() - since < (busy ? BUSY_NANOS : IDLE_NANOS);
    return loops
        && (busy || workers.get().stream().allMatch(worker -> worker.pipeline().isHealthy()));
  }
}
