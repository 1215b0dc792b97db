package io.runnel.plugins;

import static org.assertj.core.api.Assertions.assertThat;

import io.runnel.testkit.fuzz.FuzzTargets;
import io.runnel.testkit.fuzz.Fuzzer;
import java.nio.file.Path;
import java.util.stream.Stream;
import org.junit.jupiter.api.DynamicTest;
import org.junit.jupiter.api.TestFactory;

/** Every decoder of the plugins, for a short time each; {@code bench/fuzz} for longer. */
class PluginsFuzzTest {
  @TestFactory
  Stream<DynamicTest> decoders() {
    return FuzzTargets.all().stream()
        .map(
            target ->
                DynamicTest.dynamicTest(
                    target.name(),
                    () -> {
                      Fuzzer.Figures figures = new Fuzzer(target, Path.of("src/test/fuzz")).run();
                      System.out.printf(
                          "fuzz %s: %d inputs, %d outcomes%n",
                          target.name(), figures.inputs(), figures.outcomes());
                      assertThat(figures.inputs()).isPositive();
                    }));
  }
}
