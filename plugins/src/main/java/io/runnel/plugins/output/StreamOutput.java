package io.runnel.plugins.output;

import io.runnel.config.ByteSize;
import io.runnel.config.ConfigElement;
import io.runnel.config.ConfigException;
import io.runnel.config.Default;
import io.runnel.config.Doc;
import io.runnel.config.LegacyParameters;
import io.runnel.event.Bytes;
import io.runnel.event.MsgpackWriter;
import io.runnel.plugin.BufferDefaults;
import io.runnel.plugin.BufferedOutput;
import io.runnel.plugin.Chunk;
import io.runnel.plugin.Formatter;
import io.runnel.plugin.Output;
import io.runnel.plugin.OutputContext;
import io.runnel.plugin.PluginType;
import io.runnel.plugins.client.ClientConnection;
import io.runnel.plugins.client.SendWatch;
import io.runnel.plugins.common.InjectConfig;
import io.runnel.plugins.common.Injector;
import java.io.IOException;
import java.time.Duration;
import java.util.List;
import java.util.Optional;
import java.util.function.BiFunction;

/**
 * Sends chunks as out_tcp and out_unix of v0.12 did: a connection for each chunk, one message
 * {@code [tag, entries]} on it, no answer. They differ in where they connect to.
 */
final class StreamOutput implements BufferedOutput {
  /** Opens a connection to the server. */
  interface Opener {
    ClientConnection open() throws IOException;
  }

  /** The parameters of both, inline in their own. */
  record Config(
      @Doc("Flat form of <buffer> @type.") @Default("memory") String bufferType,
      @Doc("Flat form of <buffer> flush_interval.") @Default("60") Duration flushInterval,
      @Doc("Flat form of <buffer> flush_thread_interval.") @Default("1") double tryFlushInterval,
      @Doc("Flat form of <buffer> retry_forever.") @Default("false") boolean disableRetryLimit,
      @Doc("Flat form of <buffer> retry_max_times.") @Default("17") int retryLimit,
      @Doc("Flat form of <buffer> retry_wait.") @Default("1.0") Duration retryWait,
      @Doc("Flat form of <buffer> retry_max_interval.") Optional<Duration> maxRetryWait,
      @Doc("Flat form of <buffer> flush_thread_count.") @Default("1") int numThreads,
      @Doc("Flat form of <buffer> flush_thread_burst_interval.") @Default("1")
          Duration queuedChunkFlushInterval,
      @Doc("Flat form of <buffer> chunk_limit_size.") @Default("8m") ByteSize bufferChunkLimit,
      @Doc("Flat form of <buffer> queue_limit_length.") @Default("256") int bufferQueueLimit,
      @Doc("Flat form of <buffer> overflow_action.") @Default("exception")
          QueueFullAction bufferQueueFullAction,
      @Doc("Flat form of <buffer> flush_at_shutdown.") @Default("true") boolean flushAtShutdown,
      @Doc("How long a send may make no progress.") @Default("60") Duration sendTimeout,
      @Doc("Fields that are added to each record.") Optional<InjectConfig> inject,
      @Doc("Sends whole seconds.") @Default("false") boolean timeAsInteger,
      @Doc("Seconds after which a flush is reported as slow.") @Default("20.0")
          double slowFlushLogThreshold) {}

  /** {@code buffer_queue_full_action}. */
  public enum QueueFullAction {
    EXCEPTION,
    BLOCK,
    DROP_OLDEST_CHUNK
  }

  private final SendWatch watch;
  private final Opener opener;
  private final Formatter format;

  /**
   * @param name of the plugin, for messages
   */
  StreamOutput(String name, Config config, OutputContext context, Opener opener) {
    if (!context.buffer().hasTag()) {
      throw new ConfigException(
          "buffer chunk key must include 'tag' for " + name + " output", context.element().place());
    }
    context
        .log()
        .warn("'" + name + "' output is obsoleted and will be removed. Use 'forward' instead.");
    Injector injector = Injector.of(config.inject(), context);
    format =
        injector.isEmpty() && !config.timeAsInteger()
            ? null
            : injector.wrap(new EntryFormat(config.timeAsInteger()));
    watch = new SendWatch(context, config.sendTimeout());
    this.opener = opener;
  }

  /** The type of such an output, with what both have in common. */
  static <C> PluginType<C, OutputContext, Output> type(
      String name, Class<C> config, BiFunction<C, OutputContext, Output> maker) {
    return PluginType.output(name, config, maker)
        .legacy(LegacyParameters.BUFFER)
        .buffered(StreamOutput::bufferDefaults)
        .singleWorker();
  }

  /** retry_wait has no place in the common flat parameters, but has always worked here. */
  private static BufferDefaults bufferDefaults(ConfigElement element) {
    BufferDefaults defaults =
        BufferDefaults.of(List.of("tag"), "retry_max_times", "17", "queue_limit_length", "256");
    String retryWait = element.peek("retry_wait");
    if (retryWait != null) {
      defaults.parameters().put("retry_wait", retryWait);
    }
    return defaults;
  }

  @Override
  public Formatter chunkFormat() {
    return format;
  }

  @Override
  public void start() {
    watch.start();
  }

  @Override
  public void stop() {
    watch.stop();
  }

  @Override
  public void close() {
    watch.close();
  }

  @Override
  public void write(Chunk chunk) throws IOException {
    Bytes content = null;
    long length = chunk.bytes();
    if (!chunk.compression().equals(Compression.TEXT.text())) {
      content = new Bytes((int) Math.min(1 << 20, length + 64));
      chunk.writeTo(content);
      length = content.length();
    }
    Bytes head = new Bytes(64);
    MsgpackWriter writer = new MsgpackWriter(head);
    writer.arrayHeader(2);
    writer.string(ChunkTags.required(chunk));
    writer.stringHeader(Math.toIntExact(length));
    Bytes entries = content;
    try (ClientConnection connection = opener.open()) {
      watch.use(
          connection,
          used -> {
            used.write(head.array(), 0, head.length());
            if (entries == null) {
              chunk.writeTo(used.stream());
            } else {
              used.write(entries.array(), 0, entries.length());
            }
          });
    }
  }
}
