package io.runnel.delivery;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.Random;
import org.junit.jupiter.api.Test;

class RetryTest {
  private static final int NONE = Integer.MAX_VALUE;

  private static RetryPolicy exponential(long maxInterval, int maxTimes, long timeout) {
    return new RetryPolicy(1000, 2, maxInterval, maxTimes, timeout, false, false, false, 0.8);
  }

  /** Fails until the limit and returns the waits. */
  private static long[] waits(RetryPolicy policy, boolean secondary, int steps) {
    long now = 1_000_000;
    RetryState state = new RetryState(policy, secondary, now, new Random(1));
    long[] waits = new long[steps];
    for (int i = 0; i < steps; i++) {
      waits[i] = state.nextTime() - now;
      now = state.nextTime();
      state.failed(now);
    }
    return waits;
  }

  @Test
  void waitsDouble() {
    assertThat(waits(exponential(Long.MAX_VALUE, NONE, 1_000_000), false, 5))
        .containsExactly(1000, 2000, 4000, 8000, 16_000);
  }

  @Test
  void waitsStopAtTheLargest() {
    assertThat(waits(exponential(5000, NONE, 1_000_000), false, 5))
        .containsExactly(1000, 2000, 4000, 5000, 5000);
  }

  @Test
  void periodicWaitsAreEqual() {
    RetryPolicy policy =
        new RetryPolicy(200, 1, Long.MAX_VALUE, NONE, 1_000_000, false, false, true, 0.8);
    assertThat(waits(policy, false, 4)).containsExactly(200, 200, 200, 200);
  }

  @Test
  void randomWaitsAreWithinAnEighthAndTheFirstIsExact() {
    RetryPolicy policy =
        new RetryPolicy(1000, 2, Long.MAX_VALUE, NONE, 1 << 30, false, true, false, 0.8);
    long[] waits = waits(policy, false, 10);
    assertThat(waits[0]).isEqualTo(1000);
    for (int i = 1; i < waits.length; i++) {
      assertThat(waits[i]).isBetween((875L << i) - 1, 1125L << i);
    }
    assertThat(waits[9] % 1000).isNotZero();
  }

  @Test
  void theLastTryIsAtTheTimeout() {
    RetryState state =
        new RetryState(exponential(Long.MAX_VALUE, NONE, 10_000), false, 0, new Random());
    long now = 0;
    for (int i = 0; i < 3; i++) {
      now = state.nextTime();
      state.failed(now);
      assertThat(state.isLimitReached(now)).isFalse();
    }
    assertThat(state.nextTime()).isEqualTo(10_000); // 7000 + 8000 is later
    state.failed(10_000);
    assertThat(state.isLimitReached(10_000)).isTrue();
  }

  @Test
  void theNumberOfRetriesIsALimit() {
    RetryState state =
        new RetryState(exponential(Long.MAX_VALUE, 2, 1 << 30), false, 0, new Random());
    assertThat(state.isLimitReached(0)).isFalse();
    state.failed(state.nextTime());
    assertThat(state.isLimitReached(1000)).isFalse();
    state.failed(state.nextTime());
    assertThat(state.isLimitReached(3000)).isTrue();
  }

  @Test
  void retryForeverHasNoLimit() {
    RetryPolicy policy = new RetryPolicy(1000, 2, 4000, 1, 5000, true, false, false, 0.8);
    RetryState state = new RetryState(policy, true, 0, new Random());
    for (int i = 0; i < 1000; i++) {
      state.failed(state.nextTime());
    }
    assertThat(state.isLimitReached(state.nextTime())).isFalse();
    assertThat(state.isSecondary(state.nextTime())).isFalse();
  }

  @Test
  void failuresOfOneRoundCountOnce() {
    RetryState state =
        new RetryState(exponential(Long.MAX_VALUE, 10, 1 << 30), false, 0, new Random());
    state.failed(0);
    state.failed(10);
    assertThat(state.steps()).isZero();
    state.failed(1000);
    assertThat(state.steps()).isEqualTo(1);
  }

  @Test
  void theSecondaryTakesOverAndWaitsBeginAgain() {
    RetryPolicy policy = exponential(Long.MAX_VALUE, NONE, 10_000);
    assertThat(policy.secondaryAfter()).isEqualTo(8000);
    assertThat(waits(policy, true, 6)).containsExactly(1000, 2000, 4000, 1000, 1000, 1000);
    RetryPolicy byTimes = exponential(Long.MAX_VALUE, 4, 1 << 30);
    assertThat(byTimes.secondaryAfter()).isEqualTo(12_000); // 0.8 × (1 + 2 + 4 + 8) s
    RetryState state = new RetryState(policy, true, 0, new Random());
    assertThat(state.isSecondary(7999)).isFalse();
    assertThat(state.isSecondary(8000)).isTrue();
  }

  @Test
  void hugeWaitsDoNotOverflow() {
    RetryPolicy policy =
        new RetryPolicy(
            1000, 10, Long.MAX_VALUE, NONE, Long.MAX_VALUE / 2, true, false, false, 0.8);
    RetryState state = new RetryState(policy, false, 1_700_000_000_000L, new Random());
    for (int i = 0; i < 400; i++) {
      long before = state.nextTime();
      state.failed(before);
      assertThat(state.nextTime()).isGreaterThanOrEqualTo(before);
    }
  }
}
