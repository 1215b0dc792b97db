package io.runnel.connectors.httpservices;

import io.runnel.config.ConfigElement;
import io.runnel.config.ConfigException;
import io.runnel.event.Bytes;
import io.runnel.event.EventTime;
import io.runnel.event.MsgpackToJson;
import io.runnel.event.MsgpackWriter;
import io.runnel.event.RubyFloat;
import io.runnel.net.TlsClientConfig;
import io.runnel.plugin.BufferDefaults;
import io.runnel.plugin.Chunk;
import io.runnel.plugin.FormatException;
import io.runnel.plugin.Formatter;
import io.runnel.plugin.Output;
import io.runnel.plugin.OutputContext;
import io.runnel.plugin.PluginType;
import io.runnel.plugins.client.Batch;
import io.runnel.plugins.client.BatchDelivery;
import io.runnel.plugins.client.ChunkEvent;
import io.runnel.plugins.client.HttpBody;
import io.runnel.plugins.client.HttpDestination;
import java.io.IOException;
import java.net.URI;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.stream.Stream;

/** Sends events to Splunk's HTTP Event Collector (fluent-plugin-splunk-hec). */
final class SplunkHecOutput implements Service<Boolean> {
  static final PluginType<SplunkConfig, OutputContext, Output> TYPE =
      PluginType.output("splunk_hec", SplunkConfig.class, SplunkHecOutput::output)
          .buffered(BufferDefaults.none());

  /** The collector's own limit is 1 MB for old versions, 800 MB for new ones. */
  private static final int MOST_BYTES = 1_000_000;

  /** An operator can mend these: the token, the path. */
  private static final Set<Integer> MENDABLE = Set.of(401, 403, 404, 407, 408, 429);

  private final SplunkConfig config;
  private final URI uri;
  private final HttpDestination http;
  private final Map<String, String> headers = new HashMap<>();
  private final OutputContext context;
  private final Formatter formatter;
  private final boolean metricsFromEvent;
  private final Map<String, FieldSource> sources = new LinkedHashMap<>();
  private final FieldSource time;
  private final FieldSource metricName;
  private final FieldSource metricValue;
  private final Map<String, String> fields = new LinkedHashMap<>();
  private final Utf8Repair repair;

  private SplunkHecOutput(SplunkConfig config, HttpDestination http, OutputContext context) {
    this.config = config;
    this.http = http;
    this.context = context;
    uri = uri();
    formatter = config.format().type().equals("json") ? null : context.formatter(config.format());
    metricsFromEvent = config.metricsFromEvent() && config.metricNameKey().isEmpty();
    checkMetrics();
    exclusive("host", config.host(), config.hostKey());
    exclusive("index", config.index(), config.indexKey());
    exclusive("source", config.source(), config.sourceKey());
    exclusive("sourcetype", config.sourcetype(), config.sourcetypeKey());
    boolean keep = config.keepKeys();
    time = FieldSource.of(Optional.empty(), config.timeKey(), keep);
    metricName = FieldSource.of(Optional.empty(), config.metricNameKey(), keep);
    metricValue = FieldSource.of(Optional.empty(), config.metricValueKey(), keep);
    Optional<String> hostName = config.host().or(() -> Optional.of(context.system().hostname()));
    sources.put("host", FieldSource.of(hostName, config.hostKey(), keep));
    sources.put("index", FieldSource.of(config.index(), config.indexKey(), keep));
    sources.put("source", FieldSource.of(config.source(), config.sourceKey(), keep));
    sources.put("sourcetype", FieldSource.of(config.sourcetype(), config.sourcetypeKey(), keep));
    config.fields().ifPresent(this::readFields);
    repair = new Utf8Repair(config.nonUtf8ReplacementString(), config.coerceToUtf8());
    headers.put("Content-Type", "application/json");
    headers.put("Authorization", "Splunk " + config.hecToken());
    headers.put("__splunk_app_name", config.appName());
    headers.put("__splunk_app_version", config.appVersion());
    if (config.gzipCompression()) {
      headers.put("Content-Encoding", "gzip");
    }
    headers.putAll(config.customHeaders());
  }

  private static Output output(SplunkConfig config, OutputContext context) {
    HttpDestination.Builder builder = HttpDestination.of(context).tls(tls(config));
    config.openTimeout().ifPresent(builder::open);
    config.readTimeout().ifPresent(builder::read);
    builder.refused(
        status ->
            status >= 400
                && status < 500
                && config.consumeChunkOn4xxErrors()
                && !MENDABLE.contains(status));
    HttpDestination http = builder.build();
    return new ServiceOutput<>(
        context,
        http,
        new BatchDelivery.Limits(Integer.MAX_VALUE, MOST_BYTES, 0),
        new SplunkHecOutput(config, http, context));
  }

  private static TlsClientConfig tls(SplunkConfig config) {
    return new TlsClientConfig(
        Stream.of(config.caFile(), config.caPath()).flatMap(Optional::stream).toList(),
        config.insecureSsl(),
        true,
        false,
        config.clientCert(),
        config.clientKey(),
        Optional.empty(),
        "TLSv1_2",
        Optional.of("TLSv1_2"),
        Optional.of("TLSv1_3"),
        config.sslCiphers().isEmpty()
            ? "ALL:!aNULL:!eNULL:!SSLv2"
            : String.join(":", config.sslCiphers()));
  }

