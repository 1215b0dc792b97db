package io.runnel.plugins.contrib;

import io.runnel.config.Default;
import io.runnel.config.Doc;
import io.runnel.net.StreamLease;
import io.runnel.net.http.HttpHandler;
import io.runnel.net.http.HttpLimits;
import io.runnel.net.http.HttpResponse;
import io.runnel.net.http.HttpServer;
import io.runnel.plugin.Input;
import io.runnel.plugin.PluginContext;
import io.runnel.plugin.PluginType;
import io.runnel.plugins.input.Servers;
import java.io.IOException;
import java.nio.charset.StandardCharsets;

/** Answers load balancers that ask whether the daemon is there (fluent-plugin-http-heartbeat). */
public final class HttpHeartbeatInput implements Input {
  public static final PluginType<Config, PluginContext, Input> TYPE =
      PluginType.input("http_heartbeat", Config.class, HttpHeartbeatInput::new).singleWorker();

  private static final byte[] BODY = "heartbeat".getBytes(StandardCharsets.US_ASCII);

  @Doc("Answers each HTTP request with 200 and the text heartbeat; makes no events.")
  record Config(
      @Doc("The port.") @Default("80") int port,
      @Doc("The address to bind.") @Default("0.0.0.0") String bind) {}

  private final Config config;
  private final PluginContext context;
  private HttpServer server;

  HttpHeartbeatInput(Config config, PluginContext context) {
    this.config = config;
    this.context = context;
  }

  @Override
  public void start() throws IOException {
    StreamLease lease = context.sockets().tcp(config.bind, config.port, 0);
    HttpHandler handler = request -> HttpResponse.of(200, "text/plain", BODY).closing();
    server =
        HttpServer.start(
            "http_heartbeat",
            lease,
            null,
            handler,
            HttpLimits.small(),
            Servers.threads(context),
            Servers.report(context));
    context.log().debug("listening http on " + config.bind + ":" + server.port());
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
