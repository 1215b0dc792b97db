package io.runnel.delivery;

import java.util.random.RandomGenerator;

/**
 * The retries of one output since its first failure; gone with the next success. Not safe for use
 * by several threads. Times are milliseconds since the epoch.
 */
final class RetryState {
  private final RetryPolicy policy;
  private final RandomGenerator random;
  private final long start;
  private final long timeoutAt;
  private final long secondaryAt;
  private int steps;
  private int secondarySteps = -1;
  private long nextTime;

  RetryState(RetryPolicy policy, boolean hasSecondary, long now, RandomGenerator random) {
    this.policy = policy;
    this.random = random;
    this.start = now;
    this.timeoutAt = saturated(now, policy.timeout());
    this.secondaryAt =
        hasSecondary && !policy.forever()
            ? saturated(now, policy.secondaryAfter())
            : Long.MAX_VALUE;
    plan(now);
  }

  private static long saturated(long time, long more) {
    return more > Long.MAX_VALUE / 2 - time ? Long.MAX_VALUE / 2 : time + more;
  }

  /** Counts one more failure, unless it belongs to a try that was under way with the last one. */
  void failed(long now) {
    if (now >= nextTime) {
      steps++;
      if (secondarySteps < 0 && now >= secondaryAt) {
        secondarySteps = steps;
      }
      plan(now);
    }
  }

  private void plan(long now) {
    long next = saturated(now, policy.waitAfter(steps - Math.max(0, secondarySteps), random));
    if (!policy.forever()) {
      if (secondarySteps < 0) {
        next = Math.min(next, secondaryAt);
      }
      next = Math.min(next, timeoutAt); // one last try when the time is over
    }
    nextTime = Math.max(next, now);
  }

  boolean isLimitReached(long now) {
    return !policy.forever() && (steps >= policy.maxTimes() || now >= timeoutAt);
  }

  boolean isSecondary(long now) {
    return secondarySteps >= 0 || now >= secondaryAt;
  }

  /** Lets the next try happen now. */
  void hurry(long now) {
    nextTime = Math.min(nextTime, now);
  }

  long start() {
    return start;
  }

  int steps() {
    return steps;
  }

  long nextTime() {
    return nextTime;
  }
}
