package io.runnel.plugins.contrib;

import io.runnel.config.ConfigElement;
import io.runnel.config.ConfigException;
import io.runnel.config.Default;
import io.runnel.config.Doc;
import io.runnel.config.LegacyParameters;
import io.runnel.config.Name;
import io.runnel.config.Secret;
import io.runnel.event.Bytes;
import io.runnel.event.Event;
import io.runnel.event.EventTime;
import io.runnel.event.Json;
import io.runnel.event.MsgpackToJson;
import io.runnel.event.RecordAccessor;
import io.runnel.net.TlsClientConfig;
import io.runnel.plugin.BufferDefaults;
import io.runnel.plugin.Chunk;
import io.runnel.plugin.Output;
import io.runnel.plugin.OutputContext;
import io.runnel.plugin.PluginType;
import io.runnel.plugins.client.HttpBody;
import io.runnel.plugins.client.HttpClient;
import io.runnel.plugins.client.HttpClientOutput;
import io.runnel.plugins.client.HttpResponse;
import io.runnel.plugins.common.FieldText;
import java.io.IOException;
import java.net.URI;
import java.net.URISyntaxException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Collectors;
import java.util.zip.GZIPOutputStream;

/** Sends events to Grafana Loki by its JSON push interface (fluent-plugin-grafana-loki). */
public final class LokiOutput implements HttpClientOutput {
  public static final PluginType<Config, OutputContext, Output> TYPE =
      PluginType.output("loki", Config.class, LokiOutput::new)
          .legacy(LegacyParameters.BUFFER)
          .buffered(BufferDefaults.of(List.of(), "@type", "memory"));

  private static final Pattern THREAD = Pattern.compile("flush_thread_\\d+");
  private static final Duration TIMEOUT = Duration.ofSeconds(60);

  /** {@code line_format}. */
  enum LineFormat {
    JSON,
    @Name("key_value")
    KEY_VALUE
  }

  /** {@code compress}. */
  enum Compress {
    GZIP
  }

  @Doc("Sends events to Grafana Loki.")
  record Config(
      @Doc("The server's URL, without the path of the interface.")
          @Default("https://logs-prod-us-central1.grafana.net")
          String url,
      @Doc("User of the basic authentication.") Optional<String> username,
      @Doc("Password of the basic authentication.") @Secret("") Optional<String> password,
      @Doc("A file with a token, read for each request; not used with a username.")
          Optional<String> bearerTokenFile,
      @Doc("Whose logs these are (X-Scope-OrgID); may hold placeholders of the chunk keys.")
          Optional<String> tenant,
      @Doc("Labels of all events.") Map<String, Object> extraLabels,
      @Doc("Fields that become labels, with commas between them; older than <label>.")
          Optional<String> labelKeys,
      @Doc("Labels: a name, and a path into the record where it is not the same.")
          List<ConfigElement> label,
      @Doc("How a record is written as a line.") @Default("key_value") LineFormat lineFormat,
      @Doc("Writes a record with one field as its value alone.") @Default("false")
          boolean dropSingleKey,
      @Doc("Fields that are left out; paths such as $.a.b too.") List<String> removeKeys,
      @Doc("Adds the label fluentd_thread where flush_thread_count is more than 1.")
          @Default("true")
          boolean includeThreadLabel,
      @Doc("Makes labels of Kubernetes labels of the record.") @Default("false")
          boolean extractKubernetesLabels,
      @Doc("More headers.") Map<String, Object> customHeaders,
      @Doc("Compresses the bodies.") Optional<Compress> compress,
      @Doc("Accepts any certificate.") @Default("false") boolean insecureTls,
      @Doc("Certificates of authorities to trust (PEM).") Optional<String> caCert,
      @Doc("Certificate that this side shows.") Optional<String> cert,
      @Doc("Its private key.") Optional<String> key,
      @Doc("Ciphers of TLS, an OpenSSL list.") Optional<String> ciphers,
      @Doc("Oldest version of TLS, such as TLS1_2.") Optional<String> minVersion) {}

  private record Line(long time, String text) {}

  private final Config config;
  private final OutputContext context;
  private final URI uri;
  private final LokiLabels labels;
  private final List<RecordAccessor> removed;
  private final boolean threadLabel;
  private final HttpClient http;

  LokiOutput(Config config, OutputContext context) {
    this.config = config;
    this.context = context;
    try {
      uri = new URI(config.url.replaceAll("/+$", "") + "/loki/api/v1/push");
    } catch (URISyntaxException e) {
      throw new ConfigException("URL parameter must have HTTP/HTTPS scheme", at("url"), e);
    }
    boolean web = "http".equals(uri.getScheme()) || "https".equals(uri.getScheme());
    if (!web || uri.getHost() == null) {
      throw new ConfigException("URL parameter must have HTTP/HTTPS scheme", at("url"));
    }
    requireFile("bearer_token_file", config.bearerTokenFile);
    requireFile("CA certificate file", config.caCert);
    boolean ownCertificate = config.cert.isPresent() && config.key.isPresent();
    if (!ownCertificate && (config.cert.isPresent() || config.key.isPresent())) {
      context.log().warn("cert and key are used together only: no certificate will be shown");
    }
    threadLabel = config.includeThreadLabel && context.buffer().flushThreadCount() > 1;
    labels =
        new LokiLabels(
            config.label, config.labelKeys.map(Csv::split).orElse(List.of()), config.extraLabels);
    removed = config.removeKeys.stream().map(LokiLabels::accessor).toList();
    TlsClientConfig tls =
        new TlsClientConfig(
            config.caCert.map(List::of).orElse(List.of()),
            config.insecureTls,
            true,
            false,
            ownCertificate ? config.cert : Optional.empty(),
            ownCertificate ? config.key : Optional.empty(),
            Optional.empty(),
            "TLSv1_2",
            config.minVersion.map(version -> version.replaceFirst("^TLS_?(?=\\d)", "TLSv")),
            config.minVersion.map(version -> "TLSv1_3"),
            config.ciphers.orElse("ALL:!aNULL:!eNULL:!SSLv2"));
    http =
        new HttpClient(
            context,
            new HttpClient.Settings(TIMEOUT, TIMEOUT, TIMEOUT, TIMEOUT, null, tls::context, true));
  }

