package io.runnel.plugins.output;

import io.runnel.config.ByteSize;
import io.runnel.config.ConfigElement;
import io.runnel.config.ConfigException;
import io.runnel.config.Default;
import io.runnel.config.Doc;
import io.runnel.config.LegacyParameters;
import io.runnel.plugin.BufferDefaults;
import io.runnel.plugin.BufferedOutput;
import io.runnel.plugin.Chunk;
import io.runnel.plugin.Formatter;
import io.runnel.plugin.Output;
import io.runnel.plugin.OutputContext;
import io.runnel.plugin.PluginType;
import io.runnel.plugins.client.ClientConnection;
import io.runnel.plugins.common.InjectConfig;
import io.runnel.plugins.common.Injector;
import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.time.Duration;
import java.util.List;
import java.util.Optional;

/** Sends events to a TCP server as out_tcp of v0.12 did; out_forward has taken its place. */
public final class TcpOutput implements BufferedOutput {
  public static final PluginType<Config, OutputContext, Output> TYPE =
      PluginType.output("tcp", Config.class, TcpOutput::new)
          .legacy(LegacyParameters.BUFFER)
          .buffered(TcpOutput::bufferDefaults)
          .singleWorker();

  @Doc("Sends events to a TCP server, without any safety; use forward instead.")
  public record Config(
      @Doc("Name or address of the server.") String host,
      @Doc("TCP port.") @Default("24224") int port,
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

  /** retry_wait has no place in the common flat parameters, but has always worked here. */
  static BufferDefaults bufferDefaults(ConfigElement element) {
    BufferDefaults defaults =
        BufferDefaults.of(List.of("tag"), "retry_max_times", "17", "queue_limit_length", "256");
    String retryWait = element.peek("retry_wait");
    if (retryWait != null) {
      defaults.parameters().put("retry_wait", retryWait);
    }
    return defaults;
  }

  private final Formatter format;
  private final StreamSender sender;

  TcpOutput(Config config, OutputContext context) {
    if (!context.buffer().hasTag()) {
      throw new ConfigException(
          "buffer chunk key must include 'tag' for tcp output", context.element().place());
    }
    context.log().warn("'tcp' output is obsoleted and will be removed. Use 'forward' instead.");
    Injector injector = Injector.of(config.inject(), context);
    format =
        injector.isEmpty() && !config.timeAsInteger()
            ? null
            : injector.wrap(new EntryFormat(config.timeAsInteger()));
    int timeout = Math.clamp(config.sendTimeout().toMillis(), 1, Integer.MAX_VALUE);
    sender =
        new StreamSender(
            context,
            config.sendTimeout(),
            () ->
                ClientConnection.open(
                    new InetSocketAddress(InetAddress.getByName(config.host()), config.port()),
                    timeout,
                    context.clock()));
  }

  @Override
  public Formatter chunkFormat() {
    return format;
  }

  @Override
  public void start() {
    sender.start();
  }

  @Override
  public void write(Chunk chunk) throws IOException {
    sender.send(chunk);
  }

  @Override
  public void stop() {
    sender.stop();
  }

  @Override
  public void close() {
    sender.close();
  }
}
