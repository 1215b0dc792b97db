package io.runnel.connectors.elasticsearch;

import static org.assertj.core.api.Assertions.assertThat;

import io.runnel.testkit.EventSender;
import io.runnel.testkit.RunnelProcess;
import io.runnel.testkit.ServerProcess;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Map;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.Assumptions;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestInstance;
import org.junit.jupiter.api.io.TempDir;

/** The daemon of the image and a real Elasticsearch (7.10, which still has types), killed. */
@TestInstance(TestInstance.Lifecycle.PER_CLASS)
class ElasticsearchIT {
  private static final int BATCH = 50;
  private static final int BATCHES = 60;

  private Path folder;
  private Path image;
  private SearchServer server;

  @BeforeAll
  void start(@TempDir Path temporary) throws IOException {
    folder = temporary;
    image = RunnelProcess.image().orElse(null);
    Assumptions.assumeTrue(image != null, "no image: run scripts/build-image");
    server =
        SearchServer.elasticsearch(Files.createDirectories(folder.resolve("server"))).orElse(null);
    Assumptions.assumeTrue(server != null, "Elasticsearch cannot be had from Maven");
    server.start();
  }

  @AfterAll
  void stop() {
    if (server != null) {
      server.close();
    }
  }

  private RunnelProcess runnel(String name, int port, String match) {
    String config =
        "<source>\n@type http\nbind 127.0.0.1\nport "
            + port
            + "\n</source>\n<filter app.**>\n@type elasticsearch_genid\n</filter>\n<match app.**>\n"
            + "host 127.0.0.1\nport "
            + server.port()
            + "\n"
            + match
            + "\n<buffer tag>\n@type file\npath @@DIR@@/buffer\nflush_mode interval\n"
            + "flush_interval 0.3s\nretry_wait 0.5s\nretry_max_interval 1s\n</buffer>\n</match>\n";
    return RunnelProcess.of(image, folder.resolve(name), config).start();
  }

  /** Both die in the middle: what was acknowledged is in the daemon's buffer. */
  @Test
  void nothingIsLostOrDoubledWhereBothAreKilled() throws Exception {
    int port = ServerProcess.freePort();
    String match =
        "@type elasticsearch\nlogstash_format true\nlogstash_prefix both\nid_key _hash\n"
            + "remove_keys _hash\nrequest_timeout 30s";
    try (RunnelProcess runnel = runnel("both", port, match);
        EventSender sender = new EventSender(port, "app.a")) {
      for (int batch = 0; batch < BATCHES; batch++) {
        sender.send(batch * BATCH, (batch + 1) * BATCH, n -> "{\"n\":" + n + "}");
        if (batch == BATCHES / 3) {
          server.kill();
        } else if (batch == BATCHES / 2) {
          runnel.kill();
          runnel.start();
        }
      }
      server.start();
      server.awaitDistinct("both-*", "n", BATCH * BATCHES);
      runnel.stop();
      assertThat(server.count("both-*")).isEqualTo(BATCH * BATCHES);
      assertThat(runnel.log()).contains("could not push logs to Elasticsearch cluster");
    }
  }

  @Test
  void typesRoutingAndDynamicNamesAreTaken() throws Exception {
    int port = ServerProcess.freePort();
    String match =
        "@type elasticsearch_dynamic\nindex_name dyn-${record['team']}\ntype_name ignored\n"
            + "routing_key team\nid_key _hash\nremove_keys _hash\ninclude_timestamp true";
    try (RunnelProcess runnel = runnel("dyn", port, match);
        EventSender sender = new EventSender(port, "app.a")) {
      sender.send(0, 4, n -> "{\"n\":" + n + ",\"team\":\"t" + n % 2 + "\"}");
      server.awaitCount("dyn-*", 4, runnel::log);
      runnel.stop();
      Map<?, ?> hit = server.search("dyn-t1", "n:3").getFirst();
      assertThat(hit.get("_type")).isEqualTo("_doc");
      assertThat(hit.get("_routing")).isEqualTo("t1");
      assertThat(((Map<?, ?>) hit.get("_source")).containsKey("@timestamp")).isTrue();
    }
  }
}
