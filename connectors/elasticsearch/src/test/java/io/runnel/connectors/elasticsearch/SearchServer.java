package io.runnel.connectors.elasticsearch;

import io.runnel.event.Json;
import io.runnel.testkit.Await;
import io.runnel.testkit.ServerClasspath;
import io.runnel.testkit.ServerProcess;
import java.io.IOException;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.function.Supplier;

/** A real node of OpenSearch or Elasticsearch in a process of its own. Used by one thread. */
final class SearchServer implements AutoCloseable {
  private static final Path SERVERS = Path.of("src/test/servers").toAbsolutePath();

  private static final Duration PATIENCE = Duration.ofMinutes(3);

  private final int port = ServerProcess.freePort();
  private final HttpClient http = HttpClient.newHttpClient();
  private final ServerProcess process;

  private SearchServer(String name, String source, String classPath, Path folder) {
    process =
        ServerProcess.java(
                folder,
                classPath,
                List.of(
                    "-Xmx512m",
                    "-XX:+UseSerialGC",
                    "-XX:TieredStopAtLevel=1",
                    "--enable-native-access=ALL-UNNAMED"),
                SERVERS.resolve(name).resolve(source).toString(),
                List.of(
                    folder.resolve("data").toString(),
                    Integer.toString(port),
                    Integer.toString(ServerProcess.freePort())))
            .readyWhen(() -> call("GET", "/_cluster/health?wait_for_status=yellow", null).ok());
  }

  /** Empty where its artifacts cannot be had. */
  static Optional<SearchServer> openSearch(Path folder) {
    return ServerClasspath.of(SERVERS.resolve("opensearch/pom.xml"))
        .map(path -> new SearchServer("opensearch", "OpenSearchNode.java", path, folder));
  }

  static Optional<SearchServer> elasticsearch(Path folder) {
    return ServerClasspath.of(SERVERS.resolve("elasticsearch/pom.xml"))
        .map(path -> new SearchServer("elasticsearch", "ElasticsearchNode.java", path, folder));
  }

  int port() {
    return port;
  }

  SearchServer start() {
    process.start();
    return this;
  }

  void kill() {
    process.kill();
  }

  /** An answer. */
  record Answer(int status, String body) {
    boolean ok() {
      return status / 100 == 2;
    }

    Map<?, ?> json() {
      return (Map<?, ?>) Json.parse(body);
    }
  }

  Answer call(String method, String path, String body) throws IOException {
    HttpRequest request =
        HttpRequest.newBuilder(URI.create("http://127.0.0.1:" + port + path))
            .timeout(Duration.ofSeconds(30))
            .header("Content-Type", "application/json")
            .method(
                method,
                body == null
                    ? HttpRequest.BodyPublishers.noBody()
                    : HttpRequest.BodyPublishers.ofString(body))
            .build();
    try {
      HttpResponse<String> answer = http.send(request, HttpResponse.BodyHandlers.ofString());
      return new Answer(answer.statusCode(), answer.body());
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      throw new IOException("interrupted", e);
    }
  }

  /** Documents of indices that a pattern names; -1 while the server cannot say. */
  long count(String indices) {
    try {
      call("POST", "/" + indices + "/_refresh", null);
      Answer answer = call("GET", "/" + indices + "/_count", null);
      return answer.ok() && answer.json().get("count") instanceof Number n ? n.longValue() : -1;
    } catch (IOException e) {
      return -1;
    }
  }

  void awaitCount(String indices, long least) {
    awaitCount(indices, least, () -> "");
  }

  /**
   * @param more for the message of the failure
   */
  void awaitCount(String indices, long least, Supplier<String> more) {
    Await.await(
        PATIENCE,
        () -> count(indices) + " documents, not " + least + "\n" + more.get(),
        () -> count(indices) >= least);
  }

  /** Waits until a field has that many different values. */
  void awaitDistinct(String indices, String field, long least) {
    Await.await(
        PATIENCE,
        () -> count(indices) + " documents, but not " + least + " different ones",
        () -> {
          try {
            return count(indices) >= least && distinct(indices, field) >= least;
          } catch (IOException | RuntimeException e) {
            return false; // the server is on its way back
          }
        });
  }

  /** How many different values a numeric field has. */
  long distinct(String indices, String field) throws IOException {
    String query =
        "{\"size\":0,\"aggs\":{\"d\":{\"cardinality\":{\"field\":\"%s\",\"precision_threshold\":40000}}}}"
            .formatted(field);
    Map<?, ?> root = call("POST", "/" + indices + "/_search", query).json();
    Map<?, ?> found = (Map<?, ?>) ((Map<?, ?>) root.get("aggregations")).get("d");
    return ((Number) found.get("value")).longValue();
  }

  /** The documents that a query string finds, as their sources. */
  List<Map<?, ?>> search(String indices, String query) throws IOException {
    Map<?, ?> root = call("GET", "/" + indices + "/_search?size=100&q=" + query, null).json();
    List<?> hits = (List<?>) ((Map<?, ?>) root.get("hits")).get("hits");
    return hits.stream().<Map<?, ?>>map(hit -> (Map<?, ?>) hit).toList();
  }

  @Override
  public void close() {
    process.close();
    http.close();
  }
}
