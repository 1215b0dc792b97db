package io.runnel.connectors.elasticsearch;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.runnel.config.ByteSize;
import io.runnel.config.ConfigException;
import io.runnel.event.Event;
import io.runnel.event.EventTime;
import io.runnel.event.Json;
import io.runnel.plugin.BufferConfig;
import io.runnel.plugin.BufferedOutput;
import io.runnel.plugin.Output;
import io.runnel.plugin.OutputContext;
import io.runnel.plugin.PluginType;
import io.runnel.testkit.FakeHttpServer;
import io.runnel.testkit.ManualClock;
import io.runnel.testkit.MemoryChunk;
import io.runnel.testkit.TestContext;
import io.runnel.testkit.TestPlugins;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.time.ZoneOffset;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Templates, lifecycles and data streams: what is asked for and put, in which order, and once. */
class SetupTest {
  private static final long TIME = EventTime.pack(1_500_000_000L, 0);

  @TempDir Path folder;

  private final ManualClock clock = ManualClock.standard();
  private final TestContext context =
      new TestContext().zone(ZoneOffset.UTC).clock(clock).buffer(buffer());
  private final Set<String> there = ConcurrentHashMap.newKeySet();
  private volatile String xpack = "{\"features\":{\"ilm\":{\"available\":true,\"enabled\":true}}}";
  private FakeHttpServer server;
  private BufferedOutput output;

  private static BufferConfig buffer() {
    return new BufferConfig(
        "memory",
        List.of("tag"),
        Optional.empty(),
        Duration.ofMinutes(10),
        true,
        "+00:00",
        "text",
        1,
        Duration.ofMinutes(1),
        Optional.empty(),
        new ByteSize(8 << 20));
  }

  @BeforeEach
  void serve() throws IOException {
    server = new FakeHttpServer(this::answer);
  }

  @AfterEach
  void close() {
    if (output != null) {
      output.close();
    }
    server.close();
    context.close();
  }

  private FakeHttpServer.Answer answer(FakeHttpServer.Request request) {
    if (request.target().equals("/")) {
      return new FakeHttpServer.Answer(200, "{\"version\":{\"number\":\"8.1.0\"}}");
    }
    if (request.target().equals("/_xpack")) {
      return new FakeHttpServer.Answer(200, xpack);
    }
    if (request.method().equals("PUT")) {
      there.add(request.target());
    } else if (request.method().equals("GET") && !there.contains(request.target())) {
      return new FakeHttpServer.Answer(404, "{}");
    }
    return new FakeHttpServer.Answer(200, "{\"errors\":false}");
  }

  private BufferedOutput start(PluginType<?, OutputContext, Output> type, String config) {
    output =
        (BufferedOutput)
            TestPlugins.output(
                type, "host 127.0.0.1\nport " + server.port() + "\n" + config, context);
    return output;
  }

  private static MemoryChunk chunk() {
    return MemoryChunk.of("app.web", new Event(TIME, new HashMap<>(Map.of("n", 1))));
  }

  private List<String> asked() {
    return server.requests().stream()
        .map(request -> request.method() + " " + request.target().replaceAll("\\?.*", ""))
        .toList();
  }

  private Map<?, ?> body(String method, String path) {
    return (Map<?, ?>)
        Json.parse(
            server.requests().stream()
                .filter(r -> r.method().equals(method) && r.target().startsWith(path))
                .findFirst()
                .orElseThrow()
                .text());
  }

  private Path template(String text) throws IOException {
    return Files.writeString(folder.resolve("template.json"), text);
  }

  @Test
  void aTemplateIsPutOnceWithItsTextsReplaced() throws Exception {
    Path file = template("{\"index_patterns\":[\"PATTERN\"],\n\"x\":\"<<tag>>\"}");
    start(
        ElasticsearchOutput.TYPE,
        "index_name app\ntemplate_name t-${tag[1]}\ntemplate_file "
            + file
            + "\ncustomize_template {\"PATTERN\":\"App-*\",\"<<tag>>\":\"${tag}\"}\n"
            + "truncate_caches_interval 60s");
    output.write(chunk());
    output.write(chunk());
    assertThat(asked())
        .containsExactly(
            "GET /", "GET /_template/t-web", "PUT /_template/t-web", "POST /_bulk", "POST /_bulk");
    assertThat(body("PUT", "/_template/t-web"))
        .isEqualTo(Map.of("index_patterns", List.of("app-*"), "x", "app.web"));
    clock.advance(Duration.ofSeconds(61));
    output.write(chunk());
    assertThat(asked()).endsWith("GET /_template/t-web", "POST /_bulk");
  }

  @Test
  void templatesAreOverwrittenAndSeveralAndOfTheNewerKind() throws Exception {
    Path file = template("{}");
    there.add("/_index_template/a");
    start(
        OpenSearchOutput.TYPE,
        "templates {\"a\":\"" + file + "\"}\ntemplate_overwrite true\nuse_legacy_template false");
    output.write(chunk());
    assertThat(asked()).containsExactly("GET /", "PUT /_index_template/a", "POST /_bulk");
  }

