package io.runnel.delivery;

import java.util.random.RandomGenerator;

/**
 * From failures so far to the next wait; pure. Times are milliseconds.
 *
 * @param firstWait {@code retry_wait}
 * @param base {@code retry_exponential_backoff_base}; 1 for {@code retry_type periodic}
 * @param maxInterval {@code retry_max_interval}; {@link Long#MAX_VALUE} for none
 * @param maxTimes {@code retry_max_times}; {@link Integer#MAX_VALUE} for none
 * @param timeout {@code retry_timeout}
 * @param forever {@code retry_forever}: neither limit holds, and no secondary
 * @param randomize {@code retry_randomize}
 * @param periodic {@code retry_type periodic}
 * @param secondaryThreshold {@code retry_secondary_threshold}
 */
public record RetryPolicy(
    long firstWait,
    double base,
    long maxInterval,
    int maxTimes,
    long timeout,
    boolean forever,
    boolean randomize,
    boolean periodic,
    double secondaryThreshold) {
  /** Waits vary by so much to both sides (Fluentd's randomize_width). */
  private static final double WIDTH = 0.125;

  /** Steps that are added up for {@link #secondaryAfter}; beyond it no real configuration goes. */
  private static final int MAX_SUM = 100_000;

  /**
   * The wait after a failure.
   *
   * @param steps failures before it, since the first or since the secondary took over
   */
  long waitAfter(int steps, RandomGenerator random) {
    double interval = plainWait(steps);
    boolean vary = randomize && (periodic || steps > 0);
    if (vary) {
      interval *= 1 - WIDTH + 2 * WIDTH * random.nextDouble();
    }
    return (long) Math.min(interval, Long.MAX_VALUE / 4.0);
  }

  private double plainWait(int steps) {
    double interval = periodic ? firstWait : firstWait * Math.pow(base, steps);
    return Math.min(interval, maxInterval);
  }

  /** The time since the first failure after which the secondary is used. */
  long secondaryAfter() {
    double total = timeout;
    if (maxTimes != Integer.MAX_VALUE) {
      double sum = 0;
      for (int step = 0; step < Math.min(maxTimes, MAX_SUM) && sum < timeout; step++) {
        sum += plainWait(step);
      }
      total = Math.min(total, sum);
    }
    return (long) (total * secondaryThreshold);
  }
}
