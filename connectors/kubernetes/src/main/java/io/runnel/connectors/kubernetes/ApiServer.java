package io.runnel.connectors.kubernetes;

import io.runnel.event.Bytes;
import io.runnel.event.Json;
import java.io.BufferedInputStream;
import java.io.IOException;
import java.io.InputStream;
import java.net.HttpURLConnection;
import java.net.URI;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Map;
import java.util.Optional;
import java.util.function.Supplier;
import javax.net.ssl.HttpsURLConnection;
import javax.net.ssl.SSLContext;

/**
 * The API server of a cluster: single requests, and watches, which are answers that do not end. The
 * token is read anew for each request, because the cluster renews it. Safe for use by several
 * threads; an interrupt of a virtual thread ends its request.
 */
final class ApiServer {
  /** A list of all pods of a large cluster; a node's own are far fewer. */
  private static final int MAX_ANSWER = 128 << 20;

  /** An object of Kubernetes has 1.5 MiB at most. */
  private static final int MAX_NOTICE = 8 << 20;

  private static final int MAX_MESSAGE = 16 * 1024;
  private static final long MAX_TOKEN = 1 << 20;

  /** Longer than a watch lasts, so that a connection that has died unseen is noticed. */
  private static final Duration WATCH = Duration.ofSeconds(330);

  static final int WATCH_SECONDS = 300;

  /** How it is reached. */
  record Settings(
      String url,
      String version,
      Optional<Path> tokenFile,
      boolean verify,
      Supplier<SSLContext> tls,
      Duration open,
      Duration read) {}

  /** What is done with each line of a watch. */
  interface Notices {
    void take(Map<?, ?> notice) throws IOException;
  }

  private final Settings settings;
  private final String base;
  private SSLContext context;

  ApiServer(Settings settings) {
    this.settings = settings;
    String url = settings.url().replaceAll("/+$", "");
    String path = URI.create(url).getPath();
    base = (path == null || path.isEmpty() ? url + "/api" : url) + "/" + settings.version();
  }

  /**
   * Asks for one object or list.
   *
   * @param path behind the version, such as {@code /namespaces/a}, with its query
   * @throws ApiException where the server says no
   */
  Map<?, ?> get(String path) throws IOException {
    HttpURLConnection connection = open(path, settings.read());
    try (InputStream in = answer(connection)) {
      long end = System.nanoTime() + settings.open().plus(settings.read()).toNanos();
      Bytes body = new Bytes(8192);
      byte[] buffer = new byte[16 * 1024];
      for (int count = in.read(buffer); count >= 0; count = in.read(buffer)) {
        body.write(buffer, 0, count);
        if (body.length() > MAX_ANSWER) {
          throw new IOException("the answer has more than " + MAX_ANSWER + " bytes");
        }
        if (System.nanoTime() - end > 0) {
          throw new IOException("the answer takes longer than read_timeout");
        }
      }
      return object(body);
    }
  }

  /** Passes on the notices of a watch until the server ends it. */
  void watch(String path, Notices notices) throws IOException {
    HttpURLConnection connection = open(path, WATCH);
    try (InputStream in = new BufferedInputStream(answer(connection), 16 * 1024)) {
      Bytes line = new Bytes(8192);
      for (int b = in.read(); b >= 0; b = in.read()) {
        if (b != '\n') {
          line.write(b);
          if (line.length() > MAX_NOTICE) {
            throw new IOException("a notice has more than " + MAX_NOTICE + " bytes");
          }
        } else if (line.length() > 0) {
          notices.take(object(line));
          line.clear();
        }
      }
      if (line.length() > 0) {
        throw new IOException("the connection ended within a notice");
      }
    } finally {
      connection.disconnect();
    }
  }

  private static Map<?, ?> object(Bytes text) throws IOException {
    try {
      if (Json.parse(text.toByteArray()) instanceof Map<?, ?> map) {
        return map;
      }
    } catch (IllegalArgumentException e) {
      throw new IOException("the answer is no JSON: " + e.getMessage(), e);
    }
    throw new IOException("the answer is no JSON object");
  }

  private HttpURLConnection open(String path, Duration read) throws IOException {
    HttpURLConnection connection =
        (HttpURLConnection) URI.create(base + path).toURL().openConnection();
    connection.setConnectTimeout(Math.toIntExact(settings.open().toMillis()));
    connection.setReadTimeout(Math.toIntExact(read.toMillis()));
    connection.setInstanceFollowRedirects(false);
    connection.setUseCaches(false);
    connection.setRequestProperty("Accept", "application/json");
    connection.setRequestProperty("User-Agent", "runnel");
    if (settings.tokenFile().isPresent()) {
      connection.setRequestProperty("Authorization", "Bearer " + token(settings.tokenFile().get()));
    }
    if (connection instanceof HttpsURLConnection https) {
      https.setSSLSocketFactory(tls().getSocketFactory());
      if (!settings.verify()) {
        https.setHostnameVerifier((host, session) -> true);
      }
    }
    return connection;
  }

  private static String token(Path file) throws IOException {
    if (Files.size(file) > MAX_TOKEN) {
      throw new IOException("bearer_token_file is too large: " + file);
    }
    return Files.readString(file).strip();
  }

  private synchronized SSLContext tls() {
    if (context == null) {
      context = settings.tls().get();
    }
    return context;
  }

  private static InputStream answer(HttpURLConnection connection) throws IOException {
    int status = connection.getResponseCode();
    if (status == HttpURLConnection.HTTP_OK) {
      return connection.getInputStream();
    }
    String message = "";
    try (InputStream error = connection.getErrorStream()) {
      if (error != null) {
        message = new String(error.readNBytes(MAX_MESSAGE), StandardCharsets.UTF_8);
      }
    }
    throw new ApiException(status, status + " " + said(message, connection.getResponseMessage()));
  }

  /** The message of a Status object, else the reason of the status line. */
  private static String said(String body, String reason) {
    try {
      if (Json.parse(body) instanceof Map<?, ?> status
          && status.get("message") instanceof String message) {
        return message;
      }
    } catch (IllegalArgumentException e) {
      // no Status object: a proxy has answered
    }
    return reason == null ? "" : reason;
  }
}
