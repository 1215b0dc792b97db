package io.runnel.connectors.aws;

import static org.assertj.core.api.Assertions.assertThat;

import io.runnel.event.Json;
import io.runnel.testkit.Await;
import io.runnel.testkit.EventSender;
import io.runnel.testkit.NpmServer;
import io.runnel.testkit.RunnelProcess;
import io.runnel.testkit.ServerProcess;
import io.runnel.testkit.TestContext;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Base64;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Assumptions;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** The daemon of the image and npm's kinesalite, a server with Kinesis' interface, killed. */
class KinesaliteIT {
  private static final int BATCH = 50;
  private static final int BATCHES = 40;
  private static final Duration PATIENCE = Duration.ofSeconds(90);

  @TempDir Path folder;

  private final TestContext context = new TestContext();
  private final int port = ServerProcess.freePort();
  private Path image;
  private ServerProcess server;
  private AwsService kinesis;

  @BeforeEach
  void start() throws IOException {
    image = RunnelProcess.image().orElse(null);
    Assumptions.assumeTrue(image != null, "no image: run scripts/build-image");
    List<String> command =
        NpmServer.command(Path.of("src/test/servers/kinesalite"), "kinesalite/cli.js").orElse(null);
    Assumptions.assumeTrue(command != null, "kinesalite cannot be had from npm");
    Path data = Files.createDirectories(folder.resolve("kinesalite"));
    command.addAll(
        List.of(
            "--port", "" + port, "--path", data.resolve("db").toString(), "--createStreamMs", "1"));
    server = ServerProcess.of(data, command).readyWhen(() -> ServerProcess.listens(port));
    server.start();
    Map<String, String> environment = new HashMap<>();
    kinesis =
        new AwsService(
            Kinesis.STREAMS,
            new AwsService.Place(
                Optional.of("eu-west-1"),
                Optional.of("http://127.0.0.1:" + port),
                Optional.empty(),
                true,
                false),
            Credentials.keys(environment, Optional.of("a"), Optional.of("b"), Optional.empty()),
            context);
    kinesis.start();
    kinesis.call("CreateStream", Map.of("StreamName", "logs", "ShardCount", 2));
    Await.await(() -> "ACTIVE".equals(status()));
  }

  @AfterEach
  void stop() {
    if (kinesis != null) {
      kinesis.stop();
      kinesis.close();
    }
    if (server != null) {
      server.close();
    }
    context.close();
  }

  private Map<?, ?> description() throws IOException {
    Map<?, ?> answer = kinesis.call("DescribeStream", Map.of("StreamName", "logs"));
    return (Map<?, ?>) answer.get("StreamDescription");
  }

  private Object status() {
    try {
      return description().get("StreamStatus");
    } catch (IOException e) {
      return e.getMessage();
    }
  }

  /** The numbers of all events in the stream. */
  private List<Object> numbers() throws IOException {
    List<Object> numbers = new ArrayList<>();
    for (Object shard : (List<?>) description().get("Shards")) {
      Map<?, ?> found =
          kinesis.call(
              "GetShardIterator",
              Map.of(
                  "StreamName",
                  "logs",
                  "ShardId",
                  ((Map<?, ?>) shard).get("ShardId"),
                  "ShardIteratorType",
                  "TRIM_HORIZON"));
      Map<?, ?> read =
          kinesis.call("GetRecords", Map.of("ShardIterator", found.get("ShardIterator")));
      for (Object record : (List<?>) read.get("Records")) {
        byte[] data = Base64.getDecoder().decode((String) ((Map<?, ?>) record).get("Data"));
        numbers.add(((Map<?, ?>) Json.parse(data)).get("n"));
      }
    }
    return numbers;
  }

  private List<Object> awaitDistinct(int count) throws Exception {
    List<Object> found = new ArrayList<>();
    Await.await(
        PATIENCE,
        () -> new HashSet<>(found).size() + " of " + count + " events",
        () -> {
          found.clear();
          try {
            found.addAll(numbers());
          } catch (IOException e) {
            return false; // it is just coming back
          }
          return new HashSet<>(found).size() == count;
        });
    return found;
  }

  @Test
  void nothingIsLostWhereBothAreKilled() throws Exception {
    int input = ServerProcess.freePort();
    String config =
        "<source>\n@type http\nbind 127.0.0.1\nport %d\n</source>\n".formatted(input)
            + "<match app.**>\n@type kinesis_streams\nstream_name logs\nregion eu-west-1\n"
            + "aws_key_id a\naws_sec_key b\nendpoint http://127.0.0.1:%d\n".formatted(port)
            + "<buffer>\n@type file\npath @@DIR@@/buffer\nflush_mode interval\nflush_interval 0.3s\n"
            + "retry_wait 0.5s\nretry_max_interval 1s\n</buffer>\n</match>\n";
    try (RunnelProcess runnel = RunnelProcess.of(image, folder.resolve("r"), config).start();
        EventSender sender = new EventSender(input, "app.a")) {
      for (int batch = 0; batch < BATCHES; batch++) {
        sender.send(batch * BATCH, (batch + 1) * BATCH, n -> "{\"n\":" + n + "}");
        if (batch == BATCHES / 3) {
          server.kill();
        } else if (batch == BATCHES / 2) {
          runnel.kill();
          runnel.start();
        }
      }
      runnel.awaitLog("cannot send to http://127.0.0.1:" + port);
      server.start();
      List<Object> found = awaitDistinct(BATCH * BATCHES);
      runnel.stop();
      // What was on its way when the server died is sent again: a chunk of each thread.
      assertThat(found.size() - BATCH * BATCHES).as("duplicates").isLessThan(BATCH * BATCHES / 3);
    }
  }
}