  @Test
  void anAliasIsMadeForIndicesThatRollOver() throws Exception {
    Path file = template("{}");
    start(
        ElasticsearchOutput.TYPE,
        "index_name App\ntemplate_name t\ntemplate_file "
            + file
            + "\nrollover_index true\ndeflector_alias logs\napplication_name Shop");
    output.write(chunk());
    assertThat(asked())
        .containsExactly(
            "GET /",
            "GET /_template/t",
            "PUT /_template/t",
            "GET /_alias/logs",
            "PUT /%3Capp-shop-%7Bnow%2Fd%7D-000001%3E",
            "PUT /%3Capp-shop-%7Bnow%2Fd%7D-000001%3E/_alias/logs",
            "POST /_bulk");
    assertThat(body("PUT", "/%3Capp-shop-%7Bnow%2Fd%7D-000001%3E/_alias"))
        .isEqualTo(Map.of("is_write_index", true));
  }

  @Test
  void aLifecycleStandsInTheTemplateAndItsPolicyIsPut() throws Exception {
    Path file = template("{\"order\":10,\"settings\":{\"number_of_shards\":1}}");
    start(
        ElasticsearchOutput.TYPE,
        "index_name app\ntemplate_name t\ntemplate_file "
            + file
            + "\nenable_ilm true\nilm_policy_id mine\nindex_date_pattern \"\"\n"
            + "ilm_policy {\"policy\":{\"phases\":{}}}");
    output.write(chunk());
    assertThat(asked())
        .containsExactly(
            "GET /",
            "GET /_xpack",
            "GET /_template/app",
            "PUT /_template/app",
            "GET /_ilm/policy/mine",
            "PUT /_ilm/policy/mine",
            "GET /_alias/app",
            "PUT /%3Capp-default-000001%3E",
            "PUT /%3Capp-default-000001%3E/_alias/app",
            "POST /_bulk");
    Map<?, ?> put = body("PUT", "/_template/app");
    assertThat(put.get("index_patterns")).isEqualTo(List.of("app-*"));
    assertThat(put.get("order")).isEqualTo(11L);
    assertThat(put.get("settings"))
        .isEqualTo(
            Map.of(
                "number_of_shards", 1L,
                "index.lifecycle.name", "mine",
                "index.lifecycle.rollover_alias", "app"));
    assertThat(body("PUT", "/_ilm/policy/mine"))
        .isEqualTo(Map.of("policy", Map.of("phases", Map.of())));
  }

  @Test
  void aClusterWithoutLifecyclesIsSaidAndTriedAgain() throws Exception {
    xpack = "{\"features\":{}}";
    Path file = template("{}");
    start(ElasticsearchOutput.TYPE, "template_name t\ntemplate_file " + file + "\nenable_ilm true");
    assertThatThrownBy(() -> output.write(chunk()))
        .isInstanceOf(IOException.class)
        .hasMessageContaining("but not installed on your Elasticsearch");
  }

  @Test
  void aDataStreamOfElasticsearchGetsPolicyTemplateAndStream() throws Exception {
    start(ElasticsearchDataStreamOutput.TYPE, "data_stream_name logs-${tag[1]}");
    output.write(chunk());
    output.write(chunk());
    assertThat(asked())
        .containsExactly(
            "GET /",
            "GET /_data_stream/logs-web",
            "GET /_ilm/policy/logs-web_policy",
            "PUT /_ilm/policy/logs-web_policy",
            "GET /_index_template/logs-web_template",
            "PUT /_index_template/logs-web_template",
            "PUT /_data_stream/logs-web",
            "POST /logs-web/_bulk",
            "POST /logs-web/_bulk");
    assertThat(body("PUT", "/_index_template"))
        .isEqualTo(
            Map.of(
                "index_patterns", List.of("logs-web*"),
                "data_stream", Map.of(),
                "template", Map.of("settings", Map.of("index.lifecycle.name", "logs-web_policy"))));
    String bulk = server.requests().getLast().text();
    assertThat(bulk)
        .isEqualTo(
            "{\"create\":{}}\n{\"n\":1,\"@timestamp\":\"2017-07-14T02:40:00.000000000+00:00\"}\n");
  }

  @Test
  void namesOfDataStreamsAreChecked() {
    for (String[] wrong :
        new String[][] {
          {"_a", "must not start with -,_,+,."},
          {"a*", "must not contain invalid characters"},
          {"A", "must be lowercase only"},
          {"..", "must not be . or .."},
          {"a".repeat(256), "must not be longer than 255 bytes"}
        }) {
      assertThatThrownBy(
              () -> start(OpenSearchDataStreamOutput.TYPE, "data_stream_name " + wrong[0]))
          .isInstanceOf(ConfigException.class)
          .hasMessageContaining("'data_stream_name' " + wrong[1]);
    }
  }
}
