package io.runnel.connectors.kafka;

import io.runnel.plugin.PluginCatalog;
import io.runnel.plugin.PluginKind;
import io.runnel.plugin.PluginType;
import java.util.List;

/** The catalogue of this connector; connector.index says the same for those who do not load it. */
public final class KafkaPlugins implements PluginCatalog {
  @Override
  public PluginType<?, ?, ?> find(PluginKind kind, String name) {
    return switch (kind) {
      case INPUT -> input(name);
      case OUTPUT -> output(name);
      default -> null;
    };
  }

  private static PluginType<?, ?, ?> input(String name) {
    return switch (name) {
      case "kafka" -> KafkaInput.TYPE;
      case "kafka_group" -> KafkaGroupInput.TYPE;
      case "rdkafka_group" -> RdkafkaGroupInput.TYPE;
      default -> null;
    };
  }

  private static PluginType<?, ?, ?> output(String name) {
    return switch (name) {
      case "kafka2", "rdkafka2" -> Kafka2Output.TYPE;
      case "kafka_buffered", "kafka-buffered", "kafka", "rdkafka" -> KafkaBufferedOutput.TYPE;
      default -> null;
    };
  }

  @Override
  public List<String> names(PluginKind kind) {
    return switch (kind) {
      case INPUT -> List.of("kafka", "kafka_group", "rdkafka_group");
      case OUTPUT -> List.of("kafka2", "kafka_buffered");
      default -> List.of();
    };
  }
}
