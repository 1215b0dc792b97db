package io.runnel.connectors.httpservices;

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
import io.runnel.plugins.client.HttpBody;
import io.runnel.plugins.client.HttpDestination;
import java.io.IOException;
import java.net.URI;
import java.time.ZoneId;
import java.util.List;
import java.util.Map;

/** Sends events to Loggly (fluent-plugin-loggly: loggly and loggly_buffered). */
final class LogglyOutput implements Service<Boolean> {
  static final PluginType<Config, OutputContext, Output> TYPE =
      PluginType.output("loggly", Config.class, LogglyOutput::plain)
          .legacy(LegacyParameters.BUFFER)
          .buffered(BufferDefaults.of(List.of(), "flush_mode", "interval", "flush_interval", "1s"));

  static final PluginType<BufferedConfig, OutputContext, Output> BUFFERED =
      PluginType.output("loggly_buffered", BufferedConfig.class, LogglyOutput::buffered)
          .legacy(LegacyParameters.BUFFER)
          .buffered(BufferDefaults.none());

  /** The service's limit of one request of its bulk interface. */
  private static final int MOST_BYTES = 5_000_000;

  private static final String INPUTS = "/inputs/";
  private static final String BULK = "/bulk/";

  @Doc("Sends events to Loggly.")
  record Config(
      @Doc("URL of the service with the customer's token, .../inputs/TOKEN or .../bulk/TOKEN.")
          @Secret
          String logglyUrl) {}

  @Doc("Sends events to Loggly, many in one request.")
  record BufferedConfig(
      @Doc("URL of the service with the customer's token, .../bulk/TOKEN.") @Secret
          String logglyUrl,
      @Doc("Adds the field timestamp where there is none.") @Default("true")
          boolean outputIncludeTime,
      @Doc("Digits of a second's fraction in that field.") @Default("0") int timePrecisionDigits) {}

  private final URI uri;
  private final HttpDestination http;
  private final String contentType;
  private final int digits;
  private final ZoneId zone;

  private LogglyOutput(URI uri, HttpDestination http, String contentType, int digits, ZoneId zone) {
    this.uri = uri;
    this.http = http;
    this.contentType = contentType;
    this.digits = digits;
    this.zone = zone;
  }

  private static Output plain(Config config, OutputContext context) {
    URI uri = bulk(Urls.parse(config.logglyUrl, "loggly_url", context));
    boolean many = uri.getPath().startsWith(BULK);
    return output(uri, many ? Integer.MAX_VALUE : 1, "application/json", -1, context);
  }

  private static Output buffered(BufferedConfig config, OutputContext context) {
    URI uri = Urls.parse(config.logglyUrl, "loggly_url", context);
    int digits = config.outputIncludeTime ? Math.max(0, config.timePrecisionDigits) : -1;
    return output(uri, Integer.MAX_VALUE, "text/plain", digits, context);
  }

  private static Output output(
      URI uri, int events, String contentType, int digits, OutputContext context) {
    HttpDestination http = HttpDestination.of(context).build();
    return new ServiceOutput<>(
        context,
        http,
        new BatchDelivery.Limits(events, MOST_BYTES, 1),
        new LogglyOutput(uri, http, contentType, digits, context.zone()));
  }

  /** Loggly's own interface for one event becomes its interface for many. */
  static URI bulk(URI uri) {
    boolean own = uri.getHost().endsWith(".loggly.com");
    return own && uri.getPath().startsWith(INPUTS)
        ? uri.resolve(BULK + uri.getRawPath().substring(INPUTS.length()))
        : uri;
  }

  @Override
  public Boolean encode(Chunk chunk, ChunkEvent event, Bytes out) {
    if (digits >= 0 && isAbsent(event.record().get("timestamp"))) {
      event.record().put("timestamp", Times.iso(event.time(), digits, zone));
    } else if (digits < 0) {
      MsgpackToJson.write(event.bytes(), event.offset(), event.length(), out);
      return true;
    }
    MsgpackToJson.write(event.record(), out);
    return true;
  }

  /** What Ruby's {@code ||=} replaces. */
  static boolean isAbsent(Object value) {
    return value == null || Boolean.FALSE.equals(value);
  }

  @Override
  public void send(Batch<Boolean> batch) throws IOException {
    http.send(
        "POST", uri, Map.of("Content-Type", contentType), HttpBody.of(batch.joined("", "\n", "")));
  }
}
