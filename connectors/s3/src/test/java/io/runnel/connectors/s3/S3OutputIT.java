package io.runnel.connectors.s3;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import io.runnel.plugins.BuiltinPlugins;
import io.runnel.testkit.Await;
import io.runnel.testkit.MemoryChunk;
import io.runnel.testkit.RunnelProcess;
import io.runnel.testkit.ServerProcess;
import io.runnel.testkit.TestContext;
import io.runnel.testkit.TestPlugins;
import io.runnel.time.Zone;
import java.io.IOException;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import software.amazon.awssdk.services.s3.S3Client;

/** Against S3Proxy. */
class S3OutputIT {
  private static final Duration PATIENCE = Duration.ofSeconds(120);

  @TempDir Path folder;
  private RealS3 s3;

  @BeforeEach
  void serve() throws IOException {
    Optional<RealS3> server = RealS3.in(folder.resolve("s3"));
    assumeTrue(server.isPresent(), "S3Proxy cannot be had from Maven");
    s3 = server.get().start();
  }

  @AfterEach
  void close() {
    if (s3 != null) {
      s3.close();
    }
  }

  private S3Output output(TestContext context, String config) {
    return (S3Output)
        TestPlugins.output(
            S3Output.TYPE,
            "s3_bucket logs\nforce_path_style true\nstore_as text\ns3_endpoint "
                + s3.url()
                + "\n"
                + config,
            context);
  }

  private static TestContext context() {
    return new TestContext(new BuiltinPlugins()).buffer(Buffers.hourly(1, "+00:00"));
  }

  private static MemoryChunk chunk(byte[] content) {
    return MemoryChunk.ofContent(content, 1).withTag("t").withTimekey(1_700_049_600L, Zone.UTC);
  }

  @Test
  void writesReadsItsOwnIdAndSendsLargeObjectsInParts() throws Exception {
    try (TestContext context = context();
        S3Client client = s3.client()) {
      S3Output output =
          output(
              context,
              "aws_key_id local-identity\naws_sec_key local-credential\nmultipart_threshold 20m\n"
                  + "s3_metadata {\"who\":\"me\"}");
      output.start();
      output.write(chunk("one\n".getBytes()));
      output.write(chunk("one\n".getBytes()));
      assertThat(context.log().contains("was written already to s3://logs/2023111512_0.txt"))
          .isTrue();
      assertThat(client.headObject(h -> h.bucket("logs").key("2023111512_0.txt")).metadata())
          .containsEntry("who", "me");
      byte[] large = new byte[37 << 20];
      large[large.length - 1] = 7;
      output.write(chunk(large).withId(new byte[16]));
      byte[] stored =
          client.getObjectAsBytes(g -> g.bucket("logs").key("2023111512_1.txt")).asByteArray();
      assertThat(stored).isEqualTo(large);
      output.stop();
      output.close();
    }
  }

  @Test
  void aWrongSecretIsSaidAndCured() throws Exception {
    try (TestContext context = context()) {
      S3Output output =
          output(context, "aws_key_id local-identity\naws_sec_key not-the-credential");
      output.start();
      assertThatThrownBy(() -> output.write(chunk("x".getBytes())))
          .isInstanceOf(IOException.class)
          .hasMessageContaining("SignatureDoesNotMatch")
          .hasMessageContaining("(check aws_sec_key)");
      assertThat(context.log().texts().toString()).doesNotContain("not-the-credential");
      output.close();
    }
  }

  /** Every event that was accepted is in an object once, whoever was killed when. */
  @Test
  void nothingIsLostOrDoubledWhenServerAndDaemonAreKilled() throws Exception {
    Optional<Path> image = RunnelProcess.image();
    assumeTrue(image.isPresent(), "no image: run scripts/build-image");
    int port = ServerProcess.freePort();
    try (RunnelProcess runnel =
            RunnelProcess.of(image.get(), folder.resolve("runnel"), config(port));
        HttpClient http = HttpClient.newHttpClient();
        S3Client client = s3.client()) {
      runnel.start();
      Poster poster = new Poster(http, port);
      poster.post(300);
      s3.kill();
      poster.post(300);
      runnel.awaitLog("failed to flush the buffer");
      s3.start();
      poster.post(300);
      runnel.kill();
      runnel.start();
      poster.post(300);
      Await.await(
          PATIENCE,
          () -> "missing: " + missing(client, poster.accepted()) + "\n" + runnel.log(),
          () -> missing(client, poster.accepted()) == 0);
      runnel.stop();
      List<String> lines = RealS3.lines(client);
      assertThat(new HashSet<>(lines)).as("doubled events").hasSameSizeAs(lines);
      assertThat(poster.accepted().size()).isGreaterThanOrEqualTo(1100);
      assertThat(runnel.log()).contains("the server cannot be reached");
    }
  }

  private static long missing(S3Client client, Set<String> accepted) {
    Set<String> left = new HashSet<>(accepted);
    left.removeAll(RealS3.lines(client));
    return left.size();
  }

  private String config(int port) {
    return """
        <source>
          @type http
          bind 127.0.0.1
          port %d
        </source>
        <match app>
          @type s3
          aws_key_id %s
          aws_sec_key %s
          s3_bucket %s
          s3_endpoint %s
          force_path_style true
          s3_object_key_format %%{time_slice}_%%{index}.%%{file_extension}
          <format>
            @type json
          </format>
          <buffer time>
            @type file
            path @@DIR@@/buffer
            timekey 1h
            flush_mode interval
            flush_interval 0.3
            flush_thread_interval 0.1
            retry_type periodic
            retry_wait 1s
          </buffer>
        </match>
        """
        .formatted(port, RealS3.KEY, RealS3.SECRET, RealS3.BUCKET, s3.url());
  }

  /** Posts events one by one, and keeps those that were accepted, as the lines that they become. */
  private static final class Poster {
    private final HttpClient http;
    private final URI uri;
    private final Set<String> accepted = new HashSet<>();
    private int number;

    Poster(HttpClient http, int port) {
      this.http = http;
      uri = URI.create("http://127.0.0.1:" + port + "/app");
    }

    void post(int count) throws InterruptedException {
      List<String> refused = new ArrayList<>();
      for (int i = 0; i < count; i++) {
        String body = "{\"n\":" + number++ + "}";
        HttpRequest request =
            HttpRequest.newBuilder(uri)
                .header("Content-Type", "application/json")
                .POST(HttpRequest.BodyPublishers.ofString(body))
                .build();
        try {
          if (http.send(request, HttpResponse.BodyHandlers.discarding()).statusCode() == 200) {
            accepted.add(body);
          }
        } catch (IOException e) {
          refused.add(body);
        }
      }
      assertThat(refused).hasSizeLessThan(count);
    }

    Set<String> accepted() {
      return accepted;
    }
  }
}
