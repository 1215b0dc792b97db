package io.runnel.connectors.httpservices;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.runnel.config.ConfigException;
import io.runnel.plugin.UnrecoverableException;
import io.runnel.testkit.FakeHttpServer;
import io.runnel.testkit.MemoryChunk;
import java.io.IOException;
import java.net.URI;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/** Loggly, Logz.io, New Relic and Datadog: JSON with a token. */
class ListenersTest {
  private static final FakeHttpServer.Answer OK = new FakeHttpServer.Answer(200, "{}");

  private Bench bench;

  @BeforeEach
  void start() throws IOException {
    bench = new Bench(OK);
  }

  @AfterEach
  void close() {
    bench.close();
  }

  @Test
  void logglyTakesManyEventsAtItsBulkInterface() throws Exception {
    bench.start(LogglyOutput.TYPE, "loggly_url " + Bench.ANY + "/bulk/tok/tag/fluentd");
    bench.driver().write("t", Map.of("a", 1), Map.of("a", 2));
    assertThat(bench.request(0).target()).isEqualTo("/bulk/tok/tag/fluentd");
    assertThat(bench.request(0).headers()).containsEntry("content-type", "application/json");
    assertThat(bench.body(0)).isEqualTo("{\"a\":1}\n{\"a\":2}");
    bench.start(LogglyOutput.TYPE, "loggly_url " + Bench.ANY + "/inputs/tok");
    bench.driver().write("t", Map.of("a", 1), Map.of("a", 2));
    assertThat(bench.body(1)).isEqualTo("{\"a\":1}");
    assertThat(bench.body(2)).isEqualTo("{\"a\":2}");
    assertThat(LogglyOutput.bulk(URI.create("https://logs-01.loggly.com/inputs/t/tag/x")))
        .isEqualTo(URI.create("https://logs-01.loggly.com/bulk/t/tag/x"));
  }

  @Test
  void logglyBufferedAddsTheTime() throws Exception {
    bench.start(LogglyOutput.BUFFERED, "loggly_url " + Bench.ANY + "/bulk/tok");
    bench.driver().write("t", Map.of("a", 1), Map.of("timestamp", "own"));
    assertThat(bench.jsonLines(0))
        .containsExactly(
            Map.of("a", 1L, "timestamp", "2017-07-14T02:40:00+00:00"), Map.of("timestamp", "own"));
    bench.start(
        LogglyOutput.BUFFERED, "loggly_url " + Bench.ANY + "/bulk/tok\ntime_precision_digits 3");
    bench.driver().write("t", Map.of("a", 1));
    assertThat(bench.body(1)).contains("\"2017-07-14T02:40:00.123+00:00\"");
    bench.start(
        LogglyOutput.BUFFERED, "loggly_url " + Bench.ANY + "/bulk/tok\noutput_include_time false");
    bench.driver().write("t", Map.of("a", 1));
    assertThat(bench.body(2)).isEqualTo("{\"a\":1}");
  }

  @Test
  void logglyIsADestination() throws Exception {
    String url = "loggly_url " + Bench.ANY + "/bulk/s3cret";
    Bench.contract(LogglyOutput.TYPE, url, "s3cret", OK, 400);
    Bench.contract(LogglyOutput.BUFFERED, url, "s3cret", OK, 400);
    assertThatThrownBy(() -> bench.start(LogglyOutput.TYPE, "loggly_url s3cret"))
        .isInstanceOf(ConfigException.class)
        .hasMessageContaining("loggly_url must be an http or https URL")
        .hasMessageNotContaining("s3cret");
  }

  @Test
  void logzioTakesLines() throws Exception {
    bench.start(LogzioOutput.TYPE, "endpoint_url " + Bench.ANY + "?token=tok&type=my_type");
    bench
        .driver()
        .write("app.x", Map.of("a", 1), Map.of("@timestamp", "own", "fluentd_tags", "mine"));
    assertThat(bench.request(0).target()).isEqualTo("/?token=tok&type=my_type");
    assertThat(bench.request(0).headers()).containsEntry("content-type", "text/plain");
    assertThat(bench.jsonLines(0))
        .containsExactly(
            Map.of("a", 1L, "@timestamp", "2017-07-14T02:40:00.123+00:00", "fluentd_tags", "app.x"),
            Map.of("@timestamp", "own", "fluentd_tags", "mine"));
    bench.start(
        LogzioOutput.TYPE,
        "endpoint_url "
            + Bench.ANY
            + "\noutput_include_time false\noutput_tags_fieldname t\ngzip true");
    bench.driver().write("app.x", Map.of("a", 1));
    assertThat(bench.request(1).headers()).containsEntry("content-encoding", "gzip");
    assertThat(bench.body(1)).isEqualTo("{\"a\":1,\"t\":\"app.x\"}");
  }

  @Test
  void logzioHasALimit() throws Exception {
    bench.start(
        LogzioOutput.TYPE,
        "endpoint_url "
            + Bench.ANY
            + "\noutput_include_time false\noutput_include_tags false\nbulk_limit 20");
    bench
        .driver()
        .write("t", Map.of("a", 1), Map.of("a", 2), Map.of("a", 3), Map.of("a", "x".repeat(20)));
    assertThat(bench.body(0)).isEqualTo("{\"a\":1}\n{\"a\":2}");
    assertThat(bench.body(1)).isEqualTo("{\"a\":3}");
    assertThat(bench.driver().context().emitter().errors()).hasSize(1);
    Bench.contract(
        LogzioOutput.TYPE, "endpoint_url " + Bench.ANY + "?token=s3cret", "s3cret", OK, 400);
  }

