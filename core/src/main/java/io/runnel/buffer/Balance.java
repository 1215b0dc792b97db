package io.runnel.buffer;

import java.util.LinkedHashMap;
import java.util.Map;

/**
 * The books of a buffer at one instant, over all its runs: {@code in} is always the sum of what is
 * buffered and of every fate.
 *
 * @param in events that were taken in
 * @param buffered events that are here
 * @param removed events by {@link Fate}
 * @param inThisRun events that were taken in or found since the process began
 * @param resumed those of them that an earlier run has left
 * @param removedInThisRun as {@code removed}, since the process began
 */
public record Balance(
    long in, long buffered, long[] removed, long inThisRun, long resumed, long[] removedInThisRun) {
  public long removed(Fate fate) {
    return removed[fate.ordinal()];
  }

  public long removedInThisRun(Fate fate) {
    return removedInThisRun[fate.ordinal()];
  }

  /** The books of two buffers together, over all runs. */
  public Balance plus(Balance other) {
    long[] both = removed.clone();
    for (int i = 0; i < both.length; i++) {
      both[i] += other.removed[i];
    }
    return new Balance(in + other.in, buffered + other.buffered, both, 0, 0, new long[both.length]);
  }

  /** What is missing: 0 where the books balance. */
  public long missing() {
    long sum = buffered;
    for (long each : removed) {
      sum += each;
    }
    return in - sum;
  }

  /** The figures by name: {@code in}, {@code buffered}, the fates; drops only where there are. */
  public Map<String, Long> figures() {
    Map<String, Long> figures = new LinkedHashMap<>();
    figures.put("in", in);
    figures.put("buffered", buffered);
    for (Fate fate : Fate.values()) {
      if (!fate.isDropped() || removed(fate) > 0) {
        figures.put(fate.text(), removed(fate));
      }
    }
    return figures;
  }
}
