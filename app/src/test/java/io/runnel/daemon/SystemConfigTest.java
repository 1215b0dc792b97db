package io.runnel.daemon;

import static org.assertj.core.api.Assertions.assertThat;

import io.runnel.testkit.Await;
import java.io.IOException;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.Arrays;
import java.util.List;
import java.util.Optional;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** What each parameter of {@code <system>} does to a whole daemon. */
class SystemConfigTest {
  private static final String SAMPLE =
      """
      <source>
        @type sample
        @id in
        tag t
        rate 100
      </source>
      """;
  private static final String NULL =
      """
      <match **>
        @type null
      </match>
      """;

  @TempDir Path folder;

  private static String system(String... lines) {
    return "<system>\n" + String.join("\n", lines) + "\n</system>\n";
  }

  private DryRuns.Outcome dryRun(String config, String... more)
      throws IOException, DaemonOptions.UsageException {
    return DryRuns.of(Files.writeString(folder.resolve("dry.conf"), config), more);
  }

  private static HttpResponse<String> get(int port, String path) {
    return send(HttpRequest.newBuilder(URI.create("http://127.0.0.1:" + port + path)).build());
  }

  private static HttpResponse<String> post(int port, String path, String body) {
    return send(
        HttpRequest.newBuilder(URI.create("http://127.0.0.1:" + port + path))
            .header("Content-Type", "application/json")
            .POST(HttpRequest.BodyPublishers.ofString(body))
            .build());
  }

  private static HttpResponse<String> send(HttpRequest request) {
    try (HttpClient client = HttpClient.newHttpClient()) {
      return client.send(request, HttpResponse.BodyHandlers.ofString());
    } catch (IOException e) {
      throw new java.io.UncheckedIOException(e);
    } catch (InterruptedException e) {
      throw new AssertionError(e);
    }
  }

  @Test
  void workersRunSideBySide() {
    try (RunningDaemon daemon = RunningDaemon.start(folder, system("workers 2") + NULL)) {
      daemon.await("#1 fluentd worker is now running worker=1");
    }
  }

  @Test
  void rootDirHoldsBuffersWithThePermissionsAskedFor() throws IOException {
    String output =
        """
        <match **>
          @type stdout
          @id out
          <buffer>
            @type file
            flush_mode interval
            flush_interval 1h
          </buffer>
        </match>
        """;
    Path root = folder.resolve("root");
    String settings =
        system("root_dir " + root, "file_permission 0604", "dir_permission 0705") + SAMPLE + output;
    try (RunningDaemon ignored = RunningDaemon.start(folder, settings)) {
      Path buffer = root.resolve("worker0/out/buffer");
      Await.await(() -> chunk(buffer).isPresent());
      assertThat(permissions(chunk(buffer).orElseThrow())).isEqualTo("rw----r--");
      assertThat(permissions(buffer)).isEqualTo("rwx---r-x");
    }
  }

  private static Optional<Path> chunk(Path buffer) {
    try (Stream<Path> files = Files.list(buffer)) {
      return files.filter(f -> f.getFileName().toString().startsWith("buffer.b")).findFirst();
    } catch (IOException e) {
      return Optional.empty();
    }
  }

  private static String permissions(Path path) throws IOException {
    return PosixFilePermissions.toString(Files.getPosixFilePermissions(path));
  }

  @Test
  void permissionsThatAreNotOctalAreRefused() throws Exception {
    DryRuns.Outcome outcome = dryRun(system("file_permission 0888"));
    assertThat(outcome.status()).isEqualTo(1);
    assertThat(outcome.log()).contains("invalid permission '0888'");
  }

  @Test
  void theConfigurationCanBeLeftOutOfTheLog() throws Exception {
    assertThat(dryRun(system("suppress_config_dump false")).log())
        .contains("using configuration file: <ROOT>");
    assertThat(dryRun(system("suppress_config_dump true")).log())
        .contains("finished dry run mode")
        .doesNotContain("<ROOT>");
  }

  @Test
  void logEventsOfStartAndStopAreSentWhereWished() throws IOException {
    Path out = folder.resolve("out");
    String config =
        """
        <source>
          @type sample
          @id in
          tag t
        </source>
        <match t>
          @type null
        </match>
        <label @FLUENT_LOG>
          <match **>
            @type file
            path %s
            append true
          </match>
        </label>
        """
            .formatted(out);
    RunningDaemon.start(folder, system("log_event_verbose true") + config).close();
    assertThat(allText(folder, "out"))
        .contains("fluentd worker is now running")
        .contains("shutting down input plugin");
  }

  private static String allText(Path folder, String prefix) throws IOException {
    StringBuilder all = new StringBuilder();
    try (Stream<Path> files = Files.walk(folder)) {
      for (Path file : files.filter(Files::isRegularFile).toList()) {
        if (folder.relativize(file).toString().startsWith(prefix)) {
          all.append(Files.readString(file, java.nio.charset.StandardCharsets.ISO_8859_1));
        }
      }
    }
    return all.toString();
  }

  @Test
  void withoutSourceNoInputIsStarted() {
    try (RunningDaemon daemon =
        RunningDaemon.start(folder, system("without_source true") + SAMPLE + NULL)) {
      assertThat(daemon.log()).contains("adding match").doesNotContain("adding source");
    }
  }

