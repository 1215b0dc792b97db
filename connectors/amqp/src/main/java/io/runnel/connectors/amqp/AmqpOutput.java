package io.runnel.connectors.amqp;

import com.rabbitmq.client.AMQP;
import com.rabbitmq.client.Channel;
import com.rabbitmq.client.Connection;
import io.runnel.config.ConfigException;
import io.runnel.config.Default;
import io.runnel.config.Doc;
import io.runnel.config.Inline;
import io.runnel.config.LegacyParameters;
import io.runnel.config.Name;
import io.runnel.plugin.BufferDefaults;
import io.runnel.plugin.BufferedOutput;
import io.runnel.plugin.Chunk;
import io.runnel.plugin.Output;
import io.runnel.plugin.OutputContext;
import io.runnel.plugin.PluginType;
import io.runnel.plugins.client.ChunkProgress;
import io.runnel.plugins.client.ChunkProgressTable;
import java.io.IOException;
import java.util.ArrayDeque;
import java.util.Deque;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.TimeoutException;

/**
 * Publishes each event as a message. A chunk is delivered when the broker has confirmed each of its
 * messages; of one that failed, only what is missing is sent again.
 */
final class AmqpOutput implements BufferedOutput {
  static final PluginType<Config, OutputContext, Output> TYPE =
      PluginType.output("amqp", Config.class, AmqpOutput::new)
          .legacy(LegacyParameters.BUFFER)
          .buffered(BufferDefaults.of(List.of("tag")));

  private static final int MAX_IDLE = 16;
  private static final int PERSISTENT = 2;

  @Doc("Publishes events to RabbitMQ.")
  record Config(
      @Inline BrokerConfig broker,
      @Doc("The exchange; the default one, whose keys are queues, where it is empty.") @Default("")
          String exchange,
      @Doc("Its type: direct, topic, fanout, headers or a plugin's.") @Default("direct")
          String exchangeType,
      @Doc("The exchange must be there; else it is made.") @Default("false") boolean passive,
      @Doc("The exchange outlives a restart of the broker.") @Default("false") boolean durable,
      @Doc("The exchange goes with its last queue.") @Default("false") boolean autoDelete,
      @Doc("The routing key; either this or tag_key.") Optional<String> key,
      @Doc("The broker keeps messages on disk.") @Default("false") boolean persistent,
      @Doc("The routing key is the tag.") @Default("false") boolean tagKey,
      @Doc("Header that gets the tag.") Optional<String> tagHeader,
      @Doc("Header that gets the time, in UTC.") Optional<String> timeHeader,
      @Doc("Content type of the messages.") @Default("application/octet") String contentType,
      @Doc("Content encoding of the messages.") Optional<String> contentEncoding,
      @Doc("A header of the messages.") @Name("header") List<Headers.Config> headers) {}

  private final Config config;
  private final OutputContext context;
  private final Broker broker;
  private final Headers headers;
  private final Deque<Channel> idle = new ArrayDeque<>();
  private final ChunkProgressTable progress = new ChunkProgressTable();
  private Connection connection;
  private boolean closed;

  AmqpOutput(Config config, OutputContext context) {
    this.config = config;
    this.context = context;
    if (!config.broker.hasHost()) {
      throw fault("'host' or 'hosts' must be specified.");
    }
    if (config.key.isEmpty() && !config.tagKey) {
      throw fault("Either 'key' or 'tag_key' must be set.");
    }
    if (!context.buffer().hasTag() && (config.tagKey || config.tagHeader.isPresent())) {
      throw fault("tag_key and tag_header need the tag in the chunk keys: <buffer tag>");
    }
    broker = new Broker(config.broker, "runnel " + context.pluginId());
    headers = new Headers(config.headers, config.tagHeader, config.timeHeader);
  }

  private ConfigException fault(String message) {
    return new ConfigException(message, context.element().place());
  }

  @Override
  public void close() {
    Connection open;
    synchronized (this) {
      closed = true;
      idle.clear();
      open = connection;
      connection = null;
    }
    if (open != null) {
      open.abort();
    }
  }

  @Override
  public void write(Chunk chunk) throws IOException, InterruptedException {
    String what = "publish to " + (config.exchange.isEmpty() ? "queues" : config.exchange);
    ChunkProgress done = progress.take(chunk);
    Confirms confirms = new Confirms(done);
    Channel channel = null;
    try {
      channel = take();
      channel.addConfirmListener(confirms::ack, confirms::nack);
      publish(chunk, channel, confirms);
      confirms.await();
      channel.clearConfirmListeners();
      release(channel);
      channel = null;
      progress.forget(chunk);
    } catch (InterruptedException e) {
      keep(chunk, done, confirms);
      throw e;
    } catch (IOException | RuntimeException | TimeoutException e) {
      keep(chunk, done, confirms);
      throw broker.failure(what, e);
    } finally {
      if (channel != null) {
        channel.abort();
      }
    }
  }

  private void publish(Chunk chunk, Channel channel, Confirms confirms) throws IOException {
    MessagePublisher publisher =
        new MessagePublisher(
            channel,
            config.exchange,
            config.tagKey ? chunk.tag() : config.key.orElseThrow(),
            new AMQP.BasicProperties.Builder()
                .contentType(config.contentType)
                .contentEncoding(config.contentEncoding.orElse(null))
                .deliveryMode(config.persistent ? PERSISTENT : 1),
            headers,
            confirms);
    publisher.publish(chunk);
  }

  private Channel take() throws IOException, TimeoutException {
    Connection open = connection();
    synchronized (this) {
      for (Channel next = idle.pollFirst(); next != null; next = idle.pollFirst()) {
        if (next.isOpen()) {
          return next;
        }
      }
    }
    Channel channel = open.createChannel();
    if (channel == null) {
      throw new IOException("the broker allows no more channels");
    }
    channel.confirmSelect();
    declare(channel);
    return channel;
  }

  private synchronized Connection connection() throws IOException, TimeoutException {
    if (closed) {
      throw new IOException("closed");
    }
    if (connection == null || !connection.isOpen()) {
      connection = broker.connect();
      context.log().info("connected to RabbitMQ at " + broker.named());
    }
    return connection;
  }

  /** The default exchange and the broker's own are there. */
  private void declare(Channel channel) throws IOException {
    if (config.exchange.isEmpty() || config.exchange.startsWith("amq.")) {
      return;
    }
    if (config.passive) {
      channel.exchangeDeclarePassive(config.exchange);
    } else {
      channel.exchangeDeclare(
          config.exchange, config.exchangeType, config.durable, config.autoDelete, null);
    }
  }

  private void release(Channel channel) {
    synchronized (this) {
      if (!closed && idle.size() < MAX_IDLE) {
        idle.addFirst(channel);
        return;
      }
    }
    try {
      channel.abort();
    } catch (IOException e) {
      context.log().debug("a channel could not be closed", "error", e);
    }
  }

  /** A fault here must not hide that of the broker, which the operator is to read. */
  private void keep(Chunk chunk, ChunkProgress done, Confirms confirms) {
    confirms.end();
    try {
      progress.keep(chunk, done);
    } catch (IOException e) {
      context.log().warn("cannot note what of a chunk has arrived", "error", e);
    }
  }
}
