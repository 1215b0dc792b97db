package io.runnel.ruby;

/**
 * How much one evaluation may cost: an expression runs for each event, and a mistake in it must not
 * stop the collector.
 */
final class Limits {
  /** Calls and rounds of loops of one evaluation; real expressions need some ten. */
  static final int STEPS = 1_000_000;

  /** Time of one evaluation: far above what any sensible expression takes. */
  static final int MILLIS = 2000;

  /** Characters of one string. */
  static final int CHARACTERS = 4 << 20;

  /** Members of one array. */
  static final int MEMBERS = 1_000_000;

  /** Bits of one integer. */
  static final int BITS = 1 << 14;

  private Limits() {}

  static void characters(long count) {
    if (count > CHARACTERS) {
      throw new RubyLimitException("string is longer than " + CHARACTERS + " characters");
    }
  }

  static void members(long count) {
    if (count > MEMBERS) {
      throw new RubyLimitException("array is longer than " + MEMBERS);
    }
  }

  static void bits(long count) {
    if (count > BITS) {
      throw new RubyLimitException("integer is larger than " + BITS + " bits");
    }
  }
}
