package io.runnel.testkit;

import io.runnel.config.ByteSize;
import io.runnel.event.Event;
import io.runnel.event.EventStream;
import io.runnel.event.EventTime;
import io.runnel.plugin.BufferConfig;
import io.runnel.plugin.BufferedOutput;
import io.runnel.plugin.FormatException;
import io.runnel.plugin.Formatter;
import io.runnel.plugin.Output;
import io.runnel.plugin.OutputContext;
import io.runnel.plugin.PluginCatalog;
import io.runnel.plugin.PluginType;
import java.time.Duration;
import java.time.ZoneOffset;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/** Runs one buffered output without its buffer: the test makes the chunks. Used by one thread. */
public final class OutputDriver implements AutoCloseable {
  /** Of all events: 2017-07-14T02:40:00.123456789Z. */
  public static final long TIME = EventTime.pack(1_500_000_000L, 123_456_789);

  private final TestContext context;
  private BufferedOutput output;
  private int chunks;

  public OutputDriver(PluginCatalog catalog, String... chunkKeys) {
    context = new TestContext(catalog).buffer(buffer(chunkKeys)).zone(ZoneOffset.UTC);
  }

  /** A buffer in memory with these keys; one with {@code time} has slices of a day. */
  public static BufferConfig buffer(String... chunkKeys) {
    List<String> keys = List.of(chunkKeys);
    return new BufferConfig(
        "memory",
        keys,
        keys.contains("time") ? Optional.of(Duration.ofDays(1)) : Optional.empty(),
        Duration.ofMinutes(10),
        true,
        "+00:00",
        "text",
        1,
        Duration.ofMinutes(1),
        Optional.empty(),
        new ByteSize(8 << 20));
  }

  public TestContext context() {
    return context;
  }

  /** Makes and starts the output; one that runs already is stopped. */
  public OutputDriver start(PluginType<?, OutputContext, Output> type, String config)
      throws Exception {
    stop();
    output = (BufferedOutput) TestPlugins.output(type, config, context);
    output.start();
    return this;
  }

  /** A chunk as the output wants it; each has an id of its own. */
  public MemoryChunk chunk(String tag, Map<?, ?>... records) throws FormatException {
    List<Event> events = new ArrayList<>();
    for (Map<?, ?> record : records) {
      Map<String, Object> copy = new LinkedHashMap<>();
      record.forEach((key, value) -> copy.put(key.toString(), value));
      events.add(new Event(TIME, copy));
    }
    return chunk(tag, events.toArray(Event[]::new));
  }

  /** Like {@link #chunk(String, Map...)}, with times. */
  public MemoryChunk chunk(String tag, Event... events) throws FormatException {
    EventStream stream = EventStream.of(List.of(events));
    Formatter formatter = output.chunkFormat();
    MemoryChunk chunk =
        formatter == null ? MemoryChunk.of(tag, stream) : MemoryChunk.of(tag, stream, formatter);
    byte[] id = chunk.id().clone();
    id[0] = (byte) chunks++;
    MemoryChunk numbered = chunk.withId(id);
    return context.buffer().hasTag() ? numbered : numbered.withTag(null);
  }

  public void write(MemoryChunk chunk) throws Exception {
    output.write(chunk);
  }

  /** As at the start, for a chunk that an earlier run has left a note of. */
  public boolean resume(MemoryChunk chunk) throws Exception {
    return output.resume(chunk);
  }

  /** Writes a chunk of these records. */
  public void write(String tag, Map<?, ?>... records) throws Exception {
    write(chunk(tag, records));
  }

  private void stop() {
    if (output != null) {
      output.stop();
      output.close();
    }
  }

  @Override
  public void close() {
    stop();
    context.close();
  }
}
