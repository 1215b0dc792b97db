package io.runnel.buffer;

import java.util.Arrays;

/**
 * A bounded set of pairs of numbers, from which the oldest goes first. Flat arrays: 28 bytes for
 * each pair, and none before the first. Not safe for use by several threads.
 */
final class ReceiptTable {
  private static final int FIRST_CAPACITY = 256;

  private long[] ids = {};
  private long[] checks = {};
  private int[] times = {};
  private int[] next = {};
  private int[] buckets = {};
  private int oldest;
  private int size;

  /** What {@link #each} is told. */
  interface Visitor<E extends Exception> {
    void visit(long id, long check, int seconds) throws E;
  }

  int size() {
    return size;
  }

  /**
   * @param notBefore seconds since the epoch; what is older does not count
   */
  boolean contains(long id, long check, long notBefore) {
    if (size == 0) {
      return false;
    }
    for (int slot = buckets[bucket(id, check)]; slot >= 0; slot = next[slot]) {
      if (ids[slot] == id && checks[slot] == check) {
        return times[slot] >= notBefore;
      }
    }
    return false;
  }

  /** Adds a pair that is not there, or renews its time by adding it again. */
  void add(long id, long check, int seconds, int limit) {
    while (size > 0 && size >= limit) {
      removeOldest();
    }
    if (limit <= 0) {
      return;
    }
    if (size == ids.length) {
      grow(Math.max(FIRST_CAPACITY, size * 2));
    }
    int slot = (oldest + size) % ids.length;
    ids[slot] = id;
    checks[slot] = check;
    times[slot] = seconds;
    size++;
    link(slot);
  }

  private void link(int slot) {
    int bucket = bucket(ids[slot], checks[slot]);
    next[slot] = buckets[bucket];
    buckets[bucket] = slot;
  }

  /** The newest stands first in its bucket, so the oldest is the last one there. */
  private void removeOldest() {
    int bucket = bucket(ids[oldest], checks[oldest]);
    int slot = buckets[bucket];
    if (slot == oldest) {
      buckets[bucket] = -1;
    } else {
      while (next[slot] != oldest) {
        slot = next[slot];
      }
      next[slot] = -1;
    }
    oldest = (oldest + 1) % ids.length;
    size--;
  }

  private void grow(int capacity) {
    long[] oldIds = ids;
    long[] oldChecks = checks;
    int[] oldTimes = times;
    ids = new long[capacity];
    checks = new long[capacity];
    times = new int[capacity];
    next = new int[capacity];
    buckets = new int[capacity];
    Arrays.fill(buckets, -1);
    for (int i = 0; i < size; i++) {
      int from = (oldest + i) % oldIds.length;
      ids[i] = oldIds[from];
      checks[i] = oldChecks[from];
      times[i] = oldTimes[from];
      link(i);
    }
    oldest = 0;
  }

  private int bucket(long id, long check) {
    return (int) ((Mix.of(id, check) >>> 1) % buckets.length);
  }

  /** All pairs, the oldest first. */
  <E extends Exception> void each(Visitor<E> visitor) throws E {
    for (int i = 0; i < size; i++) {
      int slot = (oldest + i) % ids.length;
      visitor.visit(ids[slot], checks[slot], times[slot]);
    }
  }
}
