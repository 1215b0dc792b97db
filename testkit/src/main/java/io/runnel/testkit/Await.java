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
    long end = System.nanoTime() + deadline.toNanos();
    while (!condition.getAsBoolean()) {
      if (System.nanoTime() > end) {
        throw new AssertionError("after " + deadline.toMillis() + " ms: " + state.get());
      }
      try {
        Thread.sleep(PAUSE_MILLIS);
      } catch (InterruptedException e) {
        Thread.currentThread().interrupt();
        throw new AssertionError("interrupted: " + state.get(), e);
      }
    }
  }
}