  private void requireFile(String what, Optional<String> path) {
    if (path.isPresent() && !Files.isReadable(Path.of(path.get()))) {
      throw new ConfigException(what + " " + path.get() + " not found");
    }
  }

  private io.runnel.config.Place at(String parameter) {
    return context.element().placeOf(parameter);
  }

  @Override
  public HttpClient http() {
    return http;
  }

  @Override
  public void write(Chunk chunk) throws IOException {
    Bytes body = new Bytes((int) Math.min(1 << 20, chunk.bytes() * 2 + 256));
    Map<String, String> headers = new LinkedHashMap<>();
    headers.put("Content-Type", "application/json");
    byte[] json = body(chunk).getBytes(java.nio.charset.StandardCharsets.UTF_8);
    if (config.compress.isPresent()) {
      headers.put("Content-Encoding", "gzip");
      try (GZIPOutputStream gzip = new GZIPOutputStream(body)) {
        gzip.write(json);
      }
    } else {
      body.write(json);
    }
    config.customHeaders.forEach((name, value) -> headers.put(name, String.valueOf(value)));
    config.tenant.ifPresent(tenant -> headers.put("X-Scope-OrgID", chunk.expand(tenant)));
    if (config.username.isPresent()) {
      headers.put(
          "Authorization",
          HttpClient.basic(config.username.get() + ":" + config.password.orElse("")));
    } else if (config.bearerTokenFile.isPresent()) {
      String token = Files.readString(Path.of(config.bearerTokenFile.get())).strip();
      headers.put("Authorization", "Bearer " + token);
    }
    check(http.send("POST", uri, headers, HttpBody.of(body)));
  }

  /** What the server may take later is tried again; what it refuses is not. */
  private void check(HttpResponse answer) throws IOException {
    if (answer.isSuccess()) {
      return;
    }
    String text = "failed to write post to " + uri + " (" + answer + ")";
    if (answer.status() == 429 || answer.status() >= 500) {
      throw new IOException(text);
    }
    context.log().error(text);
  }

  private String body(Chunk chunk) throws IOException {
    Map<Map<String, String>, List<Line>> streams = new LinkedHashMap<>();
    String thread = thread();
    chunk.eachStream(
        events -> {
          for (Event event : events.events()) {
            Map<String, Object> record = event.record();
            Map<String, String> stream = labels.take(record);
            if (config.extractKubernetesLabels) {
              addKubernetes(record, stream);
            }
            if (threadLabel) {
              stream.put("fluentd_thread", thread);
            }
            labels.addExtra(stream);
            removed.forEach(field -> field.delete(record));
            streams
                .computeIfAbsent(stream, ignored -> new ArrayList<>())
                .add(new Line(event.time(), line(record)));
          }
        });
    List<Object> all = new ArrayList<>();
    streams.forEach(
        (stream, lines) -> {
          lines.sort(Comparator.comparingLong(Line::time));
          List<Object> values = new ArrayList<>();
          lines.forEach(line -> values.add(List.of(nanos(line.time), line.text)));
          all.add(Map.of("stream", stream, "values", values));
        });
    return Json.write(Map.of("streams", all));
  }

  private static String thread() {
    Matcher matcher = THREAD.matcher(Thread.currentThread().getName());
    return matcher.find() ? matcher.group() : "flush_thread_0";
  }

  private static void addKubernetes(Map<String, Object> record, Map<String, String> stream) {
    if (record.get("kubernetes") instanceof Map<?, ?> kubernetes
        && kubernetes.get("labels") instanceof Map<?, ?> found) {
      found.forEach(
          (name, value) -> stream.put(LokiLabels.clean(String.valueOf(name)), FieldText.of(value)));
    }
  }

  private static String nanos(long time) {
    return Long.toString(EventTime.seconds(time) * 1_000_000_000L + EventTime.nanos(time));
  }

  private String line(Map<String, Object> record) {
    if (config.dropSingleKey && record.size() == 1) {
      return FieldText.of(record.values().iterator().next());
    }
    if (config.lineFormat == LineFormat.JSON) {
      return MsgpackToJson.text(record);
    }
    return record.entrySet().stream()
        .map(field -> field.getKey() + "=" + quoted(FieldText.of(field.getValue())))
        .collect(Collectors.joining(" "));
  }

  private static String quoted(String value) {
    String escaped = value.replace("\\", "\\\\").replace("\"", "\\\"");
    boolean plain = escaped.indexOf(' ') < 0 && escaped.indexOf('=') < 0;
    return plain ? escaped : "\"" + escaped + "\"";
  }
}
