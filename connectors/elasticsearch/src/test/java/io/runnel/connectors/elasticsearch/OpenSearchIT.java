package io.runnel.connectors.elasticsearch;

import static org.assertj.core.api.Assertions.assertThat;

import io.runnel.testkit.EventSender;
import io.runnel.testkit.RunnelProcess;
import io.runnel.testkit.ServerProcess;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.Assumptions;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestInstance;
import org.junit.jupiter.api.io.TempDir;

/** The daemon of the image and a real OpenSearch, which is killed and brought back. */
@TestInstance(TestInstance.Lifecycle.PER_CLASS)
class OpenSearchIT {
  private static final int BATCH = 50;
  private static final int BATCHES = 120;

  private static final String CONFIG =
      """
      <source>
        @type http
        bind 127.0.0.1
        port %PORT%
      </source>
      %FILTER%
      <match app.**>
        @type opensearch
        host 127.0.0.1
        port %SERVER%
        %OUTPUT%
        <buffer tag>
          @type file
          path @@DIR@@/buffer
          flush_mode interval
          flush_interval 0.3s
          retry_wait 0.5s
          retry_max_interval 1s
        </buffer>
      </match>
      <label @ERROR>
        <match **>
          @type file
          path @@DIR@@/errors
          append true
          <buffer>
            flush_mode immediate
          </buffer>
        </match>
      </label>
      """;

  private Path folder;
  private Path image;
  private SearchServer server;

  @BeforeAll
  void start(@TempDir Path temporary) throws IOException {
    folder = temporary;
    image = RunnelProcess.image().orElse(null);
    Assumptions.assumeTrue(image != null, "no image: run scripts/build-image");
    server =
        SearchServer.openSearch(Files.createDirectories(folder.resolve("server"))).orElse(null);
    Assumptions.assumeTrue(server != null, "OpenSearch cannot be had from Maven");
    server.start();
  }

  @AfterAll
  void stop() {
    if (server != null) {
      server.close();
    }
  }

  private RunnelProcess runnel(String name, int port, String filter, String output) {
    String config =
        CONFIG
            .replace("%PORT%", Integer.toString(port))
            .replace("%SERVER%", Integer.toString(server.port()))
            .replace("%FILTER%", filter)
            .replace("%OUTPUT%", output);
    return RunnelProcess.of(image, folder.resolve(name), config).start();
  }

  private void sendWithAKill(int port) {
    try (EventSender sender = new EventSender(port, "app.a")) {
      for (int batch = 0; batch < BATCHES; batch++) {
        int from = batch * BATCH;
        sender.send(from, from + BATCH, n -> "{\"n\":" + n + ",\"text\":\"event " + n + "\"}");
        if (batch == BATCHES / 3) {
          server.kill();
        }
      }
    }
    server.start();
  }

  @Test
  void withIdsNothingIsLostAndNothingIsThereTwice() throws Exception {
    int port = ServerProcess.freePort();
    String filter =
        "<filter app.**>\n@type opensearch_genid\nuse_record_as_seed true\nrecord_keys n\n</filter>";
    String output = "index_name ids\nid_key _hash\nremove_keys _hash\nrequest_timeout 10s";
    try (RunnelProcess runnel = runnel("ids", port, filter, output)) {
      sendWithAKill(port);
      server.awaitCount("ids", BATCH * BATCHES);
      runnel.stop();
      assertThat(server.count("ids")).isEqualTo(BATCH * BATCHES);
      assertThat(server.distinct("ids", "n")).isEqualTo(BATCH * BATCHES);
      assertThat(runnel.log()).contains("could not push logs to OpenSearch cluster");
      assertThat(server.search("ids", "n:7").getFirst().get("_source"))
          .isEqualTo(Map.of("n", 7L, "text", "event 7"));
    }
  }

  @Test
  void withoutIdsNothingIsLost() throws Exception {
    int port = ServerProcess.freePort();
    try (RunnelProcess runnel =
        runnel(
            "plain",
            port,
            "",
            "logstash_format true\nlogstash_prefix plain\nrequest_timeout 60s")) {
      sendWithAKill(port);
      server.awaitDistinct("plain-*", "n", BATCH * BATCHES);
      runnel.stop();
      assertThat(server.distinct("plain-*", "n")).isEqualTo(BATCH * BATCHES);
      // A request whose answer got lost, or came after request_timeout, is sent again whole.
      long twice = server.count("plain-*") - BATCH * BATCHES;
      System.out.println("duplicates without ids: " + twice + " of " + BATCH * BATCHES);
      assertThat(twice).isBetween(0L, (long) BATCH * BATCHES);
    }
  }

