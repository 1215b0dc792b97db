package io.runnel.testkit.fuzz;

/**
 * What {@code bench/fuzz} lets Jazzer call: one target, which property {@code runnel.fuzz.target}
 * names.
 */
public final class JazzerEntry {
  private static final FuzzTarget TARGET =
      FuzzTargets.named(System.getProperty("runnel.fuzz.target", ""));

  private JazzerEntry() {}

  /** Called before the first input: loading the target is not to count as its time. */
  public static void fuzzerInitialize() {
    if (TARGET.name().isEmpty()) {
      throw new IllegalStateException("a target has a name");
    }
  }

  /** Called with each input. */
  public static void fuzzerTestOneInput(byte[] input) throws Exception {
    if (input.length <= Mutator.MAX_BYTES) {
      TARGET.body().run(input);
    }
  }
}
