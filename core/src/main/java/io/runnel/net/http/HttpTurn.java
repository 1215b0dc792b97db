package io.runnel.net.http;

import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.atomic.AtomicInteger;

/**
 * One thread's time as the leader of an {@link HttpLoop}. Whose the loop is, is decided by compare
 * and set: the leader says when it enters and leaves code that may block, and a watcher may take
 * the loop in between.
 */
final class HttpTurn {
  private static final int LEADING = 0;
  private static final int HANDLING = 1;
  private static final int LOST = 2;

  /**
   * The connections whose requests were handled and are not answered; the leader's thread alone.
   */
  final List<HttpPeer> taken = new ArrayList<>();

  private final AtomicInteger state = new AtomicInteger();
  private volatile long since;

  /** Before code that may block. */
  void enter() {
    since = System.nanoTime();
    state.set(HANDLING);
  }

  /** After it; false where the loop is another's now. */
  boolean leave() {
    return state.compareAndSet(HANDLING, LEADING);
  }

  /** When the leader entered last, nanoseconds. */
  long since() {
    return since;
  }

  /** True where the leader has been in there for longer than that. */
  boolean isStalled(long now, long nanos) {
    return state.get() == HANDLING && now - since > nanos;
  }

  /** Takes the loop from a leader that has not come back; false where it just has. */
  boolean lose() {
    return state.compareAndSet(HANDLING, LOST);
  }
}
