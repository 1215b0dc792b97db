package io.runnel.connectors.httpservices;

import io.runnel.plugin.PluginCatalog;
import io.runnel.plugin.PluginKind;
import io.runnel.plugin.PluginType;
import java.util.List;

/** The catalogue of this connector; connector.index says the same for those who do not load it. */
public final class HttpServicesPlugins implements PluginCatalog {
  @Override
  public PluginType<?, ?, ?> find(PluginKind kind, String name) {
    if (kind != PluginKind.OUTPUT) {
      return null;
    }
    return switch (name) {
      case "bigquery" -> BigqueryOutput.TYPE;
      case "bigquery_insert" -> BigqueryInsertOutput.TYPE;
      case "datadog" -> DatadogOutput.TYPE;
      case "gcs" -> GcsOutput.TYPE;
      case "influxdb" -> InfluxdbOutput.TYPE;
      case "logentries" -> LogentriesOutput.TYPE;
      case "loggly" -> LogglyOutput.TYPE;
      case "loggly_buffered" -> LogglyOutput.BUFFERED;
      case "logzio_buffered" -> LogzioOutput.TYPE;
      case "newrelic" -> NewrelicOutput.TYPE;
      case "slack", "buffered_slack" -> SlackOutput.TYPE;
      case "splunk_hec" -> SplunkHecOutput.TYPE;
      case "sumologic" -> SumologicOutput.TYPE;
      default -> null;
    };
  }

  @Override
  public List<String> names(PluginKind kind) {
    return kind == PluginKind.OUTPUT
        ? List.of(
            "bigquery",
            "bigquery_insert",
            "datadog",
            "gcs",
            "influxdb",
            "logentries",
            "loggly",
            "loggly_buffered",
            "logzio_buffered",
            "newrelic",
            "slack",
            "splunk_hec",
            "sumologic")
        : List.of();
  }
}
