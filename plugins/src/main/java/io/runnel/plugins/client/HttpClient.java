package io.runnel.plugins.client;

import io.runnel.event.Bytes;
import io.runnel.net.TlsContext;
import io.runnel.plugin.PluginContext;
import java.io.BufferedOutputStream;
import java.io.IOException;
import java.io.OutputStream;
import java.net.InetSocketAddress;
import java.net.URI;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.ArrayDeque;
import java.util.Base64;
import java.util.Deque;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.function.Supplier;

/**
 * Sends requests with a body over HTTP/1.1 and reads the answers: what outputs need of HTTP, with
 * blocking calls in the thread of the caller, without redirects and without repeating anything by
 * itself. Safe for use by several threads at once.
 */
public final class HttpClient {
  /**
   * How it connects.
   *
   * @param open for making a connection
   * @param tls for the TLS handshake
   * @param read for each wait for bytes of the answer
   * @param send how long a send may make no progress
   * @param proxy null for none
   * @param tlsContext asked for at the first https request
   * @param reuse keeps connections for later requests
   */
  public record Settings(
      Duration open,
      Duration tls,
      Duration read,
      Duration send,
      URI proxy,
      Supplier<TlsContext> tlsContext,
      boolean reuse) {}

  /** Kept connections to one server; more threads than this do not deliver at the same time. */
  private static final int MAX_IDLE = 32;

  private final PluginContext context;
  private final Settings settings;
  private final SendWatch watch;
  private final Map<String, Deque<ClientConnection>> idle = new HashMap<>();
  private TlsContext tlsContext;

  public HttpClient(PluginContext context, Settings settings) {
    this.context = context;
    this.settings = settings;
    this.watch = new SendWatch(context, settings.send());
  }

  public void start() {
    watch.start();
  }

  public void stop() {
    watch.stop();
  }

  public void close() {
    watch.close();
    synchronized (idle) {
      idle.values().forEach(kept -> kept.forEach(ClientConnection::close));
      idle.clear();
    }
  }

  /**
   * Sends a request and waits for the answer.
   *
   * @param headers Host, Content-Length and Connection are added
   * @throws IOException where there is no answer; whether the server has acted is not known then
   */
  public HttpResponse send(String method, URI uri, Map<String, String> headers, HttpBody body)
      throws IOException {
    return send(method, uri, headers, body, HttpResponseReader.MESSAGE_BYTES);
  }

  /**
   * Like {@link #send(String, URI, Map, HttpBody)}, for answers that are more than a message.
   *
   * @param keptBytes what of the answer's body is kept at most
   */
  public HttpResponse send(
      String method, URI uri, Map<String, String> headers, HttpBody body, int keptBytes)
      throws IOException {
    if (uri.getHost() == null || !isHttps(uri) && !"http".equalsIgnoreCase(uri.getScheme())) {
      throw new IOException("no http or https URL with a host: " + uri);
    }
    ClientConnection connection = connection(uri);
    HttpResponse[] answer = new HttpResponse[1];
    watch.use(
        connection,
        used -> {
          request(used, method, uri, headers, body);
          HttpResponseReader reader =
              new HttpResponseReader(
                  used, millis(settings.read()), method.equals("HEAD"), keptBytes);
          answer[0] = reader.read();
          if (settings.reuse() && reader.isReusable()) {
            keep(key(uri), used);
          } else {
            used.close();
          }
        });
    return answer[0];
  }

  private void request(
      ClientConnection connection,
      String method,
      URI uri,
      Map<String, String> headers,
      HttpBody body)
      throws IOException {
    Map<String, String> all = new LinkedHashMap<>();
    all.put("Host", hostHeader(uri));
    all.put("User-Agent", "runnel");
    all.put("Accept", "*/*");
    if (settings.proxy() != null && !isHttps(uri)) {
      addProxyAuthorization(all);
    }
    headers.forEach((name, value) -> put(all, name, value));
    all.put("Content-Length", Long.toString(body.length()));
    all.put("Connection", settings.reuse() ? "keep-alive" : "close");
    Bytes head = new Bytes(512);
    boolean viaProxy = settings.proxy() != null && !isHttps(uri);
    head.utf8(method + " " + (viaProxy ? absolute(uri) : target(uri)) + " HTTP/1.1\r\n");
    all.forEach((name, value) -> head.utf8(name + ": " + value + "\r\n"));
    head.utf8("\r\n");
    OutputStream out = new BufferedOutputStream(connection.stream(), 16 * 1024);
    head.writeTo(out);
    body.writer().writeTo(out);
    out.flush();
  }

  /** Headers are one by name without regard to case; a later one wins. */
  private static void put(Map<String, String> all, String name, String value) {
    if (hasLineEnd(name) || hasLineEnd(value)) {
      throw new IllegalArgumentException("header field value cannot include CR/LF: " + name);
    }
    all.keySet().removeIf(name::equalsIgnoreCase);
    all.put(name, value);
  }

