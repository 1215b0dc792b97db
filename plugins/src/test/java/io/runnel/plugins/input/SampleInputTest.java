package io.runnel.plugins.input;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.runnel.config.ConfigException;
import io.runnel.plugin.Input;
import io.runnel.plugins.BuiltinPlugins;
import io.runnel.testkit.TestContext;
import io.runnel.testkit.TestPlugins;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class SampleInputTest {
  @TempDir Path dir;
  private final TestContext context = new TestContext(new BuiltinPlugins());
  private Input input;

  @AfterEach
  void stop() {
    if (input != null) {
      input.stop();
      input.close();
    }
    context.close();
  }

  private void start(String config) throws Exception {
    input = TestPlugins.input(SampleInput.TYPE, config, context);
    input.start();
  }

  @Test
  void emitsItsRecordsInTurnWithANumber() throws Exception {
    start(
        "tag t\nrate 100\nauto_increment_key id\nsample [{\"m\":\"a\"},{\"m\":\"b\",\"n\":[1,2]}]");
    context.emitter().await(4);
    assertThat(context.emitter().records().subList(0, 4))
        .containsExactly(
            Map.of("m", "a", "id", 0L),
            Map.of("m", "b", "n", List.of(1L, 2L), "id", 1L),
            Map.of("m", "a", "id", 2L),
            Map.of("m", "b", "n", List.of(1L, 2L), "id", 3L));
  }

  @Test
  void goesOnCountingAfterARestart() throws Exception {
    String config =
        "tag t\nrate 50\nauto_increment_key id\nsample {}\n<storage>\npath "
            + dir.resolve("s.json")
            + "\n</storage>";
    start(config);
    context.emitter().await(3);
    input.stop();
    input.close();
    int count = context.emitter().records().size();
    assertThat(Files.readString(dir.resolve("s.json")))
        .isEqualTo(
            "{\"increment_value\":0,\"dummy_index\":0,\"auto_increment_value\":"
                + (count - 1)
                + "}");
    start(config);
    context.emitter().await(count + 1);
    assertThat(context.emitter().records().get(count)).isEqualTo(Map.of("id", (long) count));
  }

  @Test
  void emitsSeveralEventsAtOnce() throws Exception {
    start("tag t\nrate 10\nsize 3\ndummy {\"hello\":\"world\"}");
    context.emitter().await(3);
    assertThat(context.emitter().batches().getFirst()).isEqualTo(3);
  }

  @Test
  void refusesWhatIsNoRecord() {
    assertThatThrownBy(() -> start("tag t\nsample [1]"))
        .isInstanceOf(ConfigException.class)
        .hasMessageContaining("0th element of sample, 1, is not a hash");
    assertThatThrownBy(() -> start("tag t\nsample '{'")).isInstanceOf(ConfigException.class);
  }
}
