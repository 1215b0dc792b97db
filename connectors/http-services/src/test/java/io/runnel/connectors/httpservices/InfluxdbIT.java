package io.runnel.connectors.httpservices;

import static org.assertj.core.api.Assertions.assertThat;

import io.runnel.event.Json;
import io.runnel.testkit.Await;
import io.runnel.testkit.DebianPackages;
import io.runnel.testkit.EventSender;
import io.runnel.testkit.RunnelProcess;
import io.runnel.testkit.ServerProcess;
import java.io.IOException;
import java.net.URI;
import java.net.URLEncoder;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Base64;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Assumptions;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** The daemon of the image and Debian's InfluxDB with users, both killed. */
class InfluxdbIT {
  private static final int BATCH = 50;
  private static final int BATCHES = 40;
  private static final Duration PATIENCE = Duration.ofSeconds(90);

  @TempDir Path folder;

  private final HttpClient http = HttpClient.newHttpClient();
  private final int port = ServerProcess.freePort();
  private Path image;
  private ServerProcess server;

  @BeforeEach
  void start() throws IOException {
    image = RunnelProcess.image().orElse(null);
    Assumptions.assumeTrue(image != null, "no image: run scripts/build-image");
    Optional<String> missing = DebianPackages.provide("influxd", "influxdb");
    Assumptions.assumeTrue(missing.isEmpty(), () -> missing.orElse(""));
    Path config = Files.createDirectories(folder.resolve("influx")).resolve("influx.conf");
    Files.writeString(
        config,
        """
        reporting-disabled = true
        bind-address = "127.0.0.1:%d"
        [meta]
          dir = "%s/meta"
        [data]
          dir = "%s/data"
          wal-dir = "%s/wal"
        [http]
          bind-address = "127.0.0.1:%d"
          auth-enabled = true
        """
            .formatted(
                ServerProcess.freePort(),
                config.getParent(),
                config.getParent(),
                config.getParent(),
                port));
    server =
        ServerProcess.of(config.getParent(), List.of("influxd", "-config", config.toString()))
            .readyWhen(() -> ServerProcess.listens(port));
    server.start();
    Await.await(() -> query("CREATE USER root WITH PASSWORD 'right' WITH ALL PRIVILEGES") != null);
    query("CREATE DATABASE fluentd");
  }

  @AfterEach
  void stop() {
    http.close();
    if (server != null) {
      server.close();
    }
  }

  /** The answer's first row of values; an empty text where there is none, null for an error. */
  private String query(String text) {
    String q = URLEncoder.encode(text, StandardCharsets.UTF_8);
    String basic =
        Base64.getEncoder().encodeToString("root:right".getBytes(StandardCharsets.UTF_8));
    HttpRequest request =
        HttpRequest.newBuilder(URI.create("http://127.0.0.1:" + port + "/query?db=fluentd&q=" + q))
            .header("Authorization", "Basic " + basic)
            .POST(HttpRequest.BodyPublishers.noBody())
            .build();
    try {
      HttpResponse<String> answer = http.send(request, HttpResponse.BodyHandlers.ofString());
      if (answer.statusCode() != 200) {
        return null;
      }
      Map<?, ?> result =
          (Map<?, ?>) ((List<?>) ((Map<?, ?>) Json.parse(answer.body())).get("results")).getFirst();
      return result.containsKey("series")
          ? ((List<?>) ((Map<?, ?>) ((List<?>) result.get("series")).getFirst()).get("values"))
              .getFirst()
              .toString()
          : "";
    } catch (IOException e) {
      return null;
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      throw new AssertionError("interrupted", e);
    }
  }

  private RunnelProcess runnel(int input, String name, String password) {
    String config =
        "<source>\n@type http\nbind 127.0.0.1\nport %d\n</source>\n".formatted(input)
            + "<match app.**>\n@type influxdb\nhost 127.0.0.1\nport %d\n".formatted(port)
            + "password %s\ntag_keys k\ntime_precision n\n".formatted(password)
            + "<buffer>\n@type file\npath @@DIR@@/buffer\nflush_mode interval\nflush_interval 0.3s\n"
            + "retry_wait 0.5s\nretry_max_interval 1s\n</buffer>\n</match>\n";
    return RunnelProcess.of(image, folder.resolve(name), config).start();
  }

  /** Each event has a tag of its own: a point that is written twice is still one. */
  @Test
  void nothingIsLostOrDoubledWhereBothAreKilled() throws Exception {
    int input = ServerProcess.freePort();
    try (RunnelProcess runnel = runnel(input, "r", "right");
        EventSender sender = new EventSender(input, "app.a")) {
      for (int batch = 0; batch < BATCHES; batch++) {
        sender.send(
            batch * BATCH, (batch + 1) * BATCH, n -> "{\"n\":" + n + ",\"k\":\"k" + n + "\"}");
        if (batch == BATCHES / 3) {
          server.kill();
        } else if (batch == BATCHES / 2) {
          runnel.kill();
          runnel.start();
        }
      }
      runnel.awaitLog("cannot send to http://127.0.0.1:" + port);
      server.start();
      Await.await(
          PATIENCE,
          () -> query("SELECT COUNT(n) FROM \"app.a\""),
          () ->
              ("" + query("SELECT COUNT(n) FROM \"app.a\"")).endsWith(" " + BATCH * BATCHES + "]"));
      runnel.stop();
    }
  }

  @Test
  void aWrongPasswordIsSaidAndEventsWait() throws Exception {
    int input = ServerProcess.freePort();
    try (RunnelProcess runnel = runnel(input, "w", "wr0ng");
        EventSender sender = new EventSender(input, "app.b")) {
      sender.send(0, 1, n -> "{\"n\":1}");
      runnel.awaitLog("(the credentials are wrong or may not do this)");
      assertThat(runnel.log()).doesNotContain("wr0ng");
      runnel.kill();
    }
    assertThat(query("SELECT COUNT(n) FROM \"app.b\"")).isEmpty();
    try (RunnelProcess runnel = runnel(input, "w", "right")) {
      Await.await(PATIENCE, () -> ("" + query("SELECT COUNT(n) FROM \"app.b\"")).endsWith(" 1]"));
    }
  }
}
