package io.runnel.host;

import java.util.concurrent.atomic.AtomicLong;

/**
 * Bytes of memory that all of one kind may take together, whoever comes first. Safe for use by
 * several threads.
 */
public final class MemoryBudget {
  private final long total;
  private final AtomicLong left;

  public MemoryBudget(long bytes) {
    total = bytes;
    left = new AtomicLong(bytes);
  }

  public long total() {
    return total;
  }

  /** Bytes that are taken now. */
  public long used() {
    return total - left.get();
  }

  /** True where more than half is taken: what is only convenient should be left alone. */
  public boolean isScarce() {
    return left.get() < total / 2;
  }

  /** Takes all of it or nothing. */
  public boolean take(long bytes) {
    if (left.addAndGet(-bytes) >= 0) {
      return true;
    }
    left.addAndGet(bytes);
    return false;
  }

  public void give(long bytes) {
    left.addAndGet(bytes);
  }
}
