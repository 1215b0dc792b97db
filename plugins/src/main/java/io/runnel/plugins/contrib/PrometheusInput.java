package io.runnel.plugins.contrib;

import io.runnel.config.ConfigElement;
import io.runnel.config.ConfigException;
import io.runnel.config.ConfigSpec;
import io.runnel.config.Default;
import io.runnel.config.Doc;
import io.runnel.event.Bytes;
import io.runnel.net.StreamLease;
import io.runnel.net.TlsContext;
import io.runnel.net.TransportConfig;
import io.runnel.net.http.HttpHandler;
import io.runnel.net.http.HttpLimits;
import io.runnel.net.http.HttpRequest;
import io.runnel.net.http.HttpResponse;
import io.runnel.net.http.HttpServer;
import io.runnel.plugin.Input;
import io.runnel.plugin.PluginContext;
import io.runnel.plugin.PluginType;
import io.runnel.plugins.input.Servers;
import java.io.IOException;
import java.io.InputStream;
import java.net.URI;
import java.net.URLConnection;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.Map;
import java.util.Optional;
import java.util.zip.GZIPOutputStream;

/** Shows the metrics of this worker to Prometheus (fluent-plugin-prometheus). */
public final class PrometheusInput implements Input {
  public static final PluginType<Config, PluginContext, Input> TYPE =
      PluginType.input("prometheus", Config.class, PrometheusInput::new);

  private static final int FETCH_MILLIS = 5_000;
  private static final int MAX_FETCHED = 64 << 20;

  /** {@code content_encoding}. */
  enum ContentEncoding {
    IDENTITY,
    GZIP
  }

  @Doc("Shows metrics to Prometheus over HTTP.")
  record Config(
      @Doc("The address to bind.") @Default("0.0.0.0") String bind,
      @Doc("The port; the number of the worker is added.") @Default("24231") int port,
      @Doc("Where the metrics of this worker are.") @Default("/metrics") String metricsPath,
      @Doc("Where the metrics of all workers are.") @Default("/aggregated_metrics")
          String aggregatedMetricsPath,
      @Doc("Compresses the answers.") @Default("identity") ContentEncoding contentEncoding,
      @Doc("Has no effect.") @Default("3600") Duration ignoreErrorLogInterval,
      TransportConfig transport,
      @Doc("The old form of <transport tls>.") Optional<Ssl> ssl) {}

  @Doc("TLS as old configurations write it; <transport tls> says the same.")
  record Ssl(
      @Doc("Whether TLS is spoken.") @Default("false") boolean enable,
      @Doc("The certificate (PEM).") Optional<String> certificatePath,
      @Doc("Its private key (PEM).") Optional<String> privateKeyPath,
      @Doc("Certificates of authorities (PEM).") Optional<String> caPath,
      @Doc("Has no effect: parameters of a Ruby server.") Map<String, Object> extraConf) {}

  private final Config config;
  private final PluginContext context;
  private final TlsContext tls;
  private final MetricRegistry registry;
  private HttpServer server;

  PrometheusInput(Config config, PluginContext context) {
    this.config = config;
    this.context = context;
    TransportConfig transport =
        config.ssl.filter(Ssl::enable).map(this::transport).orElse(config.transport);
    transport.protocol(TransportConfig.Protocol.TCP, TransportConfig.Protocol.TLS);
    tls = transport.serverContext(context.system().hostname());
    registry = context.shared(MetricRegistry.class, MetricRegistry::new);
  }

  private TransportConfig transport(Ssl ssl) {
    if (ssl.certificatePath.isPresent() != ssl.privateKeyPath.isPresent()) {
      throw new ConfigException("both certificate_path and private_key_path must be defined");
    }
    context.log().warn("<ssl> is deprecated: use <transport tls> section");
    ConfigElement section = new ConfigElement("transport", "tls", context.element().place());
    ssl.certificatePath.ifPresent(path -> section.set("cert_path", path));
    ssl.privateKeyPath.ifPresent(path -> section.set("private_key_path", path));
    if (ssl.certificatePath.isEmpty()) {
      section.set("insecure", "true");
    }
    return ConfigSpec.of(TransportConfig.class).bind(section, context.system().strictConfigValue());
  }

  @Override
  public void start() throws IOException {
    String bind = config.bind.replaceAll("^\\[|]$", "");
    int port = config.port == 0 ? 0 : config.port + context.workerId();
    StreamLease lease = context.sockets().tcp(bind, port, 0);
    HttpHandler handler = this::handle;
    server =
        HttpServer.start(
            "prometheus",
            lease,
            tls,
            handler,
            HttpLimits.small(),
            Servers.threads(context),
            Servers.report(context));
    context.log().debug("listening prometheus http server on", "bind", config.bind, "port", port);
  }

  /** The port that is listened on. */
  int port() {
    return server.port();
  }

  private HttpResponse handle(HttpRequest request) throws IOException {
    if (!request.is("GET")) {
      return HttpResponse.text(405, "405 Method Not Allowed\n");
    }
    if (request.path().equals(config.metricsPath)) {
      return answer(registry.text(context.clock().nanos()));
    }
    if (request.path().equals(config.aggregatedMetricsPath)) {
      return answer(aggregated());
    }
    return HttpResponse.text(404, "404 Not Found\n");
  }

  private HttpResponse answer(String text) throws IOException {
    byte[] body = text.getBytes(StandardCharsets.UTF_8);
    if (config.contentEncoding == ContentEncoding.IDENTITY) {
      return HttpResponse.of(200, MetricText.CONTENT_TYPE, body);
    }
    Bytes packed = new Bytes(body.length / 2 + 64);
    try (GZIPOutputStream gzip = new GZIPOutputStream(packed)) {
      gzip.write(body);
    }
    return HttpResponse.of(200, MetricText.CONTENT_TYPE, packed.toByteArray())
        .header("Content-Encoding", "gzip");
  }

  /** The metrics of all workers: the others are asked as Prometheus would ask them. */
  private String aggregated() {
    MetricText all = new MetricText();
    all.merge(registry.text(context.clock().nanos()));
    for (int worker = 0; worker < context.workers(); worker++) {
      if (worker != context.workerId()) {
        try {
          all.merge(fetch(config.port + worker));
        } catch (IOException e) {
          context.log().warn("prometheus: worker " + worker + " does not answer", e);
        }
      }
    }
    return all.toString();
  }

  private String fetch(int port) throws IOException {
    boolean any = config.bind.equals("0.0.0.0") || config.bind.equals("::");
    String host = any ? "localhost" : config.bind;
    host = host.contains(":") && !host.startsWith("[") ? "[" + host + "]" : host;
    String scheme = tls == null ? "http://" : "https://";
    URLConnection connection =
        URI.create(scheme + host + ":" + port + config.metricsPath).toURL().openConnection();
    connection.setConnectTimeout(FETCH_MILLIS);
    connection.setReadTimeout(FETCH_MILLIS);
    try (InputStream in =
        config.contentEncoding == ContentEncoding.GZIP
            ? new java.util.zip.GZIPInputStream(connection.getInputStream())
            : connection.getInputStream()) {
      return new String(in.readNBytes(MAX_FETCHED), StandardCharsets.UTF_8);
    }
  }

  @Override
  public void stop() {
    if (server != null) {
      server.close();
    }
  }

  @Override
  public void close() {
    stop();
  }
}
