package io.runnel.connectors.kafka;

import io.runnel.config.ConfigException;
import io.runnel.config.Default;
import io.runnel.config.Doc;
import io.runnel.config.Inline;
import io.runnel.config.LegacyParameters;
import io.runnel.plugin.Input;
import io.runnel.plugin.PluginContext;
import io.runnel.plugin.PluginType;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.apache.kafka.common.TopicPartition;

/** The input {@code kafka} of fluent-plugin-kafka: single partitions, without a group. */
final class KafkaInput {
  static final PluginType<Config, PluginContext, Input> TYPE =
      PluginType.input("kafka", Config.class, KafkaInput::create)
          .legacy(LegacyParameters.PARSE)
          .singleWorker();

  private static final int PORT = 9092;
  private static final int RETRY_SECONDS = 5;
  private static final long SAFE_MILLIS = 1_000;

  @Doc("A partition to read.")
  record TopicSection(
      @Doc("The topic.") String topic,
      @Doc("The number of the partition.") @Default("0") int partition,
      @Doc("The offset to begin with; -1 behind the last message, -2 the first one.") @Default("-1")
          long offset) {}

  @Doc("Reads partitions of Apache Kafka from a given offset; keeps no offset over a restart.")
  record Config(
      @Inline ClientConfig client,
      @Doc("The older form of brokers: the host.") Optional<String> host,
      @Doc("The older form of brokers: the port.") Optional<Integer> port,
      @Doc("Has no effect: messages are read when they come.") @Default("1") int interval,
      @Doc("Topics, with commas between them, of each the same partition.") List<String> topics,
      @Doc("The number of the partition.") @Default("0") int partition,
      @Doc("The offset to begin with; -1 behind the last message, -2 the first one.") @Default("-1")
          long offset,
      @Doc("Partitions to read, in place of topics.") List<TopicSection> topic,
      @Inline ReadConfig read,
      @Inline ConsumeConfig consume,
      @Doc("Refused: Kafka has no ZooKeeper; use kafka_group, whose offsets the brokers keep.")
          Optional<String> offsetZookeeper,
      @Doc("Refused, as offset_zookeeper.") @Default("/fluent-plugin-kafka")
          String offsetZkRootNode) {}

  private KafkaInput() {}

  private static Input create(Config config, PluginContext context) {
    if (config.offsetZookeeper.isPresent()) {
      throw new ConfigException(
          "offset_zookeeper: Kafka has no ZooKeeper since version 4; use @type kafka_group with"
              + " consumer_group, whose offsets the brokers keep",
          context.element().placeOf("offset_zookeeper"));
    }
    Map<TopicPartition, Long> starts = new LinkedHashMap<>();
    for (String name : config.topics) {
      starts.put(new TopicPartition(name.strip(), config.partition), config.offset);
    }
    if (starts.isEmpty()) {
      for (TopicSection section : config.topic) {
        starts.put(new TopicPartition(section.topic, section.partition), section.offset);
      }
    }
    if (starts.isEmpty()) {
      throw new ConfigException(
          "kafka: 'topics' or 'topic element' is a require parameter", context.element().place());
    }
    Map<String, Object> properties = config.consume.properties(config.client, context);
    if (config.host.isPresent() || config.port.isPresent()) {
      String broker = config.host.orElse("localhost") + ":" + config.port.orElse(PORT);
      properties.put("bootstrap.servers", List.of(broker));
    }
    return ConsumerInput.of(
        properties,
        new Subscription.Fixed(starts),
        config.read,
        new ConsumerLoop.Pace(SAFE_MILLIS, Integer.MAX_VALUE, Optional.empty(), RETRY_SECONDS),
        config.client,
        context);
  }
}
