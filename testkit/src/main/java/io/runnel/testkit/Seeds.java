package io.runnel.testkit;

import java.time.Duration;

/**
 * Runs a simulation with one seed after the other. {@code -Drunnel.seed=N} runs that one alone,
 * {@code -Drunnel.seeds=N} so many, with no limit on the time.
 */
public final class Seeds {
  private static final Long ONLY = Long.getLong("runnel.seed");
  private static final Integer COUNT = Integer.getInteger("runnel.seeds");

  private Seeds() {}

  /** One run of a simulation. */
  @FunctionalInterface
  public interface Simulation {
    /**
     * @return the number of faults that were injected
     */
    long run(long seed) throws Exception;
  }

  /** What was run. */
  public record Figures(long seeds, long faults) {}

  /**
   * @param test the class, for the command that runs a seed again
   * @param first the first seed
   * @param count how many at most
   * @param budget no further one is begun after this time
   * @throws AssertionError with the seed and how to run it again
   */
  public static Figures each(
      Class<?> test, long first, int count, Duration budget, Simulation simulation) {
    long end = System.nanoTime() + budget.toNanos();
    long seeds = 0;
    long faults = 0;
    long from = ONLY != null ? ONLY : first;
    long to = ONLY != null ? ONLY + 1 : first + (COUNT != null ? COUNT : count);
    boolean unlimited = ONLY != null || COUNT != null;
    for (long seed = from; seed < to && (unlimited || System.nanoTime() < end); seed++) {
      try {
        faults += simulation.run(seed);
        seeds++;
      } catch (Exception | Error e) {
        throw new AssertionError(
            "seed %d: %s%nagain: mvn -Dfast test -Dtest=%s -Drunnel.seed=%d"
                    .formatted(seed, e.getMessage(), test.getSimpleName(), seed)
                + " -Dsurefire.failIfNoSpecifiedTests=false",
            e);
      }
    }
    System.out.printf("%s: %d seeds, %d faults%n", test.getSimpleName(), seeds, faults);
    return new Figures(seeds, faults);
  }
}
