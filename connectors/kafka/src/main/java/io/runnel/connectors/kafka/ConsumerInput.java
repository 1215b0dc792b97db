package io.runnel.connectors.kafka;

import io.runnel.connectors.kafka.log.ClientLog;
import io.runnel.plugin.Input;
import io.runnel.plugin.PluginContext;
import java.util.List;
import java.util.Map;

/** An input that reads messages in a loop. */
record ConsumerInput(ConsumerLoop loop) implements Input {
  static ConsumerInput of(
      Map<String, Object> properties,
      Subscription subscription,
      ReadConfig read,
      ConsumerLoop.Pace pace,
      ClientConfig client,
      PluginContext context) {
    ClientLog log = new ClientLog(context.log(), context.clock(), client.getKafkaClientLog());
    @SuppressWarnings("unchecked")
    List<String> brokers = (List<String>) properties.getOrDefault("bootstrap.servers", List.of());
    Failures failures = new Failures(brokers, client.sasl().username(), log);
    return new ConsumerInput(
        new ConsumerLoop(
            properties,
            subscription,
            new MessageEvents(read, context),
            pace,
            log,
            failures,
            context));
  }

  @Override
  public void start() {
    loop.start();
  }

  @Override
  public void stop() {
    loop.stop();
  }
}
