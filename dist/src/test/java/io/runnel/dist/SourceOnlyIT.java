package io.runnel.dist;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.TimeUnit;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Source-only mode with real processes: what is taken meanwhile reaches its outputs afterwards. */
class SourceOnlyIT {
  @TempDir Path folder;

  private final Image image = Image.built();
  private final HttpClient http = HttpClient.newHttpClient();
  private Process process;
  private Path config;
  private int root;
  private int labelled;

  @BeforeEach
  void writeConfig() throws IOException {
    root = Image.freePort();
    labelled = Image.freePort();
    config = folder.resolve("s.conf");
    write("");
  }

  /**
   * @param system lines of {@code <system>}
   */
  private void write(String system) throws IOException {
    Files.writeString(
        config,
        """
        <system>
          root_dir %s
          %s
        </system>
        <worker 0>
          <source>
            @type http
            bind 127.0.0.1
            port %d
          </source>
          <source>
            @type http
            bind 127.0.0.1
            port %d
            @label @AUDIT
          </source>
          <filter app.**>
            @type record_transformer
            <record>
              seen filter
            </record>
          </filter>
          <match app.**>
            @type stdout
          </match>
          <label @AUDIT>
            <match **>
              @type stdout
              <inject>
                tag_key label
              </inject>
            </match>
          </label>
        </worker>
        """
            .formatted(folder.resolve("root"), system, root, labelled));
  }

  @AfterEach
  void kill() throws InterruptedException {
    if (process != null) {
      process.destroyForcibly();
      process.waitFor(10, TimeUnit.SECONDS);
    }
  }

  private void start(String... options) throws Exception {
    List<String> command = new ArrayList<>(List.of(image.runneld(), "-c", config.toString()));
    command.addAll(List.of(options));
    long before = count("fluentd worker is now running worker=0");
    process =
        new ProcessBuilder(command)
            .redirectErrorStream(true)
            .redirectOutput(ProcessBuilder.Redirect.appendTo(log().toFile()))
            .start();
    Image.await("start", () -> count("fluentd worker is now running worker=0") > before);
  }

  private Path log() {
    return folder.resolve("log");
  }

  private long count(String text) {
    return Image.read(log()).lines().filter(line -> line.contains(text)).count();
  }

  private void post(int port, String json) throws Exception {
    HttpResponse<String> answer =
        http.send(
            HttpRequest.newBuilder(URI.create("http://127.0.0.1:" + port + "/app.x"))
                .header("Content-Type", "application/json")
                .POST(HttpRequest.BodyPublishers.ofString(json))
                .build(),
            HttpResponse.BodyHandlers.ofString());
    assertThat(answer.statusCode()).isEqualTo(200);
  }

  private void stop() throws Exception {
    Image.signal("TERM", process.pid());
    assertThat(process.waitFor(Image.PATIENCE.toSeconds(), TimeUnit.SECONDS)).isTrue();
    assertThat(process.exitValue()).isZero();
  }

  private List<Path> chunks() throws IOException {
    Path base = folder.resolve("root/source-only-buffer");
    if (!Files.exists(base)) {
      return List.of();
    }
    try (Stream<Path> files = Files.walk(base)) {
      return files.filter(file -> file.toString().endsWith(".log")).toList();
    }
  }

  @Test
  void keepsEventsUntilTheSignalAndThenSendsThemToTheirLabels() throws Exception {
    write("<source_only_buffer>\n flush_interval 1s\n compress gzip\n</source_only_buffer>");
    start("--with-source-only");
    post(root, "{\"n\":1}");
    post(labelled, "{\"n\":2}");
    assertThat(chunks()).hasSize(2);
    assertThat(count("\"n\":")).isZero();
    assertThat(count("with-source-only: the emitted data will be stored in the buffer files under"))
        .isEqualTo(1);

    Image.signal("WINCH", process.pid());
    Image.await("the mode is left", () -> count("starts the loading agent") == 1);
    post(root, "{\"n\":3}");
    Image.await("all events", () -> count("\"n\":") == 3);
    assertThat(Image.read(log()))
        .contains("app.x: {\"n\":1,\"seen\":\"filter\"}")
        .contains("app.x: {\"n\":2,\"label\":\"app.x\"}")
        .contains("app.x: {\"n\":3,\"seen\":\"filter\"}");

    Image.signal("WINCH", process.pid());
    Image.await("a second signal", () -> count("do nothing for canceling with-source-only") == 1);
    stop();
    assertThat(folder.resolve("root/source-only-buffer")).isEmptyDirectory();
    assertThat(count("some buffer files remain")).isZero();
  }

  @Test
  void aStopInTheModeKeepsTheFilesAndTheNextStartSendsThemOn() throws Exception {
    start("--with-source-only");
    post(root, "{\"n\":1}");
    stop();
    assertThat(chunks()).hasSize(1);
    assertThat(count("some buffer files remain in")).isEqualTo(1);
    assertThat(Image.read(log())).contains("<source_only_buffer>\n    path " + folder);
    assertThat(count("\"n\":")).isZero();

    start();
    assertThat(count("an earlier run has left buffer files")).isEqualTo(1);
    stop();
    assertThat(count("\"n\":1")).isEqualTo(1);
    assertThat(chunks()).isEmpty();
  }

  @Test
  void whatWasAcknowledgedSurvivesSigkill() throws Exception {
    Path buffer = folder.resolve("own");
    write(
        "with_source_only true\n<source_only_buffer>\n path " + buffer + "\n</source_only_buffer>");
    start();
    for (int i = 0; i < 20; i++) {
      post(root, "{\"n\":" + i + "}");
    }
    process.destroyForcibly().waitFor();
    assertThat(count("\"n\":")).isZero();

    start();
    Image.signal("WINCH", process.pid());
    Image.await("the mode is left", () -> count("starts the loading agent") == 1);
    stop();
    assertThat(count("\"n\":")).isEqualTo(20);
    assertThat(buffer).doesNotExist();
  }

  @Test
  void aReloadStaysInTheModeAndTheRpcServerLeavesItForAllWorkers() throws Exception {
    int rpc = Image.freePort();
    write("workers 2\n rpc_endpoint 127.0.0.1:" + rpc);
    start("--with-source-only");
    post(root, "{\"n\":1}");
    Image.signal("HUP", process.pid());
    Image.await("reload", () -> count("reloaded config") == 1);
    post(root, "{\"n\":2}");
    assertThat(count("\"n\":")).isZero();

    http.send(
        HttpRequest.newBuilder(
                URI.create("http://127.0.0.1:" + rpc + "/api/processes.cancelSourceOnly"))
            .build(),
        HttpResponse.BodyHandlers.ofString());
    Image.await("both workers", () -> count("starts the loading agent") == 2);
    Image.signal("USR2", process.pid()); // a reload afterwards does not go back
    Image.await("second reload", () -> count("reloaded config") == 2);
    post(root, "{\"n\":3}");
    stop();
    assertThat(count("\"n\":")).isEqualTo(3);
    assertThat(folder.resolve("root/source-only-buffer")).isEmptyDirectory();
  }
}
