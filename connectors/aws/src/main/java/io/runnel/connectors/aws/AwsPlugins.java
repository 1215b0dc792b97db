package io.runnel.connectors.aws;

import io.runnel.plugin.PluginCatalog;
import io.runnel.plugin.PluginKind;
import io.runnel.plugin.PluginType;
import java.util.List;

/** The catalogue of this connector; connector.index says the same for those who do not load it. */
public final class AwsPlugins implements PluginCatalog {
  @Override
  public PluginType<?, ?, ?> find(PluginKind kind, String name) {
    if (kind == PluginKind.INPUT && name.equals("cloudwatch_logs")) {
      return CloudwatchLogsInput.TYPE;
    }
    if (kind != PluginKind.OUTPUT) {
      return null;
    }
    return switch (name) {
      case "cloudwatch_logs" -> CloudwatchLogsOutput.TYPE;
      case "kinesis" -> KinesisOutput.TYPE;
      case "kinesis_streams" -> KinesisStreamsOutput.TYPE;
      case "kinesis_streams_aggregated" -> KinesisStreamsAggregatedOutput.TYPE;
      case "kinesis_firehose" -> KinesisFirehoseOutput.TYPE;
      default -> null;
    };
  }

  @Override
  public List<String> names(PluginKind kind) {
    return switch (kind) {
      case INPUT -> List.of("cloudwatch_logs");
      case OUTPUT ->
          List.of(
              "cloudwatch_logs",
              "kinesis",
              "kinesis_streams",
              "kinesis_streams_aggregated",
              "kinesis_firehose");
      default -> List.of();
    };
  }
}
