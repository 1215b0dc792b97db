package io.runnel.connectors.kafka;

import io.runnel.config.ConfigException;
import io.runnel.config.Default;
import io.runnel.config.Doc;
import io.runnel.config.Inline;
import io.runnel.config.LegacyParameters;
import io.runnel.config.Required;
import io.runnel.config.Secret;
import io.runnel.plugin.Input;
import io.runnel.plugin.PluginContext;
import io.runnel.plugin.PluginType;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/** The input {@code rdkafka_group} of fluent-plugin-kafka, with the Java client. */
final class RdkafkaGroupInput {
  static final PluginType<Config, PluginContext, Input> TYPE =
      PluginType.input("rdkafka_group", Config.class, RdkafkaGroupInput::create)
          .legacy(LegacyParameters.PARSE);

  @Doc("Reads topics of Apache Kafka in a group; set up with properties of librdkafka.")
  record Config(
      @Inline ClientConfig client,
      @Doc("Topics, with commas between them; /…/ is an expression that the name must match.")
          @Required
          List<String> topics,
      @Doc("Properties of librdkafka as JSON, with bootstrap.servers and group.id.") @Secret
          Map<String, Object> kafkaConfigs,
      @Inline ReadConfig read,
      @Doc("Milliseconds that a broker waits for messages at most.") @Default("250")
          int maxWaitTimeMs,
      @Doc("Messages that are taken at once at most.") @Default("10000") int maxBatchSize,
      @Doc("Seconds to wait for a full buffer before the messages are fetched again.")
          Optional<Integer> retryEmitLimit,
      @Doc("Seconds to wait after an error.") @Default("30") int retryWaitSeconds,
      @Doc("Has no effect: it never gives up.") @Default("false") boolean disableRetryLimit,
      @Doc("Has no effect: it never gives up.") @Default("10") int retryLimit) {}

  private RdkafkaGroupInput() {}

  private static Input create(Config config, PluginContext context) {
    RdkafkaOptions options = RdkafkaOptions.of(config.kafkaConfigs);
    ClientConfig client = config.client.with(options.security());
    Map<String, Object> properties = client.properties(ClientConfig.Dialect.LIBRDKAFKA, context);
    ConsumeConfig.addCommon(properties);
    properties.put("auto.offset.reset", "latest");
    properties.put("fetch.max.wait.ms", config.maxWaitTimeMs);
    properties.put("max.poll.records", config.maxBatchSize);
    properties.putAll(options.properties());
    if (properties.get("bootstrap.servers") instanceof String brokers) {
      properties.put("bootstrap.servers", List.of(brokers.split("\\s*,\\s*")));
    }
    if (!properties.containsKey("group.id")) {
      throw new ConfigException(
          "kafka_configs needs \"group.id\"", context.element().placeOf("kafka_configs"));
    }
    if (!options.unknown().isEmpty()) {
      context
          .log()
          .warn(
              "kafka_configs: the Java client has nothing like these, they have no effect:",
              "options",
              options.unknown());
    }
    List<String> topics =
        config.topics.stream().map(String::strip).filter(topic -> !topic.isEmpty()).toList();
    return ConsumerInput.of(
        properties,
        Subscription.Group.of(topics),
        config.read,
        new ConsumerLoop.Pace(
            ConsumerLoop.COMMIT_MILLIS,
            Integer.MAX_VALUE,
            config.retryEmitLimit,
            config.retryWaitSeconds),
        client,
        context);
  }
}
