package io.runnel.testkit.fuzz;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.stream.Stream;
import org.junit.jupiter.api.DynamicTest;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestFactory;
import org.junit.jupiter.api.io.TempDir;

/** Every decoder of the core, for a short time each; {@code bench/fuzz} for longer. */
class CoreFuzzTest {
  @TempDir Path dir;

  @TestFactory
  Stream<DynamicTest> decoders() {
    return FuzzTargets.all().stream()
        .map(
            target ->
                DynamicTest.dynamicTest(
                    target.name(),
                    () -> {
                      Fuzzer fuzzer = new Fuzzer(target, Path.of("src/test/fuzz"));
                      Fuzzer.Figures figures = fuzzer.run();
                      System.out.printf(
                          "fuzz %s: %d inputs, %d outcomes%n",
                          target.name(), figures.inputs(), figures.outcomes());
                      assertThat(figures.inputs()).isPositive();
                    }));
  }

  @Test
  void aFindingIsSavedAndNamed() {
    FuzzTarget target =
        FuzzTarget.of(
            "broken",
            List.of("abc"),
            List.of("boom"),
            input -> {
              if (new String(input, java.nio.charset.StandardCharsets.ISO_8859_1)
                  .contains("boom")) {
                throw new IllegalStateException("found");
              }
              return 0;
            });
    assertThatThrownBy(() -> new Fuzzer(target, dir).run())
        .isInstanceOf(AssertionError.class)
        .hasMessageContaining("found")
        .hasMessageContaining("bench/fuzz broken ");
  }

  @Test
  void whatWasAFindingIsTriedFirst() throws Exception {
    Path known = Files.createDirectories(dir.resolve("known"));
    Files.writeString(known.resolve("one"), "once");
    FuzzTarget target =
        FuzzTarget.of(
            "known",
            List.of("abc"),
            List.of(),
            input -> {
              if (new String(input, java.nio.charset.StandardCharsets.ISO_8859_1).equals("once")) {
                throw new IllegalStateException("found");
              }
              return 0;
            });
    assertThatThrownBy(() -> new Fuzzer(target, dir).run()).hasMessageContaining("input 1 ");
  }

  @Test
  void hugeAllocationsAreFindings() {
    FuzzTarget target =
        FuzzTarget.of("bomb", List.of("x"), List.of(), input -> new byte[300 << 20].length);
    assertThatThrownBy(() -> new Fuzzer(target, dir).run()).hasMessageContaining("of memory");
  }
}
