package io.runnel.connectors.kafka;

import io.runnel.host.Clock;

/** Holds the threads of an output back to so many bytes in a second. */
final class SendRate {
  private static final long SECOND = 1_000_000_000L;

  private final long limit;
  private final Clock clock;
  private long begun;
  private long bytes;

  /**
   * @param limit bytes in a second; {@link Long#MAX_VALUE} for no limit
   */
  SendRate(long limit, Clock clock) {
    this.limit = limit;
    this.clock = clock;
    this.begun = clock.nanos();
  }

  /** Waits until so many bytes may be sent; a message above the limit has a second of its own. */
  void await(int count) throws InterruptedException {
    if (limit == Long.MAX_VALUE) {
      return;
    }
    long wait = reserve(count);
    if (wait > 0) {
      clock.sleep(wait);
    }
  }

  private synchronized long reserve(int count) {
    long now = clock.nanos();
    if (now - begun >= SECOND) {
      begun = now;
      bytes = 0;
    } else if (bytes > 0 && bytes + count > limit) {
      begun += SECOND; // those who come meanwhile count for the same second
      bytes = 0;
    }
    bytes += count;
    return Math.max(0, begun - now);
  }
}
