package io.runnel.connectors.httpservices;

import io.runnel.config.Default;
import io.runnel.config.Doc;
import io.runnel.config.LegacyParameters;
import io.runnel.config.Name;
import io.runnel.config.Secret;
import io.runnel.event.Bytes;
import io.runnel.event.Json;
import io.runnel.event.MsgpackToJson;
import io.runnel.plugin.BufferDefaults;
import io.runnel.plugin.Chunk;
import io.runnel.plugin.Output;
import io.runnel.plugin.OutputContext;
import io.runnel.plugin.PluginType;
import io.runnel.plugins.client.Batch;
import io.runnel.plugins.client.BatchDelivery;
import io.runnel.plugins.client.ChunkEvent;
import io.runnel.plugins.client.HttpBody;
import io.runnel.plugins.client.HttpDestination;
import io.runnel.plugins.common.FieldText;
import java.io.IOException;
import java.net.URI;
import java.time.Duration;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;

/** Sends events to an HTTP source of Sumo Logic (fluent-plugin-sumologic_output). */
final class SumologicOutput implements Service<SumologicOutput.Source> {
  static final PluginType<Config, OutputContext, Output> TYPE =
      PluginType.output("sumologic", Config.class, SumologicOutput::output)
          .legacy(LegacyParameters.BUFFER)
          .buffered(BufferDefaults.of(List.of("tag"), "@type", "memory"));

  /** What the service recommends for one request. */
  private static final int MOST_BYTES = 1_000_000;

  private static final String METADATA = "_sumo_metadata";

  enum DataType {
    LOGS,
    METRICS
  }

  enum MetricFormat {
    GRAPHITE,
    CARBON2,
    PROMETHEUS
  }

  enum LogFormat {
    JSON,
    TEXT,
    @Name("json_merge")
    JSON_MERGE,
    FIELDS
  }

  @Doc("Sends events to Sumo Logic.")
  record Config(
      @Doc("URL of the HTTP source, with its token.") @Secret String endpoint,
      @Doc("logs or metrics.") @Default("logs") DataType dataType,
      @Doc("Form of metrics: graphite, carbon2 or prometheus.") @Default("graphite")
          MetricFormat metricDataFormat,
      @Doc(
              "Form of logs: json, text (log_key alone), json_merge (the JSON in log_key in the record)"
                  + " or fields.")
          @Default("json")
          LogFormat logFormat,
      @Doc("The field with the message.") @Default("message") String logKey,
      @Doc("Category of the source; may hold placeholders of the chunk keys.")
          Optional<String> sourceCategory,
      @Doc("Name of the source; may hold placeholders.") Optional<String> sourceName,
      @Doc("The field with the name of the source.") @Default("source_name") String sourceNameKey,
      @Doc("Host of the source; may hold placeholders.") Optional<String> sourceHost,
      @Doc("Whether the server's certificate is verified.") @Default("true") boolean verifySsl,
      @Doc("Not used, as in the gem.") @Default(".") String delimiter,
      @Doc("Wait for a connection.") @Default("60") Duration openTimeout,
      @Doc("Adds the time in milliseconds.") @Default("true") boolean addTimestamp,
      @Doc("The field of the time.") @Default("timestamp") String timestampKey,
      @Doc("URL of a proxy.") Optional<String> proxyUri,
      @Doc("Compresses the bodies.") @Default("false") boolean compress,
      @Doc("Not used: cookies are never kept.") @Default("false") boolean disableCookies) {}

  /** The headers that tell a source. */
  record Source(String name, String category, String host, String fields) {}

  private final Config config;
  private final URI uri;
  private final HttpDestination http;

  private SumologicOutput(Config config, URI uri, HttpDestination http) {
    this.config = config;
    this.uri = uri;
    this.http = http;
  }

  private static Output output(Config config, OutputContext context) {
    URI uri = Urls.parse(config.endpoint, "endpoint", context);
    HttpDestination http =
        HttpDestination.of(context)
            .open(config.openTimeout)
            .proxy(config.proxyUri, "proxy_uri")
            .tls(HttpDestination.tls(List.of(), config.verifySsl))
            .build();
    return new ServiceOutput<>(
        context,
        http,
        new BatchDelivery.Limits(Integer.MAX_VALUE, MOST_BYTES, 1),
        new SumologicOutput(config, uri, http));
  }

