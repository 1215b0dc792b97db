package io.runnel.connectors.opentelemetry;

import java.io.IOException;
import java.time.Duration;

/** Leaves a server alone for as long as it has asked. Safe for use by several threads. */
final class Pause {
  /** A server that asks for more is asked again after this. */
  private static final Duration MOST = Duration.ofSeconds(60);

  private static final long NANOS_PER_MILLI = 1_000_000;

  private long until = System.nanoTime();
  private boolean stopped;

  /** The server wants no request before this time is over. */
  synchronized void ask(Duration time) {
    long wanted = System.nanoTime() + (time.compareTo(MOST) < 0 ? time : MOST).toNanos();
    if (wanted - until > 0) {
      until = wanted;
    }
  }

  /**
   * Returns when the server may be asked.
   *
   * @throws IOException where {@link #stop} comes first
   */
  synchronized void await() throws IOException, InterruptedException {
    for (long left = left(); left > 0; left = left()) {
      if (stopped) {
        throw new IOException("stopped while the server wants to be left alone");
      }
      wait(left / NANOS_PER_MILLI + 1);
    }
  }

  private long left() {
    return until - System.nanoTime();
  }

  synchronized void stop() {
    stopped = true;
    notifyAll();
  }
}