  @Test
  void newRelicWantsTheMessageOutside() throws Exception {
    bench.start(NewrelicOutput.TYPE, "base_uri " + Bench.ANY + "/log/v1\napi_key key");
    bench.driver().write("t", Map.of("message", "m", "a", 1), Map.of("log", "l"), Map.of());
    assertThat(bench.request(0).target()).isEqualTo("/log/v1");
    assertThat(bench.request(0).headers())
        .containsEntry("x-insert-key", "key")
        .containsEntry("x-event-source", "logs")
        .containsEntry("content-encoding", "gzip");
    Map<?, ?> root = (Map<?, ?>) ((List<?>) bench.json(0)).getFirst();
    assertThat(root.get("logs"))
        .isEqualTo(
            List.of(
                Map.of(
                    "timestamp", 1_500_000_000_123L, "attributes", Map.of("a", 1L), "message", "m"),
                Map.of("timestamp", 1_500_000_000_123L, "attributes", Map.of(), "message", "l")));
    bench.start(NewrelicOutput.TYPE, "base_uri " + Bench.ANY + "\nlicense_key lic");
    bench.driver().write("t", Map.of("a", 1));
    assertThat(bench.request(1).headers()).containsEntry("x-license-key", "lic");
    assertThatThrownBy(() -> bench.start(NewrelicOutput.TYPE, ""))
        .isInstanceOf(ConfigException.class)
        .hasMessageContaining("'api_key' or `license_key` parameter is required");
    Bench.contract(
        NewrelicOutput.TYPE, "base_uri " + Bench.ANY + "\napi_key s3cret", "s3cret", OK, 400);
  }

  private static final String DATADOG =
      "api_key s3cret\nhost " + Bench.HOST + "\nport " + Bench.PORT + "\nuse_ssl false\n";

  @Test
  void datadogTakesAnArray() throws Exception {
    bench.start(
        DatadogOutput.TYPE,
        DATADOG
            + "dd_source src\ndd_tags a:b\nservice svc\ndd_sourcecategory cat\ndd_hostname h\n"
            + "include_tag_key true\ntag_key tg\ntimestamp_key ts\ncompression_level 9\n");
    bench
        .driver()
        .write(
            "t",
            Map.of("a", 1),
            Map.of(
                "service", "own",
                "kubernetes", Map.of("pod_name", "p", "namespace_name", "n"),
                "docker", Map.of("container_id", "c")));
    assertThat(bench.request(0).target()).isEqualTo("/v1/input/s3cret");
    assertThat(bench.request(0).headers()).containsEntry("content-encoding", "gzip");
    List<?> events = (List<?>) bench.json(0);
    assertThat(events.get(0))
        .isEqualTo(
            Map.of(
                "a", 1L,
                "ddsourcecategory", "cat",
                "ddsource", "src",
                "ddtags", "a:b",
                "service", "svc",
                "hostname", "h",
                "tg", "t",
                "ts", "2017-07-14T02:40:00.123Z"));
    Map<?, ?> second = (Map<?, ?>) events.get(1);
    assertThat(second.get("service")).isEqualTo("own");
    assertThat(second.get("ddtags")).isEqualTo("a:b,kube_namespace:n,pod_name:p,container_id:c");
  }

  @Test
  void datadogHasLimits() throws Exception {
    bench.start(DatadogOutput.TYPE, DATADOG + "use_compression false");
    Map<?, ?>[] records = new Map<?, ?>[501];
    for (int i = 0; i < records.length; i++) {
      records[i] = Map.of("n", i);
    }
    bench.driver().write("t", records);
    assertThat((List<?>) bench.json(0)).hasSize(500);
    assertThat((List<?>) bench.json(1)).hasSize(1);
    Bench.contract(DatadogOutput.TYPE, DATADOG, "s3cret", OK, 400);
  }

  @Test
  void aRequestThatIsTooLargeIsHalvedAndWhatWasTakenIsNotSentAgain() throws Exception {
    bench.start(LogglyOutput.TYPE, "loggly_url " + Bench.ANY + "/bulk/tok");
    MemoryChunk chunk = bench.driver().chunk("t", Map.of("a", 1), Map.of("a", 2), Map.of("a", 3));
    bench.answerOnce(413, "too large");
    bench.answerOnce(200, "ok");
    bench.answerOnce(503, "busy");
    assertThatThrownBy(() -> bench.driver().write(chunk)).isInstanceOf(IOException.class);
    assertThat(bench.body(1)).isEqualTo("{\"a\":1}");
    bench.driver().write(chunk);
    assertThat(bench.body(3)).isEqualTo("{\"a\":2}\n{\"a\":3}");
  }

  @Test
  void onlyWhatIsRefusedLeavesTheChunk() throws Exception {
    bench.start(LogglyOutput.TYPE, "loggly_url " + Bench.ANY + "/inputs/tok");
    bench.answerOnce(200, "ok");
    bench.answerOnce(400, "bad");
    bench.driver().write("t", Map.of("a", 1), Map.of("a", 2), Map.of("a", 3));
    assertThat(bench.requests()).isEqualTo(3);
    assertThat(bench.driver().context().emitter().errors())
        .singleElement()
        .satisfies(error -> assertThat(error.record()).isEqualTo(Map.of("a", 2L)));
    bench.answerOnce(400, "bad");
    assertThatThrownBy(() -> bench.driver().write("t", Map.of("a", 1)))
        .isInstanceOf(UnrecoverableException.class);
  }
}
