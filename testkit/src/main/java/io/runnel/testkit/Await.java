package io.runnel.testkit;

import java.time.Duration;
import java.util.function.BooleanSupplier;
import java.util.function.Supplier;

/** Waiting for what happens in another thread, with a deadline. */
public final class Await {
  /**
   * Long enough for a loaded machine; only a failing test waits that long. {@code
   * scripts/check-parameters}, which makes tests fail on purpose, has less patience.
   */
  public static final Duration DEADLINE =
      Duration.ofSeconds(Integer.getInteger("runnel.test.patience", 20));

  private static final long PAUSE_MILLIS = 2;
  private static final long MOST_PAUSE_MILLIS = 200;

  private Await() {}

  /**
   * Waits until a condition holds.
   *
   * @throws AssertionError after {@link #DEADLINE}
   */
  public static void await(BooleanSupplier condition) {
    await(DEADLINE, () -> "the condition still does not hold", condition);
  }

  public static void await(Duration deadline, BooleanSupplier condition) {
    await(deadline, () -> "the condition still does not hold", condition);
  }

  /**
   * @param state says what is there instead, for the message of the failure
   */
  public static void await(Duration deadline, Supplier<String> state, BooleanSupplier condition) {
    long began = System.nanoTime();
    long end = began + deadline.toNanos();
    while (!condition.getAsBoolean()) {
      long now = System.nanoTime();
      if (now > end) {
        throw new AssertionError("after " + deadline.toMillis() + " ms: " + state.get());
      }
      try {
        // A condition that is costly to look at leaves the machine to what it waits for.
        long cost = (now - began) / 1_000_000;
        Thread.sleep(Math.clamp(cost * 4, PAUSE_MILLIS, MOST_PAUSE_MILLIS));
      } catch (InterruptedException e) {
        Thread.currentThread().interrupt();
        throw new AssertionError("interrupted: " + state.get(), e);
      }
      began = System.nanoTime();
    }
  }
}