  private static boolean hasLineEnd(String text) {
    return text.indexOf('\r') >= 0 || text.indexOf('\n') >= 0;
  }

  private ClientConnection connection(URI uri) throws IOException {
    ClientConnection kept = poll(key(uri));
    while (kept != null) {
      if (kept.isReusable()) {
        return kept;
      }
      kept.close();
      kept = poll(key(uri));
    }
    return connect(uri);
  }

  private ClientConnection connect(URI uri) throws IOException {
    URI proxy = settings.proxy();
    String host = proxy == null ? uri.getHost() : proxy.getHost();
    InetSocketAddress address =
        new InetSocketAddress(unbracketed(host), port(proxy == null ? uri : proxy));
    if (address.isUnresolved()) {
      throw new IOException("cannot resolve host name: " + host);
    }
    ClientConnection connection =
        ClientConnection.open(address, millis(settings.open()), context.clock());
    if (isHttps(uri)) {
      watch.use(connection, opened -> secure(opened, uri));
    }
    return connection;
  }

  private void secure(ClientConnection connection, URI uri) throws IOException {
    if (settings.proxy() != null) {
      tunnel(connection, uri);
    }
    connection.startTls(tlsContext(), unbracketed(uri.getHost()), millis(settings.tls()));
  }

  private synchronized TlsContext tlsContext() {
    if (tlsContext == null) {
      tlsContext = settings.tlsContext().get();
    }
    return tlsContext;
  }

  private void tunnel(ClientConnection connection, URI uri) throws IOException {
    Map<String, String> headers = new LinkedHashMap<>();
    String target = uri.getHost() + ":" + port(uri);
    headers.put("Host", target);
    addProxyAuthorization(headers);
    Bytes head = new Bytes(256);
    head.utf8("CONNECT " + target + " HTTP/1.1\r\n");
    headers.forEach((name, value) -> head.utf8(name + ": " + value + "\r\n"));
    head.utf8("\r\n");
    connection.write(head.array(), 0, head.length());
    HttpResponse answer =
        new HttpResponseReader(
                connection, millis(settings.read()), true, HttpResponseReader.MESSAGE_BYTES)
            .read();
    if (!answer.isSuccess()) {
      throw new IOException("the proxy refused the connection: " + answer);
    }
  }

  private void addProxyAuthorization(Map<String, String> headers) {
    String user = settings.proxy().getUserInfo();
    if (user != null) {
      headers.put("Proxy-Authorization", basic(user));
    }
  }

  /** The value of Authorization for {@code user:password}. */
  public static String basic(String userAndPassword) {
    return "Basic "
        + Base64.getEncoder().encodeToString(userAndPassword.getBytes(StandardCharsets.UTF_8));
  }

  private ClientConnection poll(String key) {
    synchronized (idle) {
      Deque<ClientConnection> kept = idle.get(key);
      return kept == null ? null : kept.pollLast();
    }
  }

  private void keep(String key, ClientConnection connection) {
    synchronized (idle) {
      Deque<ClientConnection> kept = idle.computeIfAbsent(key, ignored -> new ArrayDeque<>());
      kept.addLast(connection);
      if (kept.size() > MAX_IDLE) {
        kept.pollFirst().close();
      }
    }
  }

  private static String key(URI uri) {
    return uri.getScheme() + "://" + uri.getHost() + ":" + port(uri);
  }

  private static boolean isHttps(URI uri) {
    return "https".equalsIgnoreCase(uri.getScheme());
  }

  static int port(URI uri) {
    return uri.getPort() >= 0 ? uri.getPort() : isHttps(uri) ? 443 : 80;
  }

  /** Without the port where it is the scheme's own. */
  static String hostHeader(URI uri) {
    boolean usual = uri.getPort() < 0 || uri.getPort() == (isHttps(uri) ? 443 : 80);
    return usual ? uri.getHost() : uri.getHost() + ":" + uri.getPort();
  }

  private static String unbracketed(String host) {
    return host.startsWith("[") ? host.substring(1, host.length() - 1) : host;
  }

  /** Path and query, as they stand in the URL. */
  static String target(URI uri) {
    String path = uri.getRawPath() == null || uri.getRawPath().isEmpty() ? "/" : uri.getRawPath();
    return uri.getRawQuery() == null ? path : path + "?" + uri.getRawQuery();
  }

  private static String absolute(URI uri) {
    return uri.getScheme() + "://" + hostHeader(uri) + target(uri);
  }

  private static int millis(Duration duration) {
    return Math.clamp(duration.toMillis(), 1, Integer.MAX_VALUE);
  }
}