  private ConfigException fault(String message) {
    return new ConfigException(message, context.element().place());
  }

  private URI uri() {
    if (config.hecHost().isEmpty() && config.fullUrl().isEmpty()) {
      throw fault("One of `hec_host` or `full_url` is required.");
    }
    String path = config.hecEndpoint().replaceFirst("^/", "");
    String scheme = config.protocol() == SplunkConfig.Scheme.HTTP ? "http" : "https";
    return config.fullUrl().isEmpty()
        ? Urls.parse(
            scheme + "://" + config.hecHost() + ":" + config.hecPort() + "/" + path,
            "hec_host",
            context)
        : Urls.parse(config.fullUrl().replaceFirst("/$", "") + "/" + path, "full_url", context);
  }

  private void checkMetrics() {
    if (config.dataType() != SplunkConfig.DataType.METRIC || metricsFromEvent) {
      return;
    }
    if (config.metricNameKey().isEmpty()) {
      throw fault("`metric_name_key` is required when `metrics_from_event` is `false`.");
    }
    if (config.metricValueKey().isEmpty()) {
      throw fault("`metric_value_key` is required when `metric_name_key` is set.");
    }
  }

  private void exclusive(String name, Optional<String> text, Optional<String> key) {
    if (text.isPresent() && key.isPresent()) {
      throw fault("Can not set " + name + " and " + name + "_key at the same time.");
    }
  }

  private void readFields(ConfigElement section) {
    section.markAllUsed();
    section
        .parameters()
        .forEach(
            (name, value) -> {
              String field = section.peek(name);
              fields.put(name, field == null || field.isEmpty() ? name : field);
            });
  }

  @Override
  public Boolean encode(Chunk chunk, ChunkEvent event, Bytes out) throws FormatException {
    Map<String, Object> record = event.record();
    Map<String, Object> payload = new LinkedHashMap<>();
    Object ownTime = time.take(event.tag(), record);
    payload.put("time", ownTime != null ? ownTime : seconds(event.time()));
    sources.forEach(
        (name, source) -> {
          Object value = source.take(event.tag(), record);
          if (value != null) {
            payload.put(name, value);
          }
        });
    return config.dataType() == SplunkConfig.DataType.METRIC
        ? metric(event, payload, out)
        : event(event, payload, out);
  }

  /** Splunk wants a text or a whole number. */
  private static String seconds(long time) {
    return RubyFloat.toString(EventTime.seconds(time) + EventTime.nanos(time) / 1e9);
  }

  private Boolean event(ChunkEvent event, Map<String, Object> payload, Bytes out)
      throws FormatException {
    Map<String, Object> record = event.record();
    if (!fields.isEmpty()) {
      payload.put("fields", dimensions(record));
      fields.values().forEach(record::remove);
    }
    if (record.isEmpty()) {
      context.log().warn("Event after formatting was blank, not sending");
      return null;
    }
    payload.put("event", formatter == null ? repair.of(record) : formatted(event));
    MsgpackToJson.write(payload, out);
    return true;
  }

  private String formatted(ChunkEvent event) throws FormatException {
    Bytes packed = new Bytes(event.length() + 16);
    new MsgpackWriter(packed).value(event.record());
    Bytes text = new Bytes(event.length() + 16);
    formatter.format(event.tag(), event.time(), packed.array(), 0, packed.length(), text);
    int length = text.length();
    if (length > 0 && text.array()[length - 1] == '\n') {
      text.setLength(length - 1);
    }
    return (String) repair.of(text.toString());
  }

  private Map<String, Object> dimensions(Map<String, Object> record) {
    Map<String, Object> found = new LinkedHashMap<>();
    fields.forEach(
        (name, field) -> {
          if (record.get(field) != null) {
            found.put(name, repair.of(record.get(field)));
          }
        });
    return found;
  }

  private Boolean metric(ChunkEvent event, Map<String, Object> payload, Bytes out) {
    Map<String, Object> record = event.record();
    payload.put("event", "metric");
    if (!metricsFromEvent) {
      Map<String, Object> metric = new LinkedHashMap<>();
      metric.put("metric_name", metricName.take(event.tag(), record));
      metric.put("_value", metricValue.take(event.tag(), record));
      metric.putAll(fields.isEmpty() ? record : dimensions(record));
      metric.values().removeIf(value -> value == null);
      payload.put("fields", repair.of(metric));
      MsgpackToJson.write(payload, out);
      return true;
    }
    record.forEach(
        (name, value) -> {
          Map<String, Object> metric = new LinkedHashMap<>();
          metric.put("metric_name", name);
          metric.put("_value", value);
          Map<String, Object> whole = new LinkedHashMap<>();
          whole.put("fields", metric);
          whole.putAll(payload);
          MsgpackToJson.write(whole, out);
        });
    return record.isEmpty() ? null : true;
  }

  @Override
  public void send(Batch<Boolean> batch) throws IOException {
    Bytes body = batch.joined("", "", "");
    http.send(
        "POST",
        uri,
        headers,
        config.gzipCompression() ? HttpDestination.gzip(body) : HttpBody.of(body));
  }
}
