package io.runnel.ruby;

/** One evaluation: the variables, and what it has cost so far. Belongs to one thread. */
final class Run {
  final RubyScope scope;
  final Object[] slots;

  /** What {@code $~} and {@code $1} refer to. */
  RubyMatch lastMatch;

  private int steps;

  Run(RubyScope scope, int slots) {
    this.scope = scope;
    this.slots = new Object[slots];
  }

  void step() {
    if (++steps > Limits.STEPS) {
      throw new RubyLimitException("expression takes more than " + Limits.STEPS + " steps");
    }
  }
}
