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
import java.io.IOException;
import java.net.URI;
import java.time.ZoneId;
import java.util.HashMap;
import java.util.Map;

/** Sends events to Logz.io (fluent-plugin-logzio). */
final class LogzioOutput implements Service<Boolean> {
  static final PluginType<Config, OutputContext, Output> TYPE =
      PluginType.output("logzio_buffered", Config.class, LogzioOutput::output)
          .legacy(LegacyParameters.BUFFER)
          .buffered(BufferDefaults.none());

  @Doc("Sends events to Logz.io.")
  record Config(
      @Doc("URL of the listener with the account's token, https://HOST:8071?token=TOKEN&type=TYPE.")
          @Secret
          String endpointUrl,
      @Doc("Adds the field @timestamp where there is none.") @Default("true")
          boolean outputIncludeTime,
      @Doc("Adds the tag where the field is absent.") @Default("true") boolean outputIncludeTags,
      @Doc("The field of the tag.") @Default("fluentd_tags") String outputTagsFieldname,
      @Doc("Bytes of a request at most; a larger event goes to the error stream.")
          @Default("1000000")
          int bulkLimit,
      @Doc("Not used: the buffer tries again.") @Default("4") int retryCount,
      @Doc("Not used: the buffer tries again.") @Default("2") int retrySleep,
      @Doc("Not used: a connection that the server has closed is noticed.") @Default("5")
          int httpIdleTimeout,
      @Doc("Compresses the bodies.") @Default("false") boolean gzip) {}

  private final Config config;
  private final URI uri;
  private final HttpDestination http;
  private final ZoneId zone;

  private LogzioOutput(Config config, URI uri, HttpDestination http, ZoneId zone) {
    this.config = config;
    this.uri = uri;
    this.http = http;
    this.zone = zone;
  }

  private static Output output(Config config, OutputContext context) {
    URI uri = Urls.parse(config.endpointUrl, "endpoint_url", context);
    HttpDestination http = HttpDestination.of(context).build();
    return new ServiceOutput<>(
        context,
        http,
        new BatchDelivery.Limits(Integer.MAX_VALUE, config.bulkLimit, 1),
        new LogzioOutput(config, uri, http, context.zone()));
  }

  @Override
  public Boolean encode(Chunk chunk, ChunkEvent event, Bytes out) throws FormatException {
    Map<String, Object> record = event.record();
    if (config.outputIncludeTime && LogglyOutput.isAbsent(record.get("@timestamp"))) {
      record.put("@timestamp", Times.iso(event.time(), 3, zone));
    }
    if (config.outputIncludeTags && LogglyOutput.isAbsent(record.get(config.outputTagsFieldname))) {
      record.put(config.outputTagsFieldname, event.tag());
    }
    MsgpackToJson.write(record, out);
    if (out.length() > config.bulkLimit) {
      throw new FormatException(
          "Record with size %d exceeds %d and can't be sent to Logz.io"
              .formatted(out.length(), config.bulkLimit));
    }
    return true;
  }

  @Override
  public void send(Batch<Boolean> batch) throws IOException {
    Map<String, String> headers = new HashMap<>();
    headers.put("Content-Type", "text/plain");
    Bytes body = batch.joined("", "\n", "");
    if (config.gzip) {
      headers.put("Content-Encoding", "gzip");
    }
    http.send("POST", uri, headers, config.gzip ? HttpDestination.gzip(body) : HttpBody.of(body));
  }
}
