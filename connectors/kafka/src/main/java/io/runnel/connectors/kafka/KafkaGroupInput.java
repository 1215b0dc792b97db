package io.runnel.connectors.kafka;

import io.runnel.config.ConfigException;
import io.runnel.config.Default;
import io.runnel.config.Doc;
import io.runnel.config.Inline;
import io.runnel.config.LegacyParameters;
import io.runnel.config.Required;
import io.runnel.plugin.Input;
import io.runnel.plugin.PluginContext;
import io.runnel.plugin.PluginType;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.TimeUnit;

/** The input {@code kafka_group} of fluent-plugin-kafka. */
final class KafkaGroupInput {
  static final PluginType<Config, PluginContext, Input> TYPE =
      PluginType.input("kafka_group", Config.class, KafkaGroupInput::create)
          .legacy(LegacyParameters.PARSE);

  private static final int HEARTBEAT_MILLIS = 3_000;

  @Doc("Reads topics of Apache Kafka together with the other members of a group.")
  record Config(
      @Inline ClientConfig client,
      @Doc("The group; its members share the partitions, the brokers keep its offsets.")
          String consumerGroup,
      @Doc("Topics, with commas between them; /…/ is an expression that the name must match.")
          @Required
          List<String> topics,
      @Inline ReadConfig read,
      @Inline ConsumeConfig consume,
      @Doc("A group without offsets begins with the first message, not behind the last.")
          @Default("true")
          boolean startFromBeginning,
      @Doc("Seconds after which a silent member's partitions go to others; 45 where not given.")
          Optional<Integer> sessionTimeout,
      @Doc("Seconds between two commits of offsets; 0.2 where it is not given.")
          Optional<Integer> offsetCommitInterval,
      @Doc("Messages after which offsets are committed.") Optional<Integer> offsetCommitThreshold,
      @Doc("Has no effect: one fetch of each broker is kept in memory.")
          Optional<Integer> fetcherMaxQueueSize,
      @Doc("Seconds after which new topics and partitions are looked for; 300 where not given.")
          Optional<Integer> refreshTopicInterval,
      @Doc("Seconds to wait for a full buffer before the messages are fetched again.")
          Optional<Integer> retryEmitLimit,
      @Doc("Seconds to wait after an error.") @Default("30") int retryWaitSeconds,
      @Doc("Has no effect: it never gives up.") @Default("false") boolean disableRetryLimit,
      @Doc("Has no effect: it never gives up.") @Default("10") int retryLimit) {}

  private KafkaGroupInput() {}

  private static Input create(Config config, PluginContext context) {
    List<String> topics =
        config.topics.stream().map(String::strip).filter(topic -> !topic.isEmpty()).toList();
    if (topics.isEmpty()) {
      throw new ConfigException(
          "kafka_group: 'topics' is a required parameter", context.element().placeOf("topics"));
    }
    Map<String, Object> properties = config.consume.properties(config.client, context);
    properties.put("group.id", config.consumerGroup);
    properties.put("auto.offset.reset", config.startFromBeginning ? "earliest" : "latest");
    config.sessionTimeout.ifPresent(
        seconds -> {
          int millis = (int) TimeUnit.SECONDS.toMillis(seconds);
          properties.put("session.timeout.ms", millis);
          properties.put("heartbeat.interval.ms", Math.min(HEARTBEAT_MILLIS, millis / 3));
        });
    config.refreshTopicInterval.ifPresent(
        seconds -> properties.put("metadata.max.age.ms", TimeUnit.SECONDS.toMillis(seconds)));
    context
        .log()
        .info(
            "Will watch for topics "
                + String.join(",", topics)
                + " at brokers "
                + String.join(",", config.client.named())
                + " and '"
                + config.consumerGroup
                + "' group");
    return ConsumerInput.of(
        properties,
        Subscription.Group.of(topics),
        config.read,
        new ConsumerLoop.Pace(
            config
                .offsetCommitInterval
                .map(seconds -> TimeUnit.SECONDS.toMillis(seconds))
                .orElse(ConsumerLoop.COMMIT_MILLIS),
            config.offsetCommitThreshold.orElse(Integer.MAX_VALUE),
            config.retryEmitLimit,
            config.retryWaitSeconds),
        config.client,
        context);
  }
}
