package io.runnel.plugins.input;

import static org.assertj.core.api.Assertions.assertThat;

import io.runnel.plugin.Input;
import io.runnel.plugins.BuiltinPlugins;
import io.runnel.testkit.TestContext;
import io.runnel.testkit.TestPlugins;
import java.util.Map;
import org.junit.jupiter.api.Test;

/** gc_stat and object_space. */
class RuntimeFiguresTest {
  @Test
  void gcStatEmitsNumbers() throws Exception {
    try (TestContext context = new TestContext(new BuiltinPlugins())) {
      Input input = TestPlugins.input(GcStatInput.TYPE, "tag gc\nemit_interval 0.05", context);
      input.start();
      Map<String, Object> figures = context.emitter().await(1).getFirst().record();
      input.stop();
      assertThat(figures).containsKeys("count", "time", "minor_gc_count", "major_gc_count");
      assertThat(figures.values()).allMatch(value -> value instanceof Number);
      assertThat((Long) figures.get("heap_live_bytes")).isPositive();
    }
  }

  @Test
  void objectSpaceEmitsTheMostFrequentClasses() throws Exception {
    try (TestContext context = new TestContext(new BuiltinPlugins())) {
      Input input =
          TestPlugins.input(ObjectSpaceInput.TYPE, "tag o\nemit_interval 0.05\ntop 5", context);
      input.start();
      Map<String, Object> counts = context.emitter().await(1).getFirst().record();
      input.stop();
      assertThat(counts).hasSize(5).containsKey("[B");
    }
  }

  @Test
  void readsAHistogram() {
    String text =
        " num     #instances         #bytes  class name (module)\n"
            + "-----------------\n"
            + "   1:           10          80  [B (java.base@25)\n"
            + "   2:           30          60  java.lang.String (java.base@25)\n"
            + "Total            40         140\n";
    assertThat(ObjectSpaceInput.counts(text, 1))
        .containsExactly(Map.entry("java.lang.String", 30L));
  }
}
