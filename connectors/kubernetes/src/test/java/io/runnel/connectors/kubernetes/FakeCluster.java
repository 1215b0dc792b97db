package io.runnel.connectors.kubernetes;

import com.sun.net.httpserver.HttpExchange;
import com.sun.net.httpserver.HttpServer;
import com.sun.net.httpserver.HttpsConfigurator;
import com.sun.net.httpserver.HttpsServer;
import io.runnel.event.Json;
import java.io.IOException;
import java.io.OutputStream;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.URI;
import java.nio.charset.StandardCharsets;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.LinkedBlockingQueue;
import javax.net.ssl.SSLContext;

/**
 * An API server as clients see it: objects, lists, watches as answers in chunks that do not end,
 * Status objects with 401, 403, 404 and 410, slow answers and connections that break.
 */
final class FakeCluster implements AutoCloseable {
  private static final String END = "END";
  private static final String BREAK = "BREAK";

  private final HttpServer server;
  private final boolean tls;
  private final ExecutorService threads = Executors.newVirtualThreadPerTaskExecutor();
  private final Map<String, Object> objects = new ConcurrentHashMap<>();
  private final List<URI> requests = new CopyOnWriteArrayList<>();
  private final List<String> tokens = new CopyOnWriteArrayList<>();
  private final Map<String, BlockingQueue<String>> watches = new ConcurrentHashMap<>();
  private volatile int failure;
  private volatile int watchFailure;
  private volatile long delayMillis;

  FakeCluster() throws IOException {
    this(null);
  }

  /**
   * @param context for https; null for http
   */
  FakeCluster(SSLContext context) throws IOException {
    InetSocketAddress address = new InetSocketAddress(InetAddress.getLoopbackAddress(), 0);
    tls = context != null;
    if (tls) {
      HttpsServer https = HttpsServer.create(address, 50);
      https.setHttpsConfigurator(new HttpsConfigurator(context));
      server = https;
    } else {
      server = HttpServer.create(address, 50);
    }
    server.setExecutor(threads);
    server.createContext("/", this::serve);
    server.start();
  }

  String url() {
    return (tls ? "https" : "http") + "://127.0.0.1:" + server.getAddress().getPort();
  }

  /** A pod, or another object, as JSON at its path behind the version. */
  void put(String path, Object object) {
    objects.put(path, object);
  }

  void remove(String path) {
    objects.remove(path);
  }

  /** Every request is answered with this status; 0 ends it. */
  void fail(int status) {
    failure = status;
  }

  /** Every watch is answered with this status; 0 ends it. */
  void failWatches(int status) {
    watchFailure = status;
  }

  /** Answers are this late. */
  void delay(long millis) {
    delayMillis = millis;
  }

  /** Passes a notice to the watch of {@code pods} or {@code namespaces}. */
  void notice(String kind, String type, Object object) {
    Map<String, Object> notice = new LinkedHashMap<>();
    notice.put("type", type);
    notice.put("object", object);
    queue(kind).add(Json.write(notice));
  }

  /** Ends the watch as the server does after some minutes. */
  void endWatch(String kind) {
    queue(kind).add(END);
  }

  /** Breaks the connection of a watch within a notice. */
  void breakWatch(String kind) {
    queue(kind).add(BREAK);
  }

  private BlockingQueue<String> queue(String kind) {
    return watches.computeIfAbsent(kind, ignored -> new LinkedBlockingQueue<>());
  }

  /** Path and query of the requests so far. */
  List<String> requests() {
    return requests.stream().map(URI::toString).toList();
  }

  long count(String part) {
    return requests().stream().filter(request -> request.contains(part)).count();
  }

  /** The tokens that came, each once in a row. */
  List<String> tokens() {
    return tokens;
  }

  private void serve(HttpExchange exchange) throws IOException {
    requests.add(exchange.getRequestURI());
    String token = exchange.getRequestHeaders().getFirst("Authorization");
    if (token != null && (tokens.isEmpty() || !tokens.getLast().equals(token))) {
      tokens.add(token);
    }
    try {
      Thread.sleep(delayMillis);
      answer(exchange);
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    } finally {
      exchange.close();
    }
  }

  private void answer(HttpExchange exchange) throws IOException, InterruptedException {
    String path = exchange.getRequestURI().getPath();
    String query = String.valueOf(exchange.getRequestURI().getQuery());
    boolean watch = query.contains("watch=true");
    int status = watch && watchFailure != 0 ? watchFailure : failure;
    if (status != 0) {
      send(exchange, status, status(status));
      return;
    }
    if (!path.startsWith("/api/v1/")) {
      send(exchange, 404, status(404));
      return;
    }
    String object = path.substring("/api/v1".length());
    if (watch) {
      watch(exchange, object.substring(1));
    } else if (object.equals("/pods") || object.equals("/namespaces")) {
      send(exchange, 200, list(object.equals("/pods"), query));
    } else {
      Object found = objects.get(object);
      send(exchange, found == null ? 404 : 200, found == null ? status(404) : found);
    }
  }

  /** Two on a page, so that a list has several. */
  private Map<String, Object> list(boolean pods, String query) {
    List<Object> all =
        objects.entrySet().stream()
            .filter(entry -> entry.getKey().contains("/pods/") == pods)
            .sorted(Map.Entry.comparingByKey())
            .map(Map.Entry::getValue)
            .toList();
    int from =
        query.contains("continue=") ? Integer.parseInt(query.replaceAll(".*continue=", "")) : 0;
    int to = Math.min(from + 2, all.size());
    Map<String, Object> metadata = new LinkedHashMap<>();
    metadata.put("resourceVersion", "100");
    if (to < all.size()) {
      metadata.put("continue", Integer.toString(to));
    }
    return Map.of("metadata", metadata, "items", all.subList(from, to));
  }

  private static Map<String, Object> status(int code) {
    return Map.of("kind", "Status", "code", code, "message", "the answer is " + code);
  }

  private static void send(HttpExchange exchange, int status, Object body) throws IOException {
    byte[] text = Json.write(body).getBytes(StandardCharsets.UTF_8);
    exchange.getResponseHeaders().set("Content-Type", "application/json");
    exchange.sendResponseHeaders(status, text.length);
    exchange.getResponseBody().write(text);
  }

  private void watch(HttpExchange exchange, String kind) throws IOException, InterruptedException {
    exchange.sendResponseHeaders(200, 0);
    OutputStream out = exchange.getResponseBody();
    out.flush();
    while (true) {
      String line = queue(kind).take();
      if (line.equals(END)) {
        return;
      }
      if (line.equals(BREAK)) {
        out.write("{\"type\":\"MODI".getBytes(StandardCharsets.UTF_8));
        out.flush();
        return;
      }
      out.write((line + "\n").getBytes(StandardCharsets.UTF_8));
      out.flush();
      if (line.contains("\"ERROR\"")) {
        return; // as the server does
      }
    }
  }

  @Override
  public void close() {
    server.stop(0);
    threads.shutdownNow();
    threads.close();
  }
}
