package io.runnel.connectors.amqp;

import com.rabbitmq.client.Channel;
import com.rabbitmq.client.Connection;
import com.rabbitmq.client.DeliverCallback;
import com.rabbitmq.client.Delivery;
import io.runnel.config.ConfigElement;
import io.runnel.config.ConfigException;
import io.runnel.config.Default;
import io.runnel.config.Doc;
import io.runnel.config.Inline;
import io.runnel.config.LegacyParameters;
import io.runnel.config.PluginSection;
import io.runnel.plugin.EmitException;
import io.runnel.plugin.Input;
import io.runnel.plugin.Parser;
import io.runnel.plugin.PluginContext;
import io.runnel.plugin.PluginType;
import io.runnel.plugins.common.StopSignal;
import java.io.IOException;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.ArrayBlockingQueue;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;

/**
 * Reads the messages of a queue. They are acknowledged when their events are safe in the buffers: a
 * kill in between repeats messages and loses none.
 */
final class AmqpInput implements Input {
  static final PluginType<Config, PluginContext, Input> TYPE =
      PluginType.input("amqp", Config.class, AmqpInput::new).legacy(LegacyParameters.PARSE);

  /** Messages that the broker sends ahead, and that are acknowledged together at most. */
  private static final int PREFETCH = 1000;

  private static final long RETRY_NANOS = 3_000_000_000L;
  private static final long POLL_MILLIS = 200;
  private static final long JOIN_MILLIS = 10_000;

  @Doc("Reads messages of a queue of RabbitMQ.")
  record Config(
      @Inline BrokerConfig broker,
      @Doc("Tag of the events.") @Default("hunter.amqp") String tag,
      @Doc("The queue.") Optional<String> queue,
      @Doc("The queue outlives a restart of the broker.") @Default("false") boolean durable,
      @Doc("The queue is for this connection alone.") @Default("false") boolean exclusive,
      @Doc("The queue goes with its last reader.") @Default("false") boolean autoDelete,
      @Doc("The queue must be there; else it is made.") @Default("false") boolean passive,
      @Doc("The parser of the messages, where there is no <parse>; else they are taken as message.")
          Optional<String> payloadFormat,
      @Doc("The tag is the routing key, where there is one.") @Default("false") boolean tagKey,
      @Doc("Header that holds the tag.") Optional<String> tagHeader,
      @Doc("Header that holds the time.") Optional<String> timeHeader,
      @Doc("Binds the queue to the exchange.") @Default("false") boolean bindExchange,
      @Doc("The exchange.") @Default("") String exchange,
      @Doc("The routing key with which it is bound.") @Default("#") String routingKey,
      @Doc("How messages are read.") PluginSection parse) {}

  private final Config config;
  private final PluginContext context;
  private final Broker broker;
  private final String queue;
  private final MessageEvents events;
  private final StopSignal stop = new StopSignal();
  private Thread thread;

  AmqpInput(Config config, PluginContext context) {
    this.config = config;
    this.context = context;
    if (!config.broker.hasHost() || config.queue.isEmpty()) {
      throw new ConfigException(
          "'host(s)' and 'queue' must be all specified.", context.element().place());
    }
    broker = new Broker(config.broker, "runnel " + context.pluginId());
    boolean own = config.exclusive && context.workerId() > 0;
    queue = config.queue.get() + (own ? "." + context.workerId() : "");
    events =
        new MessageEvents(
            config.tag, config.tagKey, config.tagHeader, config.timeHeader, parser(), context);
  }

  private Optional<Parser> parser() {
    if (config.parse.present()) {
      return Optional.of(context.parser(config.parse));
    }
    return config.payloadFormat.map(
        format -> {
          ConfigElement section = new ConfigElement("parse", "", context.element().place());
          section.set("@type", format);
          return context.parser(new PluginSection(section, format, true));
        });
  }

  @Override
  public void start() {
    thread = context.start("amqp", this::run);
  }

  @Override
  public void stop() {
    stop.set();
    StopSignal.join(thread, JOIN_MILLIS);
  }

  private void run() {
    String said = "";
    while (!stop.isSet()) {
      try {
        read();
      } catch (InterruptedException e) {
        return;
      } catch (IOException | TimeoutException | RuntimeException e) {
        String text =
            e instanceof EmitException
                ? "messages stay in the queue, because they could not be stored: " + e.getMessage()
                : broker.failure("read " + queue, e).getMessage();
        if (!text.equals(said)) { // once, not at each try
          context.log().warn(text + "; trying again every 3 seconds");
        }
        said = text;
        stop.pause(RETRY_NANOS);
      }
    }
  }

  private void read() throws IOException, TimeoutException, InterruptedException {
    events.take(); // of a batch that could not be emitted; its messages come again
    BlockingQueue<Delivery> deliveries = new ArrayBlockingQueue<>(PREFETCH + 1);
    try (Connection connection = broker.connect()) {
      Channel channel = connection.createChannel();
      channel.basicQos(PREFETCH);
      declare(channel);
      DeliverCallback deliver = (consumer, delivery) -> deliveries.add(delivery);
      boolean[] cancelled = {false};
      channel.basicConsume(queue, false, deliver, consumer -> cancelled[0] = true);
      while (!stop.isSet()) {
        Delivery first = deliveries.poll(POLL_MILLIS, TimeUnit.MILLISECONDS);
        if (first != null) {
          take(first, deliveries, channel);
        } else if (!channel.isOpen()) {
          throw channel.getCloseReason();
        } else if (cancelled[0]) {
          throw new IOException("the queue is gone");
        }
      }
    }
  }

  private void declare(Channel channel) throws IOException {
    if (config.passive) {
      channel.queueDeclarePassive(queue);
    } else {
      channel.queueDeclare(queue, config.durable, config.exclusive, config.autoDelete, null);
    }
    if (config.bindExchange) {
      channel.queueBind(queue, config.exchange, config.routingKey);
    }
  }

  private void take(Delivery first, BlockingQueue<Delivery> deliveries, Channel channel)
      throws IOException {
    List<Delivery> batch = new ArrayList<>(List.of(first));
    deliveries.drainTo(batch, PREFETCH - 1);
    batch.forEach(events::add);
    context.emitter().emit(events.take());
    context.emitter().commit();
    channel.basicAck(batch.getLast().getEnvelope().getDeliveryTag(), true);
  }
}
