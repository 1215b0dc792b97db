package io.runnel.connectors.httpservices;

import io.runnel.config.Default;
import io.runnel.config.Doc;
import io.runnel.config.LegacyParameters;
import io.runnel.config.Secret;
import io.runnel.event.Bytes;
import io.runnel.event.EventTime;
import io.runnel.plugin.BufferDefaults;
import io.runnel.plugin.Chunk;
import io.runnel.plugin.FormatException;
import io.runnel.plugin.Output;
import io.runnel.plugin.OutputContext;
import io.runnel.plugin.PluginType;
import io.runnel.plugins.client.AwsSigner;
import io.runnel.plugins.client.Batch;
import io.runnel.plugins.client.BatchDelivery;
import io.runnel.plugins.client.ChunkEvent;
import io.runnel.plugins.client.HttpBody;
import io.runnel.plugins.client.HttpClient;
import io.runnel.plugins.client.HttpDestination;
import io.runnel.plugins.client.RefusedException;
import io.runnel.plugins.common.FieldText;
import java.io.IOException;
import java.math.BigInteger;
import java.net.URI;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.atomic.AtomicReference;

/** Writes events as points of InfluxDB's line protocol (fluent-plugin-influxdb). */
final class InfluxdbOutput implements Service<Boolean> {
  static final PluginType<Config, OutputContext, Output> TYPE =
      PluginType.output("influxdb", Config.class, InfluxdbOutput::output)
          .legacy(LegacyParameters.BUFFER)
          .buffered(BufferDefaults.none());

  /** What InfluxDB recommends for one request. */
  private static final int MOST_POINTS = 10_000;

  private static final int MOST_BYTES = 10_000_000;
  private static final int BAD_REQUEST = 400;

  @Doc("Writes events to InfluxDB 1; the tag is the measurement.")
  record Config(
      @Doc("Host of the server.") @Default("localhost") String host,
      @Doc("Its port.") @Default("8086") int port,
      @Doc("The database; it must be there.") @Default("fluentd") String dbname,
      @Doc("The user.") @Default("root") String user,
      @Doc("Its password.") @Secret @Default("root") String password,
      @Doc("Unit of the times that are sent: h, m, s, ms, u or n.") @Default("s")
          Precision timePrecision,
      @Doc("Speaks TLS.") @Default("false") boolean useSsl,
      @Doc("Whether the server's certificate is verified.") @Default("true") boolean verifySsl,
      @Doc("Fields that become InfluxDB's tags.") List<String> tagKeys,
      @Doc("A tag that counts events with the same time, from 0, so that all are kept.")
          Optional<String> sequenceTag) {}

  enum Precision {
    H(3_600_000_000_000L),
    M(60_000_000_000L),
    S(1_000_000_000L),
    MS(1_000_000L),
    U(1_000L),
    N(1L);

    private final long nanos;

    Precision(long nanos) {
      this.nanos = nanos;
    }
  }

  /** How many events before had the same time. */
  private record Sequence(String time, long number) {}

  private final Config config;
  private final URI uri;
  private final HttpDestination http;
  private final Map<String, String> headers;
  private final AtomicReference<Sequence> sequence = new AtomicReference<>(new Sequence("", 0));

  private InfluxdbOutput(Config config, URI uri, HttpDestination http) {
    this.config = config;
    this.uri = uri;
    this.http = http;
    headers =
        Map.of(
            "Authorization",
            HttpClient.basic(config.user + ":" + config.password),
            "Content-Type",
            "text/plain; charset=utf-8");
  }

  private static Output output(Config config, OutputContext context) {
    URI uri =
        Urls.parse(
            (config.useSsl ? "https://" : "http://")
                + config.host
                + ":"
                + config.port
                + "/write?db="
                + AwsSigner.escape(config.dbname)
                + "&precision="
                + config.timePrecision.name().toLowerCase(java.util.Locale.ROOT),
            "host",
            context);
    HttpDestination http =
        HttpDestination.of(context).tls(HttpDestination.tls(List.of(), config.verifySsl)).build();
    return new ServiceOutput<>(
        context,
        http,
        new BatchDelivery.Limits(MOST_POINTS, MOST_BYTES, 1),
        new InfluxdbOutput(config, uri, http));
  }

  /** {@code measurement,tag=value field=value time}. */
  @Override
  public Boolean encode(Chunk chunk, ChunkEvent event, Bytes out) throws FormatException {
    Map<String, Object> record = event.record();
    if (record.isEmpty() || record.containsValue(null)) {
      return null; // as in the gem
    }
    Object own = record.remove("time");
    String time = own == null ? time(event.time()) : FieldText.of(own);
    out.utf8(escaped(event.tag(), false));
    for (String key : config.tagKeys) {
      String value = FieldText.of(record.remove(key));
      if (!value.isEmpty()) {
        out.utf8("," + escaped(key, true) + "=" + escaped(value, true));
      }
    }
    config.sequenceTag.ifPresent(name -> out.utf8("," + escaped(name, true) + "=" + next(time)));
    if (record.isEmpty()) {
      throw new FormatException("a point needs a field that is neither time nor in tag_keys");
    }
    char separator = ' ';
    for (Map.Entry<String, Object> field : record.entrySet()) {
      out.utf8(separator + escaped(field.getKey(), true) + "=" + value(field.getValue()));
      separator = ',';
    }
    out.utf8(" " + time);
    return true;
  }

  private String time(long time) {
    BigInteger nanos =
        BigInteger.valueOf(EventTime.seconds(time))
            .multiply(BigInteger.valueOf(1_000_000_000L))
            .add(BigInteger.valueOf(EventTime.nanos(time)));
    return nanos.divide(BigInteger.valueOf(config.timePrecision.nanos)).toString();
  }

  private long next(String time) {
    return sequence
        .updateAndGet(
            before -> new Sequence(time, before.time().equals(time) ? before.number() + 1 : 0))
        .number();
  }

  private static String escaped(String text, boolean equalsSigns) {
    String escaped =
        text.replace("\\", "\\\\")
            .replace(",", "\\,")
            .replace(" ", "\\ ")
            .replaceAll("[\\r\\n]", "\\\\ ");
    return equalsSigns ? escaped.replace("=", "\\=") : escaped;
  }

  private static String value(Object value) {
    if (value instanceof Long || value instanceof Integer) {
      return value + "i";
    }
    if (value instanceof Double number && !number.isNaN() && !number.isInfinite()
        || value instanceof Boolean) {
      return value.toString();
    }
    return "\"" + FieldText.of(value).replace("\\", "\\\\").replace("\"", "\\\"") + "\"";
  }

  /** A point is written twice without harm, so a request with a bad one is taken apart. */
  @Override
  public void send(Batch<Boolean> batch) throws IOException {
    try {
      http.send("POST", uri, headers, HttpBody.of(batch.joined("", "\n", "")));
    } catch (RefusedException e) {
      throw e.status() == BAD_REQUEST ? e.divisible() : e;
    }
  }
}
