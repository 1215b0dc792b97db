package io.runnel.dist;

import static org.assertj.core.api.Assertions.assertThat;

import io.runnel.testkit.Await;
import io.runnel.testkit.RunnelProcess;
import java.io.IOException;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/**
 * A stop of a real process whose destinations accept connections and never answer: it ends, whether
 * a client can be interrupted or not, and nothing that is in a file is gone.
 */
class HangingDestinationIT {
  /** Kafka's client alone would try for 60 seconds. */
  private static final Duration PATIENCE = Duration.ofSeconds(50);

  private static final Duration START = Duration.ofSeconds(60);

  @TempDir Path folder;

  private final Image image = Image.built();

  /** The outputs with what they need to know of the server. */
  private static Map<String, String> outputs(int port) {
    String aws = "aws_key_id a\naws_sec_key b\n";
    Map<String, String> all = new LinkedHashMap<>();
    all.put("http", "endpoint http://127.0.0.1:" + port + "/");
    all.put("elasticsearch", "host 127.0.0.1\nport " + port + "\nrequest_timeout 120s");
    all.put("kafka2", "brokers 127.0.0.1:" + port + "\ndefault_topic t");
    all.put(
        "s3",
        aws
            + "s3_bucket b\ns3_region eu-west-1\ncheck_bucket false\ns3_endpoint http://127.0.0.1:"
            + port);
    all.put(
        "kinesis_streams",
        aws + "region eu-west-1\nstream_name s\nendpoint http://127.0.0.1:" + port);
    all.put("mongo", "host 127.0.0.1\nport " + port + "\ndatabase d\ncollection c");
    all.put(
        "postgres",
        "host 127.0.0.1\nport "
            + port
            + "\ndatabase d\nusername u\npassword p\nkey_names n\nsql INSERT INTO t VALUES ($1)");
    all.put("redis_store", "host 127.0.0.1\nport " + port + "\nkey k");
    all.put("amqp", "host 127.0.0.1\nport " + port + "\nexchange e\nkey k");
    all.put("webhdfs", "namenode 127.0.0.1:" + port + "\npath /a/%Y");
    return all;
  }

  private static String config(int port) {
    StringBuilder text = new StringBuilder();
    text.append("<source>\n@type sample\ntag t\nrate 1\n</source>\n<match t>\n@type copy\n");
    outputs(port)
        .forEach(
            (type, settings) -> {
              boolean byTime = type.equals("webhdfs") || type.equals("s3");
              text.append("<store>\n@type " + type + "\n@id " + type + "\n" + settings + "\n");
              text.append(byTime ? "<buffer time>\ntimekey 1d\n" : "<buffer>\n");
              text.append("@type file\npath @@DIR@@/buffer/" + type + "\n");
              text.append("flush_mode interval\nflush_interval 0.1s\nshutdown_grace 1s\n");
              text.append("</buffer>\n</store>\n");
            });
    return text.append("</match>\n").toString();
  }

  private long chunks(String type) {
    Path buffer = folder.resolve("buffer").resolve(type);
    try (Stream<Path> files = Files.list(buffer)) {
      return files.filter(file -> file.toString().endsWith(".log")).count();
    } catch (IOException e) {
      return 0;
    }
  }

  @Test
  void aStopEndsAndTheChunksStay() throws Exception {
    List<Socket> held = new CopyOnWriteArrayList<>();
    try (ServerSocket server = new ServerSocket(0, 200, InetAddress.getLoopbackAddress())) {
      Thread accepting = Thread.ofPlatform().daemon().start(() -> accept(server, held));
      List<String> types = List.copyOf(outputs(0).keySet());
      try (RunnelProcess daemon =
          RunnelProcess.of(image.home(), folder, config(server.getLocalPort()))) {
        daemon.start();
        Await.await(
            START,
            () -> "only " + held.size() + " connections:\n" + daemon.log(),
            () -> held.size() >= types.size() && types.stream().allMatch(type -> chunks(type) > 0));
        ProcessHandle process = ProcessHandle.of(daemon.pid()).orElseThrow();
        assertThat(process.destroy()).isTrue(); // SIGTERM
        Await.await(PATIENCE, () -> "the stop hangs:\n" + daemon.log(), () -> !process.isAlive());
        assertThat(types).allMatch(type -> chunks(type) > 0);
        assertThat(daemon.log())
            .contains("finished with status 0")
            .contains("does not end within shutdown_grace")
            .contains("its chunk stays in the buffer for the next start")
            .doesNotContain("books: NOT");
      }
      server.close();
      accepting.join();
    } finally {
      for (Socket socket : held) {
        socket.close();
      }
    }
  }

  private static void accept(ServerSocket server, List<Socket> held) {
    try {
      while (true) {
        held.add(server.accept());
      }
    } catch (IOException e) {
      // the test is over
    }
  }
}
