package io.runnel.connectors.s3;

import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import io.runnel.plugins.BuiltinPlugins;
import io.runnel.testkit.Await;
import io.runnel.testkit.Emitted;
import io.runnel.testkit.RunnelProcess;
import io.runnel.testkit.TestContext;
import io.runnel.testkit.TestPlugins;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.TreeSet;
import java.util.stream.Stream;
import java.util.zip.GZIPOutputStream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import software.amazon.awssdk.core.sync.RequestBody;
import software.amazon.awssdk.services.s3.S3Client;
import software.amazon.awssdk.services.sqs.SqsClient;

/** Against S3Proxy and ElasticMQ. */
class S3InputIT {
  private static final Duration PATIENCE = Duration.ofSeconds(120);

  @TempDir Path folder;
  private RealS3 s3;
  private RealSqs sqs;
  private S3Client objects;
  private SqsClient messages;

  @BeforeEach
  void serve() throws IOException {
    Optional<RealS3> s3Server = RealS3.in(folder.resolve("s3"));
    Optional<RealSqs> sqsServer = RealSqs.in(folder.resolve("sqs"));
    assumeTrue(
        s3Server.isPresent() && sqsServer.isPresent(),
        "S3Proxy and ElasticMQ cannot be had from Maven");
    s3 = s3Server.get().start();
    sqs = sqsServer.get().start();
    objects = s3.client();
    messages = sqs.client();
    objects.createBucket(create -> create.bucket(RealS3.BUCKET));
  }

  @AfterEach
  void close() {
    Stream.of(objects, messages, s3, sqs)
        .forEach(
            each -> {
              try {
                if (each != null) {
                  ((AutoCloseable) each).close();
                }
              } catch (Exception e) {
                throw new IllegalStateException(e);
              }
            });
  }

  private void put(String key, String content) {
    byte[] bytes = content.getBytes(StandardCharsets.UTF_8);
    objects.putObject(
        put -> put.bucket(RealS3.BUCKET).key(key),
        RequestBody.fromBytes(key.endsWith(".gz") ? gzip(bytes) : bytes));
  }

