package io.runnel.plugins.output;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.runnel.config.ConfigException;
import io.runnel.event.EventBuilder;
import io.runnel.event.EventStream;
import io.runnel.event.EventTime;
import io.runnel.event.MsgpackReader;
import io.runnel.plugin.EmitException;
import io.runnel.plugin.EventSink;
import io.runnel.plugin.Output;
import io.runnel.plugin.OutputContext;
import io.runnel.plugin.PluginType;
import io.runnel.testkit.Emitted;
import io.runnel.testkit.MemoryChunk;
import io.runnel.testkit.TestContext;
import io.runnel.testkit.TestPlugins;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;

/** stdout, null, relabel, buffer. */
class SmallOutputsTest {
  private static final long TIME = EventTime.pack(1_700_000_000L, 0);

  private final TestContext context =
      new TestContext(new FakeFormats()).buffer(Buffers.keys("tag"));

  private static EventStream stream(String... values) {
    EventBuilder builder = new EventBuilder();
    for (String value : values) {
      builder.add(TIME, Map.of("v", value));
    }
    return builder.take();
  }

  private <C> Output output(PluginType<C, OutputContext, Output> type, String config) {
    return TestPlugins.output(type, config, context);
  }

  @Test
  void stdoutPrintsIntoTheLog() throws Exception {
    StdoutOutput output =
        (StdoutOutput) output(StdoutOutput.TYPE, "<inject>\ntag_key t\n</inject>");
    output.process("app", stream("a", "b"));
    assertThat(context.log().rawText())
        .isEqualTo("1700000000 app {v=a, t=app}\n1700000000 app {v=b, t=app}\n");
  }

  @Test
  void stdoutPrintsChunksInWholeLines() throws Exception {
    StdoutOutput output = (StdoutOutput) output(StdoutOutput.TYPE, "");
    String text = ("x".repeat(99) + "\n").repeat(2_000);
    output.write(MemoryChunk.ofContent(text.getBytes(UTF_8), 2_000));
    assertThat(context.log().rawText()).isEqualTo(text);
  }

  @Test
  void nullDropsEventsAndFailsToFlushWhereAsked() throws Exception {
    NullOutput output = (NullOutput) output(NullOutput.TYPE, "");
    output.process("app", stream("a"));
    output.write(MemoryChunk.of("app", stream("a")));
    NullOutput never = (NullOutput) output(NullOutput.TYPE, "never_flush true");
    assertThatThrownBy(() -> never.write(MemoryChunk.of("app", stream("a"))))
        .hasMessage("failed to flush");
  }

  @Test
  void relabelSendsEventsOnAndNeedsALabel() {
    RelabelOutput output = (RelabelOutput) output(RelabelOutput.TYPE, "@label @X");
    output.process("app", stream("a"));
    assertThat(context.emitter().events())
        .containsExactly(Emitted.of("app", 1_700_000_000L, Map.of("v", "a")));
    assertThatThrownBy(() -> output(RelabelOutput.TYPE, ""))
        .isInstanceOf(ConfigException.class)
        .hasMessageStartingWith("'@label' parameter is required for relabel output");
  }

  @Test
  void bufferSendsChunksOnAndCommitsThem() throws Exception {
    BufferOutput output = (BufferOutput) output(BufferOutput.TYPE, "@label @X");
    output.write(MemoryChunk.of("app", stream("a", "b")));
    assertThat(context.emitter().records()).containsExactly(Map.of("v", "a"), Map.of("v", "b"));
    context.emitter().refuseCommit(new EmitException("disk full"));
    assertThatThrownBy(() -> output.write(MemoryChunk.of("app", stream("c"))))
        .hasMessage("disk full");
  }

  @Test
  void weightsAreKeptAndSpreadEvenly() {
    WeightedRoundRobin<String> turns =
        new WeightedRoundRobin<>(List.of("a", "b", "c"), List.of(2, 1, 0));
    StringBuilder order = new StringBuilder();
    for (int i = 0; i < 6; i++) {
      order.append(turns.next());
    }
    assertThat(order).hasToString("abaaba");
    assertThat(turns.nextThenOthers()).containsExactly("a", "b");
    assertThat(new WeightedRoundRobin<EventSink>(List.of(), List.of()).next()).isNull();
  }

  @Test
  void tooManyKeysAndTheTimeFieldOfTreasureData() throws Exception {
    TdRecordFormat format = new TdRecordFormat();
    MemoryChunk chunk =
        MemoryChunk.of(
            "t", TestPlugins.stream(TIME, Map.of("time", "text"), Map.of("a", 1)), format);
    var reader = new MsgpackReader(chunk.content());
    assertThat(reader.readValue()).isEqualTo(Map.of("time", 1_700_000_000L));
    assertThat(reader.readValue()).isEqualTo(Map.of("a", 1L, "time", 1_700_000_000L));
    Map<String, Object> wide = new HashMap<>();
    for (int i = 0; i < 512; i++) {
      wide.put("k" + i, i);
    }
    assertThatThrownBy(() -> MemoryChunk.of("t", TestPlugins.stream(TIME, wide), format))
        .hasMessage("too many number of keys (513 keys)");
  }

  @Test
  void withoutTheLoggerStdoutPrintsBesideTheLog() throws Exception {
    StdoutOutput output = (StdoutOutput) output(StdoutOutput.TYPE, "use_logger false");
    output.process("app", stream("printed by a test"));
    assertThat(context.log().rawText()).isEmpty();
  }
}
