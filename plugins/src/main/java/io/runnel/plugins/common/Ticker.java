package io.runnel.plugins.common;

import io.runnel.plugin.PluginContext;
import java.time.Duration;

/** Calls a task again and again until it is closed. */
public final class Ticker implements AutoCloseable {
  private static final long PATIENCE_MILLIS = 10_000;

  private final Thread thread;
  private volatile boolean closed;

  private Ticker(PluginContext context, String name, Duration interval, Runnable task) {
    long nanos = Math.max(1_000_000, interval.toNanos());
    thread =
        context.start(
            name,
            () -> {
              while (!closed) {
                try {
                  context.clock().sleep(nanos);
                } catch (InterruptedException e) {
                  return;
                }
                if (!closed) {
                  run(context, task);
                }
              }
            });
  }

  /** A fault of one call does not end the later ones. */
  private static void run(PluginContext context, Runnable task) {
    try {
      task.run();
    } catch (RuntimeException e) {
      context.log().error("unexpected error in a timer", e);
    }
  }

  /** Begins with a wait of {@code interval}. */
  public static Ticker start(PluginContext context, String name, Duration interval, Runnable task) {
    return new Ticker(context, name, interval, task);
  }

  /** Ends the calls; waits for one that is going on. */
  @Override
  public void close() {
    closed = true;
    thread.interrupt();
    try {
      thread.join(PATIENCE_MILLIS);
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    }
  }
}
