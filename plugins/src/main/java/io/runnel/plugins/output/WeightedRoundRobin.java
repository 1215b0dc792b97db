package io.runnel.plugins.output;

import java.util.ArrayList;
import java.util.List;

/**
 * Takes items in turn so that each comes up in proportion to its weight, evenly spread ("smooth"
 * weighted round robin: each turn every item gains its weight, the richest one is taken and pays
 * the sum of all weights). Needs no list as long as the sum of the weights. Safe for use by several
 * threads at once.
 *
 * @param <T> the items
 */
final class WeightedRoundRobin<T> {
  private final List<T> items;
  private final long[] weights;
  private final long[] credits;
  private final long sum;

  /**
   * @param weights one for each item, 0 for items that never get a turn
   */
  WeightedRoundRobin(List<T> items, List<Integer> weights) {
    this.items = List.copyOf(items);
    this.weights = weights.stream().mapToLong(weight -> Math.max(0, weight)).toArray();
    this.credits = new long[items.size()];
    long total = 0;
    for (long weight : this.weights) {
      total += weight;
    }
    this.sum = total;
  }

  boolean isEmpty() {
    return sum == 0;
  }

  /** The next item; null where all weights are 0. */
  synchronized T next() {
    int best = -1;
    for (int i = 0; i < weights.length; i++) {
      credits[i] += weights[i];
      if (weights[i] > 0 && (best < 0 || credits[i] > credits[best])) {
        best = i;
      }
    }
    if (best < 0) {
      return null;
    }
    credits[best] -= sum;
    return items.get(best);
  }

  /** The item whose turn it is, then all others that may get a turn: the order of trying. */
  List<T> nextThenOthers() {
    T first = next();
    if (first == null) {
      return List.of();
    }
    int start = items.indexOf(first);
    List<T> order = new ArrayList<>(items.size());
    for (int i = 0; i < items.size(); i++) {
      int at = (start + i) % items.size();
      if (weights[at] > 0) {
        order.add(items.get(at));
      }
    }
    return order;
  }
}