  @Test
  void aRefusedDocumentGoesToTheErrorLabelAndTheOthersAreTaken() throws Exception {
    server.call("PUT", "/strict", "{\"mappings\":{\"properties\":{\"n\":{\"type\":\"integer\"}}}}");
    int port = ServerProcess.freePort();
    try (RunnelProcess runnel =
            runnel("strict", port, "", "index_name strict\nlog_os_400_reason true");
        EventSender sender = new EventSender(port, "app.a")) {
      sender.send(0, 10, n -> n == 3 ? "{\"n\":\"no number\"}" : "{\"n\":" + n + "}");
      server.awaitCount("strict", 9);
      runnel.stop();
      assertThat(server.count("strict")).isEqualTo(9);
      List<Path> files;
      try (var found = Files.list(folder.resolve("strict"))) {
        files =
            found
                .filter(
                    f -> f.getFileName().toString().startsWith("errors") && Files.isRegularFile(f))
                .toList();
      }
      assertThat(Files.readString(files.getFirst())).contains("no number");
    }
  }

  @Test
  void templatesPipelinesAndRoutingAreUsed() throws Exception {
    Path template =
        Files.writeString(
            folder.resolve("template.json"),
            "{\"index_patterns\":[\"NAME-*\"],\"mappings\":{\"properties\":{\"user\":{\"type\":\"keyword\"}}}}");
    server.call(
        "PUT",
        "/_ingest/pipeline/mark",
        "{\"processors\":[{\"set\":{\"field\":\"marked\",\"value\":true}}]}");
    int port = ServerProcess.freePort();
    String output =
        "logstash_format true\nlogstash_prefix tpl\ntemplate_name tpl\ntemplate_file "
            + template
            + "\ncustomize_template {\"NAME\": \"tpl\"}\npipeline mark\ninclude_tag_key true\n"
            + "routing_key user\ntime_key at\ncompression_level best_speed";
    try (RunnelProcess runnel = runnel("tpl", port, "", output);
        EventSender sender = new EventSender(port, "app.a")) {
      sender.send(
          0,
          3,
          n ->
              "{\"n\":"
                  + n
                  + ",\"user\":\"u"
                  + n
                  + "\",\"at\":\"2020-01-0"
                  + (n + 1)
                  + "T00:00:00Z\"}");
      server.awaitCount("tpl-*", 3, runnel::log);
      runnel.stop();
      Map<?, ?> hit = server.search("tpl-2020.01.02", "user:u1").getFirst();
      assertThat(hit.get("_routing")).isEqualTo("u1");
      Map<?, ?> source = (Map<?, ?>) hit.get("_source");
      assertThat(source.get("marked")).isEqualTo(true);
      assertThat(source.get("tag")).isEqualTo("app.a");
      assertThat(source.get("@timestamp").toString()).startsWith("2020-01-02T00:00:00.000000000");
      String mapping = server.call("GET", "/tpl-2020.01.02/_mapping", null).body();
      assertThat(mapping).contains("\"user\":{\"type\":\"keyword\"}");
    }
  }

  @Test
  void aDataStreamIsMadeAndFilled() throws Exception {
    int port = ServerProcess.freePort();
    String config = "@type opensearch_data_stream\ndata_stream_name logs-${tag[1]}\n";
    try (RunnelProcess runnel = runnel("stream", port, "", config);
        EventSender sender = new EventSender(port, "app.web")) {
      sender.send(0, 5, n -> "{\"n\":" + n + "}");
      server.awaitCount("logs-web", 5);
      runnel.stop();
      Map<?, ?> streams = server.call("GET", "/_data_stream/logs-web", null).json();
      assertThat(streams.get("data_streams").toString()).contains("logs-web_template");
    }
  }

  @Test
  void anUpsertChangesTheDocument() throws Exception {
    int port = ServerProcess.freePort();
    String output =
        "index_name ups\nwrite_operation upsert\nid_key id\nremove_keys_on_update first";
    try (RunnelProcess runnel = runnel("ups", port, "", output);
        EventSender sender = new EventSender(port, "app.a")) {
      sender.send(0, 1, n -> "{\"id\":\"x\",\"first\":1,\"last\":1}");
      server.awaitCount("ups", 1);
      sender.send(0, 1, n -> "{\"id\":\"x\",\"first\":2,\"last\":2}");
      io.runnel.testkit.Await.await(
          java.time.Duration.ofSeconds(60), () -> server.count("ups") == 1 && lastOf("ups") == 2);
      runnel.stop();
      assertThat(server.search("ups", "id:x").getFirst().get("_source"))
          .isEqualTo(Map.of("id", "x", "first", 1L, "last", 2L));
    }
  }

  private long lastOf(String index) {
    try {
      Map<?, ?> source = (Map<?, ?>) server.search(index, "id:x").getFirst().get("_source");
      return ((Number) source.get("last")).longValue();
    } catch (IOException e) {
      return -1;
    }
  }
}