  @Override
  public Source encode(Chunk chunk, ChunkEvent event, Bytes out) {
    Map<String, Object> record = event.record();
    Object given = record.get(METADATA);
    Map<?, ?> metadata = given instanceof Map<?, ?> map ? map : Map.of();
    Object name =
        given instanceof Map<?, ?> ? metadata.get("source") : record.get(config.sourceNameKey);
    LogFormat format = format(metadata.get("log_format"));
    if (record.get(config.logKey) instanceof String text) {
      record.put(config.logKey, text.replaceFirst("\\r?\\n$", ""));
    }
    boolean alone = config.dataType == DataType.METRICS || format == LogFormat.TEXT;
    if (alone && record.get(config.logKey) == null) {
      return null;
    }
    if (alone) {
      out.utf8(FieldText.of(record.get(config.logKey)).strip());
    } else {
      MsgpackToJson.write(log(event, format), out);
    }
    return new Source(
        text(name, config.sourceName, chunk),
        text(metadata.get("category"), config.sourceCategory, chunk),
        text(metadata.get("host"), config.sourceHost, chunk),
        format == LogFormat.FIELDS ? FieldText.of(metadata.get("fields")) : "");
  }

  private LogFormat format(Object own) {
    if (own != null) {
      for (LogFormat each : LogFormat.values()) {
        if (each.name().toLowerCase(Locale.ROOT).equals(own.toString())) {
          return each;
        }
      }
    }
    return config.logFormat;
  }

  private static String text(Object own, Optional<String> configured, Chunk chunk) {
    String text = own == null ? configured.orElse("") : FieldText.of(own);
    return text.isEmpty() ? "" : chunk.expand(text).replaceAll("[\\r\\n]", " ");
  }

  /** The record as it is sent: with the time in front, JSON in the message read. */
  private Map<String, Object> log(ChunkEvent event, LogFormat format) {
    Map<String, Object> record = new LinkedHashMap<>();
    if (config.addTimestamp) {
      record.put(
          format == LogFormat.FIELDS ? "timestamp" : config.timestampKey,
          Times.millis(event.time()));
    }
    record.putAll(event.record());
    record.remove(METADATA);
    if (record.get(config.logKey) instanceof String text && text.strip().startsWith("{")) {
      Object parsed = json(text);
      if (parsed instanceof Map<?, ?> map) {
        if (format == LogFormat.JSON_MERGE) {
          record.remove(config.logKey);
          map.forEach((key, value) -> record.put(key.toString(), value));
        } else {
          record.put(config.logKey, map);
        }
      }
    }
    return record;
  }

  private static Object json(String text) {
    try {
      return Json.parse(text);
    } catch (IllegalArgumentException e) {
      return null; // a message that only begins like JSON
    }
  }

  @Override
  public void send(Batch<Source> batch) throws IOException {
    Source source = batch.key();
    Map<String, String> headers = new LinkedHashMap<>();
    put(headers, "X-Sumo-Name", source.name());
    put(headers, "X-Sumo-Category", source.category());
    put(headers, "X-Sumo-Host", source.host());
    put(headers, "X-Sumo-Fields", source.fields());
    headers.put("X-Sumo-Client", "fluentd-output");
    headers.put(
        "Content-Type",
        config.dataType == DataType.METRICS
            ? "application/vnd.sumologic." + config.metricDataFormat.name().toLowerCase(Locale.ROOT)
            : "text/plain");
    Bytes body = batch.joined("", "\n", "");
    if (config.compress) {
      headers.put("Content-Encoding", "gzip");
    }
    http.send(
        "POST", uri, headers, config.compress ? HttpDestination.gzip(body) : HttpBody.of(body));
  }

  private static void put(Map<String, String> headers, String name, String value) {
    if (!value.isEmpty()) {
      headers.put(name, value);
    }
  }
}
