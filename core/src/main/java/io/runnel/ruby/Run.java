package io.runnel.ruby;

/** One evaluation: the variables, and what it has cost so far. Belongs to one thread. */
final class Run {
  final RubyScope scope;
  final Object[] slots;

  /** What {@code $~} and {@code $1} refer to. */
  RubyMatch lastMatch;

  private int steps;
  private long deadline;

  Run(RubyScope scope, int slots) {
    this.scope = scope;
    this.slots = new Object[slots];
  }

  /**
   * Counts a call or a round of a loop.
   *
   * @throws RubyLimitException where there were too many, or they took too long
   */
  void step() {
    steps++;
    if ((steps & 15) != 0) {
      return;
    }
    if (steps > Limits.STEPS) {
      throw new RubyLimitException("expression takes more than " + Limits.STEPS + " steps");
    }
    long now = System.nanoTime();
    if (deadline == 0) {
      deadline = now + Limits.MILLIS * 1_000_000L;
    } else if (now - deadline > 0) {
      throw new RubyLimitException("expression takes longer than " + Limits.MILLIS + " ms");
    }
  }
}
