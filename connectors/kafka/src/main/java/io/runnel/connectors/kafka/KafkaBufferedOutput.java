package io.runnel.connectors.kafka;

import io.runnel.config.ByteSize;
import io.runnel.config.ConfigElement;
import io.runnel.config.Default;
import io.runnel.config.Doc;
import io.runnel.config.Inline;
import io.runnel.config.LegacyParameters;
import io.runnel.config.Obsolete;
import io.runnel.config.PluginSection;
import io.runnel.connectors.kafka.ClientConfig.Dialect;
import io.runnel.plugin.BufferDefaults;
import io.runnel.plugin.Formatter;
import io.runnel.plugin.Output;
import io.runnel.plugin.OutputContext;
import io.runnel.plugin.PluginType;
import io.runnel.plugins.common.InjectConfig;
import io.runnel.plugins.common.InjectConfig.InjectTimeType;
import io.runnel.plugins.common.Injector;
import io.runnel.plugins.common.ParseDefaults;
import java.util.List;
import java.util.Optional;

/**
 * The outputs of fluent-plugin-kafka for Fluentd 0.12: {@code kafka_buffered} and {@code rdkafka},
 * and {@code kafka}, which had no buffer and has a short one here.
 */
final class KafkaBufferedOutput {
  static final PluginType<Config, OutputContext, Output> TYPE =
      PluginType.output("kafka_buffered", Config.class, KafkaBufferedOutput::create)
          .aliases("kafka-buffered", "kafka", "rdkafka")
          .legacy(LegacyParameters.BUFFER)
          .buffered(KafkaBufferedOutput::buffer);

  private static final String ATTRIBUTES = "attr:";

  @Doc("Sends events to Apache Kafka; older than kafka2, each record may name its topic.")
  record Config(
      @Inline ClientConfig client,
      @Inline MessageConfig message,
      @Inline SendConfig send,
      @Doc("json, ltsv, msgpack, attr:FIELD,FIELD… or another format.") @Default("json")
          String outputDataType,
      @Doc("What stands between the fields of attr: SPACE, COMMA, SOH; else a tab.")
          Optional<String> fieldSeparator,
      @Doc("Adds the tag to the record, as tag.") @Default("false") boolean outputIncludeTag,
      @Doc("Adds the time to the record, as time.") @Default("false") boolean outputIncludeTime,
      @Doc("Format of the time that output_include_time adds; seconds where it is not given.")
          Optional<String> timeFormat,
      @Doc("Bytes of a batch for one partition; 64 KiB where it is not given.")
          Optional<ByteSize> kafkaAggMaxBytes,
      @Doc("Has no effect: a batch is limited in bytes.") Optional<Integer> kafkaAggMaxMessages,
      @Doc("Milliseconds, the older form of ack_timeout.")
          @Obsolete("Use second unit 'ack_timeout' instead")
          Optional<Integer> ackTimeoutMs,
      @Doc("Has no effect: what is on its way is limited in bytes (kafka).")
          Optional<Integer> maxBufferSize,
      @Doc("Has no effect, as max_buffer_size (kafka).") Optional<Integer> maxBufferBytesize,
      @Doc("Has no effect: statsd and datadog are Ruby libraries.") List<String> monitoringList,
      @Doc("How a record becomes a message, in place of output_data_type.") PluginSection format) {}

  private KafkaBufferedOutput() {}

  /** The chunk keys of 0.12; {@code kafka} had no buffer, so its events do not wait long. */
  private static BufferDefaults buffer(ConfigElement section) {
    return "kafka".equals(section.type())
        ? BufferDefaults.of(List.of("tag"), "flush_mode", "interval", "flush_interval", "1s")
        : BufferDefaults.of(List.of("tag"));
  }

  private static Output create(Config config, OutputContext context) {
    boolean rdkafka = "rdkafka".equals(context.element().type());
    SendConfig send = config.send.withBatches(config.kafkaAggMaxBytes, config.ackTimeoutMs);
    return new KafkaOutput(
        config.client,
        config.message,
        send,
        formatter(config, context),
        injector(config, context),
        new KafkaOutput.Variant(
            rdkafka ? Dialect.LIBRDKAFKA : Dialect.RUBY_KAFKA,
            true,
            send.unrecoverableErrorCodes().orElse(List.of())),
        context);
  }

  private static Injector injector(Config config, OutputContext context) {
    if (!config.outputIncludeTag && !config.outputIncludeTime) {
      return Injector.of(Optional.empty(), context);
    }
    return Injector.of(
        Optional.of(
            new InjectConfig(
                Optional.empty(),
                Optional.empty(),
                Optional.empty(),
                config.outputIncludeTag ? Optional.of("tag") : Optional.empty(),
                config.outputIncludeTime ? Optional.of("time") : Optional.empty(),
                config.timeFormat.isPresent() ? InjectTimeType.STRING : InjectTimeType.UNIXTIME,
                config.outputIncludeTime ? config.timeFormat : Optional.empty(),
                true,
                false,
                Optional.empty(),
                List.of())),
        context);
  }

  private static Formatter formatter(Config config, OutputContext context) {
    if (config.format.present()) {
      return context.formatter(config.format);
    }
    String type = config.outputDataType;
    if (type.startsWith(ATTRIBUTES)) {
      return AttributeFormatter.of(
          type.substring(ATTRIBUTES.length()),
          config.fieldSeparator.orElse(""),
          config.outputIncludeTag,
          config.outputIncludeTime);
    }
    PluginSection section =
        new PluginSection(
            new ConfigElement("format", "", context.element().placeOf("output_data_type")),
            type,
            true);
    if (type.equals("json") || type.equals("ltsv")) {
      ParseDefaults.set(section, "add_newline", "false");
    }
    return context.formatter(section);
  }
}