  private static byte[] gzip(byte[] bytes) {
    ByteArrayOutputStream out = new ByteArrayOutputStream();
    try (GZIPOutputStream gzip = new GZIPOutputStream(out)) {
      gzip.write(bytes);
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
    return out.toByteArray();
  }

  private String config(String more) {
    return """
        @type s3
        aws_key_id %s
        aws_sec_key %s
        s3_bucket %s
        s3_endpoint %s
        force_path_style true
        <sqs>
          queue_name %s
          endpoint %s
          aws_key_id k
          aws_sec_key s
          wait_time_seconds 1
          retry_error_interval 1
        </sqs>
        """
            .formatted(RealS3.KEY, RealS3.SECRET, RealS3.BUCKET, s3.url(), RealSqs.QUEUE, sqs.url())
        + more;
  }

  @Test
  void readsWhatTheQueueNamesAndDeletesTheMessages() throws Exception {
    try (TestContext context = new TestContext(new BuiltinPlugins())) {
      S3Input input =
          (S3Input)
              TestPlugins.input(
                  S3Input.TYPE, config("add_object_metadata true\nmatch_regexp /\\.gz$/"), context);
      input.start();
      put("a b/1.gz", "one\ntwo\n");
      RealSqs.send(messages, "no JSON");
      RealSqs.send(messages, "{\"Event\":\"s3:TestEvent\"}");
      RealSqs.tell(messages, "not-wanted.txt");
      RealSqs.tell(messages, "a+b/1.gz");
      List<Emitted> events = context.emitter().await(2);
      assertThat(events)
          .extracting(Emitted::record)
          .containsExactly(
              Map.of("message", "one\n", "s3_bucket", "logs", "s3_key", "a+b/1.gz"),
              Map.of("message", "two\n", "s3_bucket", "logs", "s3_key", "a+b/1.gz"));
      assertThat(events).extracting(Emitted::tag).containsOnly("input.s3");
      Await.await(PATIENCE, () -> "messages left", () -> RealSqs.left(messages) == 0);
      input.stop();
      input.close();
      assertThat(context.emitter().committedEvents()).isEqualTo(2);
      assertThat(context.log().texts().toString())
          .contains("Skipping SQS message that cannot be handled: no JSON")
          .contains("Skipping SQS message that is not an S3 notification");
    }
  }

  @Test
  void aDamagedObjectIsSkippedAndAMissingOneComesAgain() throws Exception {
    try (TestContext context = new TestContext(new BuiltinPlugins())) {
      S3Input input = (S3Input) TestPlugins.input(S3Input.TYPE, config(""), context);
      input.start();
      put("broken", "this is not gzip");
      RealSqs.tell(messages, "broken");
      RealSqs.tell(messages, "later.gz");
      Await.await(
          PATIENCE,
          () -> context.log().texts().toString(),
          () ->
              context.log().contains("Failed to handle SQS message: can't get s3://logs/later.gz")
                  && context.log().contains("Skipping SQS message that cannot be handled"));
      put("later.gz", "here\n");
      context.emitter().await(1);
      Await.await(PATIENCE, () -> "messages left", () -> RealSqs.left(messages) == 0);
      input.stop();
      input.close();
    }
  }

  /** Queue, store and daemon go away once; what was told of arrives. */
  @Test
  void nothingIsLostWhenQueueStoreAndDaemonGoAway() throws Exception {
    Optional<Path> image = RunnelProcess.image();
    assumeTrue(image.isPresent(), "no image: run scripts/build-image");
    String text =
        "<source>\n"
            + config("tag in\nstore_as text\n<parse>\n@type json\n</parse>\n")
            + "</source>\n<match in>\n@type file\npath @@DIR@@/out\nappend true\n<format>\n"
            + "@type json\n</format>\n<buffer>\n@type file\npath @@DIR@@/buffer\n"
            + "flush_mode interval\nflush_interval 0.3\n</buffer>\n</match>\n";
    Path home = folder.resolve("runnel");
    try (RunnelProcess runnel = RunnelProcess.of(image.get(), home, text)) {
      runnel.start();
      Set<String> told = new HashSet<>();
      tell(told, 0, 10);
      sqs.stop(); // not killed: ElasticMQ writes its messages to disk a little later
      runnel.awaitLog("SQS Polling Failed. Retry in 1 seconds");
      sqs.start();
      tell(told, 10, 20);
      runnel.kill();
      runnel.start();
      tell(told, 20, 25);
      s3.kill();
      s3.start();
      tell(told, 25, 30);
      Await.await(
          PATIENCE,
          () ->
              missing(home, told).size()
                  + " missing of "
                  + told.size()
                  + ", messages left: "
                  + RealSqs.left(messages)
                  + "\n"
                  + missing(home, told)
                  + "\n"
                  + runnel.log(),
          () -> missing(home, told).isEmpty());
      runnel.stop();
      List<String> lines = lines(home);
      assertThat(new HashSet<>(lines)).isEqualTo(told);
      // An object whose message was not deleted before a kill comes again as a whole.
      assertThat(lines.size() - told.size()).as("doubled events").isLessThanOrEqualTo(3 * 20);
    }
  }

  private static Set<String> missing(Path home, Set<String> told) {
    Set<String> missing = new TreeSet<>(told);
    missing.removeAll(lines(home));
    return missing;
  }

  private void tell(Set<String> told, int from, int to) {
    for (int object = from; object < to; object++) {
      StringBuilder content = new StringBuilder();
      for (int line = 0; line < 20; line++) {
        String event = "{\"o\":" + object + ",\"l\":" + line + "}";
        told.add(event);
        content.append(event).append('\n');
      }
      put("o" + object, content.toString());
      RealSqs.tell(messages, "o" + object);
    }
  }

  private static List<String> lines(Path home) {
    List<String> lines = new ArrayList<>();
    try (Stream<Path> files = Files.list(home)) {
      for (Path file : files.filter(f -> f.getFileName().toString().startsWith("out.")).toList()) {
        lines.addAll(Files.readAllLines(file));
      }
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
    return lines;
  }
}
