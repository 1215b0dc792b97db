package io.runnel.plugins.output;

/**
 * Tells from the gaps between signs of life how likely it is that a node is dead (the phi accrual
 * failure detector, in the form that Fluentd's out_forward uses). Not safe for use by several
 * threads at once.
 *
 * <p>phi = t / (mean × ln 10), where t is the time since the last sign and mean a moving average of
 * up to 1000 gaps in which later ones weigh more (the i-th weighs i); both are shifted so that a
 * gap of one heartbeat interval counts as one second.
 */
final class FailureDetector {
  private static final int SAMPLES = 1000;
  private static final double PHI_FACTOR = 1 / Math.log(10);
  private static final double SECOND = 1e9;

  private final long intervalNanos;
  private final long hardTimeoutNanos;
  private final long[] gaps = new long[SAMPLES];
  private int first;
  private int size;
  private double sum;
  private double weighted;
  private long last;

  /**
   * @param now monotonic nanoseconds, as everywhere here
   */
  FailureDetector(long intervalNanos, long hardTimeoutNanos, long now) {
    this.intervalNanos = intervalNanos;
    this.hardTimeoutNanos = hardTimeoutNanos;
    this.last = now;
    push(intervalNanos);
  }

  /** Counts a sign of life. */
  void add(long now) {
    push(size == 0 ? intervalNanos : now - last);
    last = now;
  }

  private void push(long gap) {
    if (size == SAMPLES) {
      weighted -= sum; // every sample moves one place down, the first one out
      sum -= gaps[first];
      first = (first + 1) % SAMPLES;
      size--;
    }
    gaps[(first + size) % SAMPLES] = gap;
    size++;
    sum += gap;
    weighted += (double) gap * size;
  }

  boolean hardTimeout(long now) {
    return now - last > hardTimeoutNanos;
  }

  /** How sure it is that the node is dead: 16 stands for a chance of 10^-16 to be wrong. */
  double phi(long now) {
    if (size == 0) {
      return 0;
    }
    double mean = weighted / (size * (size + 1L) / 2.0);
    double normal = (mean - intervalNanos) / SECOND + 1;
    double since = (now - last - intervalNanos) / SECOND + 1;
    return PHI_FACTOR * since / normal;
  }

  /** The number of signs of life since the last {@link #clear}, at most 1000. */
  int samples() {
    return size;
  }

  /** Forgets all: the node has to show itself for a while before it counts as alive. */
  void clear(long now) {
    size = 0;
    first = 0;
    sum = 0;
    weighted = 0;
    last = now;
  }
}
