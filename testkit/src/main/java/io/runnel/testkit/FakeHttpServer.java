package io.runnel.testkit;

import com.sun.net.httpserver.HttpExchange;
import com.sun.net.httpserver.HttpServer;
import com.sun.net.httpserver.HttpsConfigurator;
import com.sun.net.httpserver.HttpsParameters;
import com.sun.net.httpserver.HttpsServer;
import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.function.Function;
import javax.net.ssl.SSLContext;
import javax.net.ssl.SSLParameters;

/** An HTTP server that keeps the requests and answers as the test wants. */
public final class FakeHttpServer implements AutoCloseable {
  /** One request; header names in lower case. */
  public record Request(String method, String target, Map<String, String> headers, byte[] body) {
    /** The body as text. */
    public String text() {
      return new String(body, StandardCharsets.UTF_8);
    }
  }

  /** One answer. */
  public record Answer(int status, String body, Map<String, String> headers) {
    public Answer(int status, String body) {
      this(status, body, Map.of());
    }
  }

  private final HttpServer server;
  private final ExecutorService threads = Executors.newVirtualThreadPerTaskExecutor();
  private final List<Request> requests = new ArrayList<>();
  private final List<Integer> clientPorts = new ArrayList<>();
  private final Function<Request, Answer> answers;

  /**
   * @param answers is asked for each request, by several threads
   */
  public FakeHttpServer(Function<Request, Answer> answers) throws IOException {
    this(HttpServer.create(anyPort(), 50), answers);
  }

  private static InetSocketAddress anyPort() {
    return new InetSocketAddress(InetAddress.getLoopbackAddress(), 0);
  }

  private FakeHttpServer(HttpServer server, Function<Request, Answer> answers) {
    this.server = server;
    this.answers = answers;
    server.setExecutor(threads);
    server.createContext("/", this::handle);
    server.start();
  }

  /** Answers every request alike. */
  public static FakeHttpServer answering(int status, String body) throws IOException {
    return new FakeHttpServer(request -> new Answer(status, body));
  }

  /** Answers every request over TLS with 200. */
  public static FakeHttpServer secure(SSLContext context, SSLParameters parameters)
      throws IOException {
    HttpsServer server = HttpsServer.create(anyPort(), 50);
    server.setHttpsConfigurator(
        new HttpsConfigurator(context) {
          @Override
          public void configure(HttpsParameters connection) {
            connection.setSSLParameters(parameters);
          }
        });
    return new FakeHttpServer(server, request -> new Answer(200, ""));
  }

  public int port() {
    return server.getAddress().getPort();
  }

  /** All requests so far. */
  public synchronized List<Request> requests() {
    return List.copyOf(requests);
  }

  /** How many connections the requests came on. */
  public synchronized long connections() {
    return clientPorts.stream().distinct().count();
  }

  private void handle(HttpExchange exchange) throws IOException {
    Map<String, String> headers = new HashMap<>();
    exchange
        .getRequestHeaders()
        .forEach((name, values) -> headers.put(name.toLowerCase(Locale.ROOT), values.getFirst()));
    Request request =
        new Request(
            exchange.getRequestMethod(),
            exchange.getRequestURI().toString(),
            headers,
            exchange.getRequestBody().readAllBytes());
    synchronized (this) {
      requests.add(request);
      clientPorts.add(exchange.getRemoteAddress().getPort());
    }
    Answer answer = answers.apply(request);
    byte[] body = answer.body().getBytes(StandardCharsets.UTF_8);
    answer.headers().forEach((name, value) -> exchange.getResponseHeaders().set(name, value));
    exchange.sendResponseHeaders(answer.status(), body.length == 0 ? -1 : body.length);
    if (body.length > 0) {
      exchange.getResponseBody().write(body);
    }
    exchange.close();
  }

  @Override
  public void close() {
    server.stop(0);
    threads.close();
  }
}
