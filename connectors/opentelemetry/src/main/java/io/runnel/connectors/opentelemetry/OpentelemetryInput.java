package io.runnel.connectors.opentelemetry;

import io.runnel.config.ByteSize;
import io.runnel.config.ConfigException;
import io.runnel.config.Default;
import io.runnel.config.Doc;
import io.runnel.net.StreamLease;
import io.runnel.net.TlsContext;
import io.runnel.net.TransportConfig;
import io.runnel.net.http.HttpLimits;
import io.runnel.net.http.HttpServer;
import io.runnel.plugin.Input;
import io.runnel.plugin.PluginContext;
import io.runnel.plugin.PluginType;
import io.runnel.plugins.input.Servers;
import java.io.IOException;
import java.time.Duration;
import java.util.Optional;

/** Takes logs, metrics and traces over OTLP/HTTP. */
final class OpentelemetryInput implements Input {
  static final PluginType<Config, PluginContext, Input> TYPE =
      PluginType.input("opentelemetry", Config.class, OpentelemetryInput::new);

  private static final Duration IDLE = Duration.ofSeconds(60);

  @Doc("Listens for logs, metrics and traces in OpenTelemetry's protocol.")
  record Config(
      @Doc("Tag of the events; ${type} in it becomes logs, metrics or traces.") String tag,
      @Doc("Listens for OTLP over HTTP.") Optional<Http> http,
      @Doc("Refused: gRPC is not supported.") Optional<Grpc> grpc,
      TransportConfig transport) {}

  /** {@code <http>}. */
  record Http(
      @Doc("The address to bind.") @Default("0.0.0.0") String bind,
      @Doc("The port.") @Default("4318") int port,
      @Doc("Larger bodies are refused.") @Default("33554432") ByteSize bodySizeLimit,
      @Doc("Bodies that decompress to more are refused.") @Default("268435456")
          ByteSize decompressionSizeLimit) {}

  /** {@code <grpc>}. */
  record Grpc(
      @Doc("The address to bind.") @Default("0.0.0.0") String bind,
      @Doc("The port.") @Default("4317") int port) {}

  private final PluginContext context;
  private final Http http;
  private final TlsContext tls;
  private final OtlpIntake intake;
  private HttpServer server;

  OpentelemetryInput(Config config, PluginContext context) {
    this.context = context;
    if (config.grpc.isPresent()) {
      throw new ConfigException(
          "<grpc> is not supported: use <http> (OTLP over HTTP, port 4318), and"
              + " OTEL_EXPORTER_OTLP_PROTOCOL=http/protobuf where the data comes from",
          context.element().place());
    }
    http =
        config.http.orElseThrow(
            () ->
                new ConfigException(
                    "Please configure either <http> or <grpc> section, or both.",
                    context.element().place()));
    config.transport.protocol(TransportConfig.Protocol.TCP, TransportConfig.Protocol.TLS);
    tls = config.transport.serverContext(context.system().hostname());
    intake = new OtlpIntake(config.tag, http.decompressionSizeLimit.bytes(), context);
  }

  @Override
  public void start() throws IOException {
    StreamLease lease = context.sockets().tcp(http.bind, http.port, 0);
    HttpLimits limits =
        HttpLimits.ingest(http.bodySizeLimit.bytes(), IDLE, context.memory().receiving());
    server =
        HttpServer.start(
            "opentelemetry",
            lease,
            tls,
            intake,
            limits,
            Servers.threads(context),
            Servers.report(context));
    context.log().debug("listening opentelemetry", "bind", http.bind, "port", lease.port());
  }

  /** The port that is listened on. */
  int port() {
    return server.port();
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
