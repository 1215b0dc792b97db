package io.runnel.dist.peers;

import static org.assertj.core.api.Assertions.assertThat;

import io.runnel.dist.Image;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.stream.Stream;
import org.junit.jupiter.api.Assumptions;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/**
 * Real Fluentd and the built image, each as the other's sender, receiver and heir of buffers. The
 * system property {@code runnel.fluentd} names its program where it is not on the path.
 */
class FluentdIT {
  @TempDir Path folder;

  private final Image image = Image.built();

  private static String fluentd() {
    String given = System.getProperty("runnel.fluentd");
    Assumptions.assumeTrue(
        given != null || Peer.isOnPath("fluentd"),
        "no fluentd on the path: install Fluentd, or name it with -Drunnel.fluentd");
    return given == null ? "fluentd" : given;
  }

  private static String receiver(int port) {
    return """
        <source>
          @type forward
          bind 127.0.0.1
          port %d
          <security>
            self_hostname receiver
            shared_key both know it
          </security>
        </source>
        """
            .formatted(port)
        + Collector.PRINTED;
  }

  /** Sends what it gets over HTTP, one output for each form of compression. */
  private static String sender(int in, int out) {
    StringBuilder config =
        new StringBuilder(
            "<source>\n@type http\nbind 127.0.0.1\nport %d\n</source>\n".formatted(in));
    for (String compress : List.of("text", "gzip", "zstd")) {
      config.append(
          """
          <match %s.**>
            @type forward
            require_ack_response true
            compress %s
            <security>
              self_hostname sender
              shared_key both know it
            </security>
            <server>
              host 127.0.0.1
              port %d
            </server>
            <buffer tag>
              @type memory
              flush_mode interval
              flush_interval 0.1s
            </buffer>
          </match>
          """
              .formatted(compress, compress, out));
    }
    return config + "<match **>\n@type null\n</match>\n";
  }

  private static void post(int port, String tag, String record) throws Exception {
    Image.Result sent =
        Image.run(
            List.of(
                "curl",
                "-sS",
                "-o",
                "/dev/null",
                "-w",
                "%{http_code}",
                "-H",
                "Content-Type: application/json",
                "-d",
                record,
                "http://127.0.0.1:" + port + "/" + tag),
            java.util.Map.of());
    assertThat(sent.output()).isEqualTo("200");
  }

  private void relay(String sender, String receiver) throws Exception {
    int in = Image.freePort();
    int out = Image.freePort();
    try (Collector end = Collector.start(receiver, folder, "receiver", receiver(out));
        Collector begin = Collector.start(sender, folder, "sender", sender(in, out))) {
      String record = "{\"a\":[1,{\"b\":null}],\"c\":\"é\",\"d\":1.5,\"e\":-7}";
      for (String compress : List.of("text", "gzip", "zstd")) {
        for (int i = 0; i < 3; i++) {
          post(in, compress + ".t", record);
        }
      }
      for (String compress : List.of("text", "gzip", "zstd")) {
        assertThat(end.records(compress + ".t", 3)).hasSize(3).containsOnly(record);
      }
      assertThat(begin.output()).doesNotContain("failed to flush");
    }
  }

  @Test
  void fluentdSendsAndIsAcknowledged() throws Exception {
    relay(fluentd(), image.runneld());
  }

  @Test
  void fluentdReceivesAndAcknowledges() throws Exception {
    relay(image.runneld(), fluentd());
  }

  private String buffering(int in, String type, String output) {
    return """
        <source>
          @type http
          bind 127.0.0.1
          port %d
        </source>
        <match fluent.**>
          @type null
        </match>
        <match **>
          %s
          <buffer tag>
            @type %s
            path %s
            flush_mode interval
            flush_interval 0.2s
            flush_at_shutdown false
            retry_wait 0.2s
            retry_max_interval 1s
          </buffer>
        </match>
        """
        .formatted(in, output, type, folder.resolve("buffer." + type));
  }

  /** One leaves chunks behind, the other delivers them. */
  private void inherit(String first, String second, String type) throws Exception {
    int in = Image.freePort();
    int closed = Image.freePort();
    int out = Image.freePort();
    String forward =
        "@type forward\nheartbeat_type none\n<server>\nhost 127.0.0.1\nport %d\n</server>";
    try (Collector one =
        Collector.start(
            first, folder, type + ".first", buffering(in, type, forward.formatted(closed)))) {
      for (int i = 1; i <= 5; i++) {
        post(in, "left.t", "{\"n\":" + i + ",\"text\":\"é\"}");
      }
      one.await("failed to flush");
    }
    assertThat(chunks(type)).isNotEmpty();
    String config =
        "<source>\n@type forward\nbind 127.0.0.1\nport %d\n</source>\n".formatted(out)
            + Collector.PRINTED;
    try (Collector end = Collector.start(image.runneld(), folder, type + ".receiver", config);
        Collector two =
            Collector.start(
                second, folder, type + ".second", buffering(in, type, forward.formatted(out)))) {
      assertThat(end.records("left.t", 5))
          .containsExactlyInAnyOrder(
              "{\"n\":1,\"text\":\"é\"}",
              "{\"n\":2,\"text\":\"é\"}",
              "{\"n\":3,\"text\":\"é\"}",
              "{\"n\":4,\"text\":\"é\"}",
              "{\"n\":5,\"text\":\"é\"}");
      Image.await("the buffer is empty", () -> chunks(type).isEmpty());
      assertThat(two.output()).doesNotContain("failed to flush");
    }
  }

  private List<String> chunks(String type) {
    Path buffers = folder.resolve("buffer." + type);
    try (Stream<Path> files = Files.walk(buffers)) {
      return files
          .filter(Files::isRegularFile)
          .map(file -> file.getFileName().toString())
          .filter(name -> name.endsWith(".log") || name.endsWith(".buf"))
          .toList();
    } catch (java.io.IOException | java.io.UncheckedIOException e) {
      return List.of();
    }
  }

  @Test
  void buffersOfFluentdAreTakenOver() throws Exception {
    inherit(fluentd(), image.runneld(), "file");
    inherit(fluentd(), image.runneld(), "file_single");
  }

  @Test
  void fluentdTakesOverBuffers() throws Exception {
    inherit(image.runneld(), fluentd(), "file");
    inherit(image.runneld(), fluentd(), "file_single");
  }
}