  @Test
  void rpcAnswersAtItsEndpoint() {
    int port = RunningDaemon.freePort();
    String endpoint = "rpc_endpoint 127.0.0.1:" + port;
    try (RunningDaemon daemon =
        RunningDaemon.start(folder, system(endpoint, "enable_get_dump true") + NULL)) {
      daemon.await("RPC endpoint is ready");
      assertThat(get(port, "/api/config.getDump").body()).startsWith("{\"conf\":\"<ROOT>");
      assertThat(get(port, "/api/plugins.flushBuffers").body()).isEqualTo("{\"ok\":true}");
      daemon.await("force flushing buffered events");
      get(port, "/api/processes.killWorkers");
      daemon.await("Worker 0 finished with status 0");
    }
    try (RunningDaemon daemon = RunningDaemon.start(folder, system(endpoint) + NULL)) {
      daemon.await("RPC endpoint is ready");
      assertThat(get(port, "/api/config.getDump").statusCode()).isEqualTo(404);
    }
  }

  @Test
  void processNameIsWhatPsShows() {
    for (String name : List.of("collector-of-my-logs", "my-collector-of-logs")) {
      try (RunningDaemon ignored =
          RunningDaemon.start(folder, system("process_name " + name) + NULL)) {
        Await.await(() -> comm().equals(name.substring(0, 15)));
      }
    }
  }

  private static String comm() {
    try {
      return Files.readString(Path.of("/proc/self/comm")).strip();
    } catch (IOException e) {
      return "";
    }
  }

  @Test
  void malformedValuesAreRefusedWhereStrict() throws Exception {
    String config = SAMPLE.replace("rate 100", "rate 10x");
    assertThat(dryRun(system("strict_config_value false") + config).status()).isZero();
    DryRuns.Outcome strict = dryRun(system("strict_config_value true") + config);
    assertThat(strict.status()).isEqualTo(1);
    assertThat(strict.log()).contains("rate").contains("10x");
  }

  @Test
  void figuresOfInputsAreCountedAsWished() {
    int port = RunningDaemon.freePort();
    String monitor =
        """
        <source>
          @type monitor_agent
          bind 127.0.0.1
          port %d
        </source>
        """
            .formatted(port);
    String path = "/api/plugins.json?@id=in";
    try (RunningDaemon ignored =
        RunningDaemon.start(folder, system("enable_size_metrics true") + monitor + SAMPLE + NULL)) {
      Await.await(() -> get(port, path).body().matches("(?s).*\"emit_size\":[1-9].*"));
      assertThat(get(port, path).body()).containsPattern("\"emit_records\":[1-9]");
    }
    String lines = NULL.replace("null", "stdout");
    try (RunningDaemon daemon =
        RunningDaemon.start(
            folder, system("enable_input_metrics false") + monitor + SAMPLE + lines)) {
      Await.await(() -> daemon.log().split("\"message\":\"sample\"").length > 5);
      assertThat(get(port, path).body()).contains("\"emit_records\":0,\"emit_size\":0");
    }
  }

  @Test
  void theMonitorShowsConfigurationsAndRetriesWhereAskedTo() {
    int port = RunningDaemon.freePort();
    String config =
        SAMPLE
            + """
            <source>
              @type monitor_agent
              bind 127.0.0.1
              port %d
              include_config true
              include_retry true
            </source>
            <match **>
              @type http
              @id out
              endpoint http://127.0.0.1:1/
              <buffer>
                flush_mode immediate
                retry_wait 1h
              </buffer>
            </match>
            """
                .formatted(port);
    try (RunningDaemon ignored = RunningDaemon.start(folder, config)) {
      Await.await(() -> get(port, "/api/plugins.json?@id=out").body().contains("\"next_time\":"));
      assertThat(get(port, "/api/plugins.json?@id=out").body())
          .contains("\"endpoint\":\"http://127.0.0.1:1/\"");
    }
  }

  @Test
  void failedEmitsAreLoggedOnceInAnInterval() {
    int port = RunningDaemon.freePort();
    String config =
        """
        <source>
          @type http
          bind 127.0.0.1
          port %d
        </source>
        <match **>
          @type http
          endpoint http://127.0.0.1:1/
          <buffer>
            chunk_limit_size 60
            total_limit_size 60
          </buffer>
        </match>
        """
            .formatted(port);
    String event = "{\"message\":\"" + "x".repeat(40) + "\"}";
    try (RunningDaemon daemon =
        RunningDaemon.start(folder, system("emit_error_log_interval 1h") + config)) {
      for (int i = 0; i < 5; i++) {
        post(port, "/t", event);
      }
      assertThat(Arrays.stream(daemon.log().split("\n")))
          .filteredOn(line -> line.contains("emit transaction failed"))
          .hasSize(1);
    }
  }

  @Test
  void onlyLocalMetricsAreThere() throws Exception {
    String section = "<metrics>\n@type %s\n</metrics>";
    assertThat(dryRun(system(section.formatted("local"))).status()).isZero();
    DryRuns.Outcome other = dryRun(system(section.formatted("prometheus")));
    assertThat(other.status()).isEqualTo(1);
    assertThat(other.log()).contains("prometheus");
  }
}
