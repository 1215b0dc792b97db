package io.runnel.connectors.opentelemetry;

import io.runnel.config.ByteSize;
import io.runnel.config.ConfigException;
import io.runnel.config.Default;
import io.runnel.config.Doc;
import io.runnel.net.TlsContext;
import io.runnel.net.TransportConfig;
import io.runnel.net.http.HttpServer;
import io.runnel.plugin.Input;
import io.runnel.plugin.PluginContext;
import io.runnel.plugin.PluginType;
import io.runnel.plugins.input.Servers;
import java.io.IOException;
import java.time.Duration;
import java.util.Optional;

/** Takes logs, metrics and traces over OTLP: HTTP, gRPC or both. */
final class OpentelemetryInput implements Input {
  static final PluginType<Config, PluginContext, Input> TYPE =
      PluginType.input("opentelemetry", Config.class, OpentelemetryInput::new);

  private static final Duration IDLE = Duration.ofSeconds(60);

  @Doc("Listens for logs, metrics and traces in OpenTelemetry's protocol.")
  record Config(
      @Doc("Tag of the events; ${type} in it becomes logs, metrics or traces.") String tag,
      @Doc("Listens for OTLP over HTTP.") Optional<Http> http,
      @Doc("Listens for OTLP over gRPC.") Optional<Grpc> grpc,
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
      @Doc("The port.") @Default("4317") int port,
      @Doc("Larger messages are refused. Not in the gem, where it is 4m.") @Default("33554432")
          ByteSize bodySizeLimit,
      @Doc("Messages that decompress to more are refused. Not in the gem, where it is 4m.")
          @Default("268435456")
          ByteSize decompressionSizeLimit) {}

  private final PluginContext context;
  private final Optional<Http> http;
  private final Optional<GrpcServer> grpc;
  private final TlsContext tls;
  private final SignalEmitter emitter;
  private HttpServer server;

  OpentelemetryInput(Config config, PluginContext context) {
    this.context = context;
    if (config.http.isEmpty() && config.grpc.isEmpty()) {
      throw new ConfigException(
          "Please configure either <http> or <grpc> section, or both.", context.element().place());
    }
    config.grpc.ifPresent(this::check);
    config.transport.protocol(TransportConfig.Protocol.TCP, TransportConfig.Protocol.TLS);
    tls = config.transport.serverContext(context.system().hostname());
    emitter = new SignalEmitter(config.tag, context);
    http = config.http;
    grpc =
        config.grpc.map(
            section -> new GrpcServer(section, emitter, tls, LeasedServerSocket.Limits.DEFAULT));
  }

  private void check(Grpc section) {
    if (section.decompressionSizeLimit.bytes() > Integer.MAX_VALUE
        || section.bodySizeLimit.bytes() < 1
        || section.decompressionSizeLimit.bytes() < 1) {
      throw new ConfigException(
          "the size limits of <grpc> must be between 1 and " + Integer.MAX_VALUE,
          context.element().place());
    }
  }

  @Override
  public void start() throws IOException {
    if (http.isPresent()) {
      server = start(http.get());
    }
    if (grpc.isPresent()) {
      grpc.get().start();
    }
  }

  private HttpServer start(Http section) throws IOException {
    return Servers.ingest(
        context,
        "opentelemetry",
        context.sockets().tcp(section.bind, section.port, 0),
        section.bind,
        tls,
        new OtlpIntake(emitter, section.decompressionSizeLimit.bytes(), context),
        section.bodySizeLimit.bytes(),
        IDLE);
  }

  /** The port that is listened on for HTTP. */
  int port() {
    return server.port();
  }

  /** The port that is listened on for gRPC. */
  int grpcPort() {
    return grpc.orElseThrow().port();
  }

  @Override
  public void stop() {
    if (server != null) {
      server.close();
    }
    grpc.ifPresent(GrpcServer::close);
  }

  @Override
  public void close() {
    stop();
  }
}
