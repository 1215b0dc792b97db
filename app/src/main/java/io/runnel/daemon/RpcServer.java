package io.runnel.daemon;

import io.runnel.config.ConfigDump;
import io.runnel.config.ConfigElement;
import io.runnel.config.ConfigException;
import io.runnel.engine.SystemConfig;
import io.runnel.event.MsgpackToJson;
import io.runnel.log.Log;
import io.runnel.net.Sockets;
import io.runnel.net.StreamLease;
import io.runnel.net.http.HttpHandler;
import io.runnel.net.http.HttpLimits;
import io.runnel.net.http.HttpRequest;
import io.runnel.net.http.HttpResponse;
import io.runnel.net.http.HttpServer;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Queue;
import java.util.concurrent.CompletableFuture;
import java.util.function.Supplier;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/** The RPC server of {@code <system> rpc_endpoint}: Fluentd's paths below {@code /api/}. */
final class RpcServer implements AutoCloseable {
  private static final Pattern ENDPOINT = Pattern.compile("(?:(.*):)?(\\d{1,5})");

  private final HttpServer server;

  private RpcServer(HttpServer server) {
    this.server = server;
  }

  /** Null where no endpoint is configured, or it cannot be bound (which is logged). */
  static RpcServer start(
      SystemConfig system,
      Sockets sockets,
      Queue<Request> requests,
      Supplier<ConfigElement> config,
      Log log) {
    if (system.rpcEndpoint().isEmpty()) {
      return null;
    }
    String endpoint = system.rpcEndpoint().get();
    Matcher form = ENDPOINT.matcher(endpoint);
    if (!form.matches()) {
      throw new ConfigException("Invalid rpc_endpoint: " + endpoint + "; HOST:PORT is needed");
    }
    String host = form.group(1) == null || form.group(1).isEmpty() ? "127.0.0.1" : form.group(1);
    try {
      StreamLease lease =
          sockets.tcp(host.replaceAll("^\\[|\\]$", ""), Integer.parseInt(form.group(2)), 0);
      HttpHandler handler =
          new Handler(requests, config, system.enableGetDump().orElse(false), log);
      RpcServer started = new RpcServer(HttpServer.start(lease, handler, HttpLimits.small()));
      log.info("RPC endpoint is ready", "endpoint", endpoint);
      return started;
    } catch (IOException e) {
      log.error("RPC endpoint cannot be opened", e, "endpoint", endpoint);
      return null;
    }
  }

  @Override
  public void close() {
    server.close();
  }

  private record Handler(
      Queue<Request> requests, Supplier<ConfigElement> config, boolean mayGetDump, Log log)
      implements HttpHandler {
    @Override
    public HttpResponse handle(HttpRequest request) {
      String path = request.path().replaceAll("/$", "");
      return switch (path) {
        case "/api/processes.interruptWorkers", "/api/processes.killWorkers" ->
            ask(new Request.Stop(0, false));
        case "/api/processes.flushBuffersAndKillWorkers" -> ask(new Request.Stop(0, true));
        case "/api/plugins.flushBuffers" -> ask(new Request.Flush(false));
        case "/api/config.reload",
            "/api/config.gracefulReload",
            "/api/processes.zeroDowntimeRestart" ->
            ask(new Request.Reload(new CompletableFuture<>()));
        case "/api/processes.cancelSourceOnly" -> ask(new Request.LeaveSourceOnly());
        case "/api/config.dump" -> {
          byte[] text = (ConfigDump.dump(config.get()) + "\n").getBytes(StandardCharsets.UTF_8);
          log.raw(text, 0, text.length);
          yield ok(Map.of());
        }
        case "/api/config.getDump" ->
            mayGetDump ? ok(Map.of("conf", ConfigDump.dump(config.get()))) : notFound();
        default -> notFound();
      };
    }

    private HttpResponse ask(Request request) {
      requests.add(request);
      return ok(Map.of());
    }

    private static HttpResponse ok(Map<String, Object> more) {
      Map<String, Object> body = new LinkedHashMap<>(more);
      body.put("ok", true);
      return json(200, body);
    }

    private static HttpResponse notFound() {
      return HttpResponse.of(
          404,
          "text/html; charset=UTF-8",
          "<html><body><h1>Not Found</h1></body></html>\n".getBytes(StandardCharsets.UTF_8));
    }

    private static HttpResponse json(int status, Map<String, Object> body) {
      return HttpResponse.of(
          status, "application/json", MsgpackToJson.text(body).getBytes(StandardCharsets.UTF_8));
    }
  }
}
