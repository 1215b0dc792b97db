package io.runnel.connectors.webhdfs;

import io.runnel.event.Json;
import io.runnel.plugins.client.HttpBody;
import io.runnel.plugins.client.HttpDestination;
import io.runnel.plugins.client.HttpResponse;
import java.io.IOException;
import java.net.URI;
import java.net.URISyntaxException;
import java.net.URLEncoder;
import java.nio.charset.StandardCharsets;
import java.util.Map;
import java.util.OptionalLong;

/**
 * The REST interface of one name node (Hadoop's WebHDFS), or of an HttpFS gateway. The name node
 * answers a write with the data node that takes the bytes (307, in two steps); a gateway takes them
 * itself, where {@code data=true} says that they come along.
 */
final class NameNode {
  private static final int ANSWER_BYTES = 16 * 1024;
  private static final int REDIRECT = 307;
  private static final int NOT_FOUND = 404;
  private static final Map<String, String> BINARY =
      Map.of("Content-Type", "application/octet-stream");

  private final HttpDestination destination;
  private final String scheme;
  private final String host;
  private final int port;
  private final String user;
  private final boolean gateway;

  /**
   * @param user empty for none
   * @param gateway whether it is HttpFS
   */
  NameNode(
      HttpDestination destination,
      boolean secure,
      String host,
      int port,
      String user,
      boolean gateway) {
    this.destination = destination;
    this.scheme = secure ? "https" : "http";
    this.host = host;
    this.port = port;
    this.user = user;
    this.gateway = gateway;
  }

  /** For messages. */
  String named() {
    return host + ":" + port;
  }

  /** Asks for something that every name node in charge answers. */
  void check() throws IOException {
    expect(ask("GET", uri("/", "LISTSTATUS", ""), HttpBody.empty()), "list /");
  }

  /** The length of a file; empty where there is none. */
  OptionalLong length(String path) throws IOException {
    HttpResponse answer = ask("GET", uri(path, "GETFILESTATUS", ""), HttpBody.empty());
    if (answer.status() == NOT_FOUND) {
      return OptionalLong.empty();
    }
    expect(answer, "look for " + path);
    try {
      if (Json.parse(answer.body()) instanceof Map<?, ?> map
          && map.get("FileStatus") instanceof Map<?, ?> status
          && status.get("length") instanceof Number length) {
        return OptionalLong.of(length.longValue());
      }
    } catch (IllegalArgumentException e) {
      throw new IOException("no JSON in the answer of " + named(), e);
    }
    throw new IOException("no file status in the answer of " + named());
  }

  void create(String path, boolean overwrite, HttpBody body) throws IOException {
    write("PUT", uri(path, "CREATE", "&overwrite=" + overwrite), body, "create " + path);
  }

  void append(String path, HttpBody body) throws IOException {
    write("POST", uri(path, "APPEND", ""), body, "append to " + path);
  }

  private void write(String method, URI uri, HttpBody body, String what) throws IOException {
    if (gateway) {
      expect(ask(method, URI.create(uri + "&data=true"), body), what);
      return;
    }
    HttpResponse where = ask(method, uri, HttpBody.empty());
    String location = where.headers().get("location");
    if (where.status() != REDIRECT || location == null) {
      expect(where, what);
      throw new IOException(
          named() + " names no data node to " + what + " (is it HttpFS? then httpfs true)");
    }
    URI target;
    try {
      target = new URI(location);
    } catch (URISyntaxException e) {
      throw new IOException(named() + " names a wrong data node: " + location, e);
    }
    expect(ask(method, target, body), what);
  }

  private HttpResponse ask(String method, URI uri, HttpBody body) throws IOException {
    return destination.ask(method, uri, BINARY, body, ANSWER_BYTES);
  }

  private void expect(HttpResponse answer, String what) throws IOException {
    if (answer.isSuccess()) {
      return;
    }
    String hint =
        answer.status() == 401 || answer.status() == 403
            ? " (check username and the permissions of the path)"
            : "";
    throw new HdfsException(
        "cannot " + what + " at " + named() + ": " + answer.status() + " " + reason(answer) + hint,
        answer.body().contains("StandbyException"));
  }

  /** {@code message} of Hadoop's {@code RemoteException}; else the beginning of the body. */
  private static String reason(HttpResponse answer) {
    try {
      if (Json.parse(answer.body()) instanceof Map<?, ?> map
          && map.get("RemoteException") instanceof Map<?, ?> exception) {
        String message = String.valueOf(exception.get("message"));
        return exception.get("exception") + ": " + message.lines().findFirst().orElse("");
      }
    } catch (IllegalArgumentException e) {
      // some other server's page
    }
    return answer.body().lines().findFirst().orElse(answer.reason());
  }

  /**
   * @param path begins with a slash
   */
  private URI uri(String path, String operation, String more) {
    StringBuilder encoded = new StringBuilder();
    for (String part : path.substring(1).split("/", -1)) {
      encoded.append('/').append(encode(part));
    }
    return URI.create(
        scheme
            + "://"
            + host
            + ":"
            + port
            + "/webhdfs/v1"
            + encoded
            + "?op="
            + operation
            + (user.isEmpty() ? "" : "&user.name=" + encode(user))
            + more);
  }

  private static String encode(String text) {
    return URLEncoder.encode(text, StandardCharsets.UTF_8).replace("+", "%20");
  }

  /** What HDFS answered. */
  static final class HdfsException extends IOException {
    private static final long serialVersionUID = 1L;

    private final boolean standby;

    HdfsException(String message, boolean standby) {
      super(message);
      this.standby = standby;
    }

    /** The name node is not the one in charge. */
    boolean isStandby() {
      return standby;
    }
  }
}
