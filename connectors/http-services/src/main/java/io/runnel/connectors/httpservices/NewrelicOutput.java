package io.runnel.connectors.httpservices;

import io.runnel.config.ConfigException;
import io.runnel.config.Default;
import io.runnel.config.Doc;
import io.runnel.config.LegacyParameters;
import io.runnel.config.Secret;
import io.runnel.event.Bytes;
import io.runnel.event.MsgpackToJson;
import io.runnel.plugin.BufferDefaults;
import io.runnel.plugin.Chunk;
import io.runnel.plugin.Output;
import io.runnel.plugin.OutputContext;
import io.runnel.plugin.PluginType;
import io.runnel.plugins.client.Batch;
import io.runnel.plugins.client.BatchDelivery;
import io.runnel.plugins.client.ChunkEvent;
import io.runnel.plugins.client.HttpDestination;
import java.io.IOException;
import java.net.URI;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/** Sends events to New Relic's log interface (newrelic-fluentd-output). */
final class NewrelicOutput implements Service<Boolean> {
  static final PluginType<Config, OutputContext, Output> TYPE =
      PluginType.output("newrelic", Config.class, NewrelicOutput::output)
          .legacy(LegacyParameters.BUFFER)
          .buffered(BufferDefaults.of(List.of(), "@type", "memory"));

  /** The service's limit of one request. */
  private static final int MOST_BYTES = 1_000_000;

  private static final String BEFORE =
      "[{\"common\":{\"attributes\":{\"plugin\":{\"type\":\"fluentd\",\"version\":\"runnel\"}}},"
          + "\"logs\":[";

  @Doc("Sends events to New Relic.")
  record Config(
      @Doc("Insert key; this or license_key is needed.") @Secret Optional<String> apiKey,
      @Doc("URL of the interface; accounts in the EU have another.")
          @Default("https://log-api.newrelic.com/log/v1")
          String baseUri,
      @Doc("License key.") @Secret Optional<String> licenseKey) {}

  private final URI uri;
  private final HttpDestination http;
  private final Map<String, String> headers;

  private NewrelicOutput(URI uri, HttpDestination http, Map<String, String> headers) {
    this.uri = uri;
    this.http = http;
    this.headers = headers;
  }

  private static Output output(Config config, OutputContext context) {
    Map<String, String> headers = new LinkedHashMap<>();
    headers.put("Content-Type", "application/json");
    headers.put("Content-Encoding", "gzip");
    headers.put("X-Event-Source", "logs");
    if (config.apiKey.isPresent()) {
      headers.put("X-Insert-Key", config.apiKey.get());
    } else {
      headers.put(
          "X-License-Key",
          config.licenseKey.orElseThrow(
              () ->
                  new ConfigException(
                      "'api_key' or `license_key` parameter is required",
                      context.element().place())));
    }
    URI uri = Urls.parse(config.baseUri, "base_uri", context);
    HttpDestination http = HttpDestination.of(context).build();
    return new ServiceOutput<>(
        context,
        http,
        new BatchDelivery.Limits(Integer.MAX_VALUE, MOST_BYTES - BEFORE.length() - 3, 1),
        new NewrelicOutput(uri, http, headers));
  }

  /** What the service wants outside is moved there: the message, also that of containers. */
  @Override
  public Boolean encode(Chunk chunk, ChunkEvent event, Bytes out) {
    Map<String, Object> record = event.record();
    if (record.isEmpty()) {
      return null;
    }
    Map<String, Object> packaged = new LinkedHashMap<>();
    packaged.put("timestamp", Times.millis(event.time()));
    packaged.put("attributes", record);
    for (String field : List.of("message", "log")) {
      if (record.containsKey(field)) {
        packaged.put("message", record.remove(field));
      }
    }
    MsgpackToJson.write(packaged, out);
    return true;
  }

  @Override
  public void send(Batch<Boolean> batch) throws IOException {
    http.send("POST", uri, headers, HttpDestination.gzip(batch.joined(BEFORE, ",", "]}]")));
  }
}
