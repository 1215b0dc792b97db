package io.runnel.connectors.httpservices;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.runnel.config.ConfigException;
import io.runnel.event.Json;
import io.runnel.plugin.UnrecoverableException;
import io.runnel.plugins.BuiltinPlugins;
import io.runnel.testkit.FakeHttpServer;
import io.runnel.testkit.MemoryChunk;
import io.runnel.testkit.OutputDriver;
import io.runnel.testkit.ServerProcess;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class BigqueryInsertTest {
  private static final String MISSING =
      "{\"error\":{\"code\":404,\"message\":\"Not found: Table p:d.t\"}}";

  @TempDir Path folder;

  private final OutputDriver driver = new OutputDriver(new BuiltinPlugins(), "tag");
  private FakeGoogle google;
  private Path key;

  @BeforeEach
  void serve() throws Exception {
    google = new FakeGoogle(request -> new FakeHttpServer.Answer(200, "{}"));
    key = google.keyFile(folder);
  }

  @AfterEach
  void close() {
    driver.close();
    google.close();
  }

  private void start(String config) throws Exception {
    driver.start(
        BigqueryInsertOutput.TYPE,
        "auth_method json_key\njson_key "
            + key
            + "\nproject p\ndataset d\nendpoint "
            + google.url()
            + "/v2/\n"
            + config);
  }

  private Map<?, ?> body(int i) {
    return (Map<?, ?>) Json.parse(google.requests().get(i).body());
  }

  private List<Object> rows(int i) {
    return ((List<?>) body(i).get("rows"))
        .stream().<Object>map(row -> ((Map<?, ?>) row).get("json")).toList();
  }

  @Test
  void insertsRowsWithIds() throws Exception {
    start(
        "table t_${tag}\ntemplate_suffix _x\nignore_unknown_values true\nskip_invalid_rows true\n"
            + "add_insert_timestamp at\n<inject>\ntag_key tag\n</inject>");
    MemoryChunk chunk = driver.chunk("app", Map.of("a", 1), Map.of("a", 2));
    driver.write(chunk);
    FakeHttpServer.Request request = google.requests().getFirst();
    assertThat(request.target()).isEqualTo("/v2/projects/p/datasets/d/tables/t_app/insertAll");
    assertThat(request.headers()).containsEntry("authorization", "Bearer tok");
    assertThat(body(0).get("skipInvalidRows")).isEqualTo(true);
    assertThat(body(0).get("ignoreUnknownValues")).isEqualTo(true);
    assertThat(body(0).get("templateSuffix")).isEqualTo("_x");
    assertThat(
            ((List<?>) body(0).get("rows"))
                .stream().<Object>map(row -> ((Map<?, ?>) row).get("insertId")).toList())
        .containsExactly(chunk.hexId() + "-0", chunk.hexId() + "-1");
    Map<?, ?> row = (Map<?, ?>) rows(0).getFirst();
    assertThat(row.get("tag")).isEqualTo("app");
    assertThat(row.get("at").toString())
        .matches("\\d{4}-\\d\\d-\\d\\d \\d\\d:\\d\\d:\\d\\d\\.\\d{6}");
    driver.write("app", Map.of("a", 3));
    assertThat(google.tokenRequests()).hasSize(1);
  }

  @Test
  void valuesBecomeThoseOfTheFields() throws Exception {
    start(
        "table t\ninsert_id_field $.id\nschema [{\"name\":\"s\",\"type\":\"STRING\"},"
            + "{\"name\":\"i\",\"type\":\"integer\"},{\"name\":\"f\",\"type\":\"float\"},"
            + "{\"name\":\"b\",\"type\":\"boolean\"},{\"name\":\"ts\",\"type\":\"timestamp\"},"
            + "{\"name\":\"n\",\"type\":\"numeric\"},{\"name\":\"j\",\"type\":\"json\"},"
            + "{\"name\":\"r\",\"type\":\"record\",\"fields\":[{\"name\":\"i\",\"type\":\"integer\"}]},"
            + "{\"name\":\"l\",\"type\":\"integer\",\"mode\":\"REPEATED\"}]");
    driver.write(
        "app",
        Map.of(
            "id",
            "x1",
            "s",
            Map.of("k", 1),
            "i",
            "12abc",
            "f",
            "1.5",
            "b",
            "yes",
            "ts",
            "1500000000",
            "n",
            5,
            "j",
            Map.of("k", 1),
            "r",
            Map.of("i", "7", "other", "o"),
            "l",
            Arrays.asList("1", null, 2)));
    assertThat(rows(0).getFirst())
        .isEqualTo(
            Map.of(
                "id",
                "x1",
                "s",
                "{\"k\":1}",
                "i",
                12L,
                "f",
                1.5,
                "b",
                true,
                "ts",
                1_500_000_000L,
                "n",
                "5",
                "j",
                "{\"k\":1}",
                "r",
                Map.of("i", 7L, "other", "o"),
                "l",
                List.of(1L, 2L)));
    assertThat(((Map<?, ?>) ((List<?>) body(0).get("rows")).getFirst()).get("insertId"))
        .isEqualTo("x1");
  }

  @Test
  void fieldsOfAFileOrOfTheTable() throws Exception {
    Path schema =
        Files.writeString(folder.resolve("app.json"), "[{\"name\":\"i\",\"type\":\"INTEGER\"}]");
    start("table t\nschema_path " + folder + "/${tag}.json");
    driver.write("app", Map.of("i", "1"));
    assertThat(rows(0).getFirst()).isEqualTo(Map.of("i", 1L));
    Files.delete(schema);
    driver.write("app", Map.of("i", "2"));
    start("table t\nfetch_schema true\nfetch_schema_table other\nschema_cache_expire 1h");
    google.answerOnce(200, "{\"schema\":{\"fields\":[{\"name\":\"i\",\"type\":\"FLOAT\"}]}}");
    driver.write("app", Map.of("i", "1"));
    driver.write("app", Map.of("i", "2"));
    assertThat(google.requests().get(2).target())
        .isEqualTo("/v2/projects/p/datasets/d/tables/other");
    assertThat(rows(3).getFirst()).isEqualTo(Map.of("i", 1.0));
    assertThat(google.requests()).hasSize(5);
  }

  @Test
  void aTableIsMade() throws Exception {
    start(
        "table t$20260131\nauto_create_table true\nschema [{\"name\":\"i\",\"type\":\"integer\"}]\n"
            + "time_partitioning_type day\ntime_partitioning_field ts\ntime_partitioning_expiration 1d\n"
            + "require_partition_filter true\nclustering_fields [\"i\"]");
    google.answerOnce(404, MISSING);
    MemoryChunk chunk = driver.chunk("app", Map.of("i", 1));
    assertThatThrownBy(() -> driver.write(chunk))
        .isInstanceOf(IOException.class)
        .hasMessageContaining("p:d.t$20260131 is made");
    assertThat(google.requests().get(1).target()).isEqualTo("/v2/projects/p/datasets/d/tables");
    assertThat(body(1))
        .isEqualTo(
            Map.of(
                "tableReference", Map.of("projectId", "p", "datasetId", "d", "tableId", "t"),
                "schema",
                    Map.of(
                        "fields",
                        List.of(Map.of("name", "i", "type", "INTEGER", "mode", "NULLABLE"))),
                "timePartitioning",
                    Map.of("type", "DAY", "field", "ts", "expirationMs", "86400000"),
                "requirePartitionFilter", true,
                "clustering", Map.of("fields", List.of("i"))));
    driver.write(chunk);
  }

  @Test
  void badRowsGoToTheErrorStreamAndTheOthersAreInserted() throws Exception {
    start("table t");
    google.answerOnce(
        200,
        Json.write(
            Map.of(
                "insertErrors",
                List.of(
                    Map.of("index", 0, "errors", List.of(Map.of("reason", "stopped"))),
                    Map.of(
                        "index",
                        1,
                        "errors",
                        List.of(
                            Map.of(
                                "reason",
                                "invalid",
                                "location",
                                "a",
                                "message",
                                "no such field")))))));
    driver.write("app", Map.of("a", 1), Map.of("a", "bad"));
    assertThat(rows(1)).containsExactly(Map.of("a", 1L));
    assertThat(driver.context().emitter().errors())
        .singleElement()
        .satisfies(
            error -> {
              assertThat(error.record()).isEqualTo(Map.of("a", "bad"));
              assertThat(error.error()).hasMessageContaining("invalid a no such field");
            });
  }

  @Test
  void theFormBeforeVersionTwo() throws Exception {
    driver.start(
        BigqueryOutput.TYPE,
        "method insert\nauth_method json_key\njson_key "
            + key
            + "\nproject p\ndataset d\nendpoint "
            + google.url()
            + "\ntable t_%Y\nfield_string s,deep.s\nfield_integer i\nfield_float f\n"
            + "field_boolean b\nfield_timestamp ts\ntime_field at.time\ntime_format %Y-%m\nutc true\n"
            + "convert_hash_to_json true\nreplace_record_key true\nreplace_record_key_regexp1 - _");
    driver.write(
        "app",
        Map.of("s", 1, "i", "2", "f", "3", "b", 1, "ts", "4", "a-b", Map.of("x", 1), "c.d", "e"));
    assertThat(google.requests().getFirst().target())
        .matches("/projects/p/datasets/d/tables/t_\\d{4}/insertAll");
    assertThat(rows(0).getFirst())
        .isEqualTo(
            Map.of(
                "s",
                "1",
                "i",
                2L,
                "f",
                3.0,
                "b",
                true,
                "ts",
                4L,
                "a_b",
                "{\"x\":1}",
                "cd",
                "e",
                "at",
                "{\"time\":\"2017-07\"}"));
    assertThatThrownBy(
            () ->
                driver.start(
                    BigqueryOutput.TYPE,
                    "method load\nauth_method compute_engine\nproject p\ndataset d\ntable t"))
        .isInstanceOf(ConfigException.class)
        .hasMessageContaining("'method' must be 'insert'");
  }

  @Test
  void tablesTakeTurns() throws Exception {
    start("tables t1,t2\nrequest_timeout_sec 5\nrequest_open_timeout_sec 5");
    driver.write("app", Map.of("a", 1));
    driver.write("app", Map.of("a", 2));
    assertThat(google.requests().stream().map(FakeHttpServer.Request::target).toList())
        .containsExactlyInAnyOrder(
            "/v2/projects/p/datasets/d/tables/t1/insertAll",
            "/v2/projects/p/datasets/d/tables/t2/insertAll");
  }

  @Test
  void whatAnOperatorCanMendIsTriedAgain() throws Exception {
    start("table t");
    MemoryChunk chunk = driver.chunk("app", Map.of("a", 1));
    for (FakeHttpServer.Answer answer :
        List.of(
            new FakeHttpServer.Answer(403, "{\"error\":{\"message\":\"Access Denied\"}}"),
            new FakeHttpServer.Answer(404, MISSING),
            new FakeHttpServer.Answer(
                400, "{\"error\":{\"message\":\"x is not writable in the region us\"}}"),
            new FakeHttpServer.Answer(503, "busy"))) {
      google.answerOnce(answer.status(), answer.body());
      assertThatThrownBy(() -> driver.write(chunk))
          .as(answer.body())
          .isInstanceOf(IOException.class)
          .hasMessageNotContaining("tok");
    }
    driver.write(chunk);
    google.revoke();
    assertThatThrownBy(() -> driver.write("app", Map.of("a", 1)))
        .isInstanceOf(IOException.class)
        .hasMessageContaining("(the credentials are wrong");
    driver.write("app", Map.of("a", 1));
    google.answerOnce(400, "{\"error\":{\"message\":\"bad\"}}");
    assertThatThrownBy(() -> driver.write("app", Map.of("a", 1)))
        .isInstanceOf(UnrecoverableException.class)
        .hasMessageContaining("400 bad");
    start("table t\nendpoint http://127.0.0.1:" + ServerProcess.freePort());
    assertThatThrownBy(() -> driver.write("app", Map.of("a", 1))).isInstanceOf(IOException.class);
  }

  @Test
  void aKeyThatIsNoneIsSaidWithoutShowingIt() throws Exception {
    Files.writeString(key, "{\"client_email\":\"x\",\"private_key\":\"s3cret\"}");
    start("table t");
    assertThatThrownBy(() -> driver.write("app", Map.of("a", 1)))
        .isInstanceOf(IOException.class)
        .hasMessageContaining("json_key is no key of a service account")
        .hasMessageNotContaining("s3cret");
  }

  @Test
  void wrongConfigurations() {
    for (Map.Entry<String, String> each :
        Map.of(
                "", "'table' or 'tables' must be specified",
                "table t\ntables a", "'table' or 'tables' must be specified",
                "table t\n<format>\n@type csv\n</format>", "supports only json formatter",
                "table t\nschema [{\"name\":\"9\",\"type\":\"string\"}]",
                    "invalid bigquery field name: '9'",
                "table t\nschema [{\"name\":\"a\",\"type\":\"string\",\"mode\":\"some\"}]",
                    "Unrecognized mode for a: some")
            .entrySet()) {
      assertThatThrownBy(() -> start(each.getKey()))
          .as(each.getKey())
          .isInstanceOf(ConfigException.class)
          .hasMessageContaining(each.getValue());
    }
    assertThatThrownBy(
            () -> driver.start(BigqueryInsertOutput.TYPE, "project p\ndataset d\ntable t\nemail e"))
        .hasMessageContaining("'email' and 'private_key_path' must be specified");
  }
}
