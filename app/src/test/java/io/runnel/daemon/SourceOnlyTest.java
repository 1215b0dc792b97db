package io.runnel.daemon;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/** Source-only mode as {@code <system>} asks for it, with the parameters of its buffer. */
@Timeout(60)
class SourceOnlyTest {
  private static final String EVENT = "{\"message\":\"" + "x".repeat(60) + "\"}";

  @TempDir Path folder;
  private final int port = RunningDaemon.freePort();

  private RunningDaemon start(String buffer) {
    RunningDaemon daemon = starting(buffer);
    daemon.await("fluentd worker is now running");
    return daemon;
  }

  private RunningDaemon starting(String buffer) {
    return RunningDaemon.starting(
        folder,
        """
        <system>
          with_source_only true
          <source_only_buffer>
            path %s
            %s
          </source_only_buffer>
        </system>
        <source>
          @type http
          bind 127.0.0.1
          port %d
        </source>
        <match **>
          @type stdout
        </match>
        """
            .formatted(folder.resolve("kept"), buffer.replace("\n", "\n    "), port));
  }

  private int post() throws Exception {
    try (HttpClient client = HttpClient.newHttpClient()) {
      return client
          .send(
              HttpRequest.newBuilder(URI.create("http://127.0.0.1:" + port + "/t"))
                  .header("Content-Type", "application/json")
                  .POST(HttpRequest.BodyPublishers.ofString(EVENT))
                  .build(),
              HttpResponse.BodyHandlers.discarding())
          .statusCode();
    }
  }

  private List<Path> chunks() {
    try (Stream<Path> files = Files.list(folder.resolve("kept"))) {
      return files.filter(file -> file.toString().endsWith(".log")).toList();
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  @Test
  void keepsEventsInItsFolderUntilTheModeIsLeft() throws Exception {
    try (RunningDaemon daemon = start("compress gzip\nflush_interval 0")) {
      assertThat(post()).isEqualTo(200);
      assertThat(chunks()).hasSize(1);
      assertThat(Files.readAllBytes(chunks().getFirst())).startsWith(0x1f, 0x8b);
      assertThat(daemon.log()).doesNotContain(EVENT);
      daemon.request(new Request.LeaveSourceOnly());
      daemon.await(EVENT);
    }
  }

  @Test
  void chunksAreAsLargeAsAskedFor() throws Exception {
    try (RunningDaemon ignored = start("chunk_limit_size 200")) {
      for (int i = 0; i < 6; i++) {
        assertThat(post()).isEqualTo(200);
      }
      assertThat(chunks()).hasSize(3);
    }
  }

  @Test
  void aFullBufferDoesWhatItIsTold() throws Exception {
    try (RunningDaemon daemon =
        start("chunk_limit_size 100\ntotal_limit_size 150\noverflow_action throw_exception")) {
      assertThat(post()).isEqualTo(200);
      assertThat(post()).isEqualTo(200);
      assertThat(post()).isEqualTo(500);
      assertThat(daemon.log()).contains("buffer space has too many data");
    }
  }

  @Test
  void eventsCannotBeSentOnWithoutAThread() throws Exception {
    try (RunningDaemon daemon = starting("flush_thread_count 0")) {
      assertThat(daemon.status()).isEqualTo(1);
      assertThat(daemon.log()).contains("flush_thread_count must be 1 or more");
      assertThat(daemon.log()).contains("<source_only_buffer>");
    }
  }
}
