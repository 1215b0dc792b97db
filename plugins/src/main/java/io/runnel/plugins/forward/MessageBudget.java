package io.runnel.plugins.forward;

import java.util.concurrent.atomic.AtomicLong;

/**
 * The memory that unfinished messages of all connections of a server may take together. Buffers of
 * ordinary size are free. Safe for use by several threads.
 */
public final class MessageBudget {
  /** Up to here a connection's buffer is not counted. */
  static final int FREE_BYTES = 1024 * 1024;

  private final AtomicLong left;
  private final long total;

  public MessageBudget(long bytes) {
    total = bytes;
    left = new AtomicLong(bytes);
  }

  /** A quarter of the heap: the events must fit a second time, into buffers. */
  public static MessageBudget ofHeap() {
    return new MessageBudget(Runtime.getRuntime().maxMemory() / 4);
  }

  long total() {
    return total;
  }

  boolean take(long bytes) {
    if (left.addAndGet(-bytes) >= 0) {
      return true;
    }
    left.addAndGet(bytes);
    return false;
  }

  void give(long bytes) {
    left.addAndGet(bytes);
  }
}
