package io.runnel.connectors.kafka;

import io.runnel.config.Default;
import io.runnel.config.Doc;
import io.runnel.config.Inline;
import io.runnel.config.PluginSection;
import io.runnel.connectors.kafka.ClientConfig.Dialect;
import io.runnel.plugin.BufferDefaults;
import io.runnel.plugin.Output;
import io.runnel.plugin.OutputContext;
import io.runnel.plugin.PluginType;
import io.runnel.plugins.common.InjectConfig;
import io.runnel.plugins.common.Injector;
import io.runnel.plugins.common.ParseDefaults;
import java.util.List;
import java.util.Optional;
import java.util.Set;

/** The outputs {@code kafka2} and {@code rdkafka2} of fluent-plugin-kafka. */
final class Kafka2Output {
  static final PluginType<Config, OutputContext, Output> TYPE =
      PluginType.output("kafka2", Config.class, Kafka2Output::create)
          .aliases("rdkafka2")
          .buffered(BufferDefaults.of(List.of("topic")));

  /** Formats whose lines end with a newline, which a message does not need. */
  private static final Set<String> LINES =
      Set.of("json", "ltsv", "csv", "tsv", "single_value", "hash");

  private static final Set<String> NEVER_LINES = Set.of("json", "ltsv");

  @Doc("Sends events to Apache Kafka.")
  record Config(
      @Inline("client_id=fluentd") ClientConfig client,
      @Inline MessageConfig message,
      @Inline SendConfig send,
      @Doc("What is added to the records.") Optional<InjectConfig> inject,
      @Doc("How a record becomes a message; without a newline at its end.") @Default("json")
          PluginSection format) {}

  private Kafka2Output() {}

  private static Output create(Config config, OutputContext context) {
    boolean rdkafka = "rdkafka2".equals(context.element().type());
    if ((rdkafka ? LINES : NEVER_LINES).contains(config.format.type())) {
      ParseDefaults.set(config.format, "add_newline", "false");
    }
    List<String> unrecoverable =
        config
            .send
            .unrecoverableErrorCodes()
            .orElse(rdkafka ? List.of("topic_authorization_failed") : List.of());
    return new KafkaOutput(
        config.client,
        config.message,
        config.send,
        context.formatter(config.format),
        Injector.of(config.inject, context),
        new KafkaOutput.Variant(
            rdkafka ? Dialect.LIBRDKAFKA : Dialect.RUBY_KAFKA, false, unrecoverable),
        context);
  }
}
