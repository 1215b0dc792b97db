package io.runnel.connectors.httpservices;

import io.runnel.config.Default;
import io.runnel.config.Doc;
import io.runnel.config.LegacyParameters;
import io.runnel.config.Secret;
import io.runnel.event.Bytes;
import io.runnel.event.MsgpackToJson;
import io.runnel.plugin.BufferDefaults;
import io.runnel.plugin.Chunk;
import io.runnel.plugin.FormatException;
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
import java.time.ZoneOffset;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/** Sends events to Datadog's log intake over HTTP or TCP (fluent-plugin-datadog). */
final class DatadogOutput implements Service<Boolean> {
  static final PluginType<Config, OutputContext, Output> TYPE =
      PluginType.output("datadog", Config.class, DatadogOutput::output)
          .legacy(LegacyParameters.BUFFER)
          .buffered(BufferDefaults.of(List.of(), "@type", "memory"));

  private static final String HTTP_HOST = "http-intake.logs.datadoghq.com";
  private static final String TCP_HOST = "intake.logs.datadoghq.com";

  /** The service's limits of one request. */
  private static final int MOST_EVENTS = 500;

  private static final int MOST_BYTES = 5_000_000;

  @Doc("Sends events to Datadog.")
  record Config(
      @Doc("Key of the account's interface.") @Secret String apiKey,
      @Doc("Host of the intake; accounts in the EU have another.") @Default(HTTP_HOST) String host,
      @Doc("Speaks HTTP; else lines over TCP, which nobody acknowledges.") @Default("true")
          boolean useHttp,
      @Doc("Speaks TLS.") @Default("true") boolean useSsl,
      @Doc("Port without TLS.") @Default("80") int port,
      @Doc("Port with TLS.") @Default("443") int sslPort,
      @Doc("Not used: the buffer tries again.") @Default("-1") int maxRetries,
      @Doc("Not used: the buffer tries again.") @Default("30") int maxBackoff,
      @Doc("Compresses the bodies.") @Default("true") boolean useCompression,
      @Doc("1 (fast) to 9 (small).") @Default("6") int compressionLevel,
      @Doc("Accepts any certificate.") @Default("false") boolean noSslValidation,
      @Doc("Not used: events over TCP are JSON.") @Default("true") boolean useJson,
      @Doc("Adds the tag.") @Default("false") boolean includeTagKey,
      @Doc("The field of the tag.") @Default("tag") String tagKey,
      @Doc("The field of the time, added where it is absent.") @Default("@timestamp")
          String timestampKey,
      @Doc("Name of the service, where the record has none.") Optional<String> service,
      @Doc("Category of the source, where the record has none.") Optional<String> ddSourcecategory,
      @Doc("Source, where the record has none.") Optional<String> ddSource,
      @Doc("Tags with commas between them, where the record has none.") Optional<String> ddTags,
      @Doc("Host, where the record has none; this machine's name where absent.")
          Optional<String> ddHostname) {}

  private final Config config;
  private final HttpDestination http;
  private final URI uri;
  private final String hostname;
  private final Map<String, String> headers = new HashMap<>();

  private DatadogOutput(Config config, HttpDestination http, URI uri, OutputContext context) {
    this.config = config;
    this.http = http;
    this.uri = uri;
    hostname = config.ddHostname.orElse(context.system().hostname());
    headers.put("Content-Type", "application/json");
    if (config.useCompression) {
      headers.put("Content-Encoding", "gzip");
    }
  }

  private static Output output(Config config, OutputContext context) {
    int port = config.useSsl ? config.sslPort : config.port;
    boolean verify = !config.noSslValidation;
    if (!config.useHttp) {
      String host = config.host.equals(HTTP_HOST) ? TCP_HOST : config.host;
      LineConnection connection =
          new LineConnection(
              context,
              host,
              port,
              config.useSsl
                  ? Optional.of(HttpDestination.tls(List.of(), verify))
                  : Optional.empty());
      return new LineOutput(
          context, connection, new DatadogOutput(config, null, null, context)::line);
    }
    URI uri =
        Urls.parse(
            (config.useSsl ? "https://" : "http://")
                + config.host
                + ":"
                + port
                + "/v1/input/"
                + config.apiKey,
            "host",
            context);
    HttpDestination http =
        HttpDestination.of(context).tls(HttpDestination.tls(List.of(), verify)).build();
    return new ServiceOutput<>(
        context,
        http,
        new BatchDelivery.Limits(MOST_EVENTS, MOST_BYTES - 2, 1),
        new DatadogOutput(config, http, uri, context));
  }

  private Boolean line(ChunkEvent event, Bytes out) throws FormatException {
    out.utf8(config.apiKey + " ");
    encode(null, event, out);
    out.write('\n');
    return true;
  }

  @Override
  public Boolean encode(Chunk chunk, ChunkEvent event, Bytes out) throws FormatException {
    Map<String, Object> record = event.record();
    config.ddSourcecategory.ifPresent(value -> absent(record, "ddsourcecategory", value));
    config.ddSource.ifPresent(value -> absent(record, "ddsource", value));
    config.ddTags.ifPresent(value -> absent(record, "ddtags", value));
    config.service.ifPresent(value -> absent(record, "service", value));
    absent(record, "hostname", hostname);
    if (config.includeTagKey) {
      record.put(config.tagKey, event.tag());
    }
    if (record.get(config.timestampKey) == null) {
      record.put(
          config.timestampKey, Times.iso(event.time(), 3, ZoneOffset.UTC).replace("+00:00", "Z"));
    }
    String tags = containerTags(record);
    if (!tags.isEmpty()) {
      String known = FieldText.of(record.get("ddtags"));
      record.put("ddtags", known.isEmpty() ? tags : known + "," + tags);
    }
    MsgpackToJson.write(record, out);
    if (out.length() > MOST_BYTES - 2) {
      throw new FormatException(
          "Datadog takes events of " + MOST_BYTES + " bytes at most, this has " + out.length());
    }
    return true;
  }

  private static void absent(Map<String, Object> record, String field, String value) {
    if (LogglyOutput.isAbsent(record.get(field))) {
      record.put(field, value);
    }
  }

  /** What the filter kubernetes_metadata has found out, as tags. */
  private static String containerTags(Map<String, Object> record) {
    List<String> tags = new ArrayList<>();
    if (record.get("kubernetes") instanceof Map<?, ?> kubernetes) {
      add(tags, "image_name", kubernetes.get("container_image"));
      add(tags, "container_name", kubernetes.get("container_name"));
      add(tags, "kube_namespace", kubernetes.get("namespace_name"));
      add(tags, "pod_name", kubernetes.get("pod_name"));
    }
    if (record.get("docker") instanceof Map<?, ?> docker) {
      add(tags, "container_id", docker.get("container_id"));
    }
    return String.join(",", tags);
  }

  private static void add(List<String> tags, String name, Object value) {
    if (value != null) {
      tags.add(name + ":" + FieldText.of(value));
    }
  }

  @Override
  public void send(Batch<Boolean> batch) throws IOException {
    Bytes body = batch.joined("[", ",", "]");
    http.send(
        "POST",
        uri,
        headers,
        config.useCompression
            ? HttpDestination.gzip(body, config.compressionLevel)
            : HttpBody.of(body));
  }
}
