package io.runnel.connectors.httpservices;

import static org.assertj.core.api.Assertions.assertThat;

import io.runnel.testkit.FakeHttpServer;
import java.io.IOException;
import java.util.Map;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

class SumologicTest {
  private static final FakeHttpServer.Answer OK = new FakeHttpServer.Answer(200, "");
  private static final String PLACE = "endpoint " + Bench.ANY + "/receiver/v1/http/s3cret\n";
  private static final long MILLIS = 1_500_000_000_123L;

  private Bench bench;

  @BeforeEach
  void start() throws IOException {
    bench = new Bench(OK, "tag");
  }

  @AfterEach
  void close() {
    bench.close();
  }

  @Test
  void aRequestForEachSource() throws Exception {
    bench.start(
        SumologicOutput.TYPE,
        PLACE + "source_category cat/${tag}\nsource_name none\nsource_host h\nsource_name_key src");
    bench
        .driver()
        .write(
            "app",
            Map.of("message", "a\n"),
            Map.of("message", "b", "src", "other"),
            Map.of("message", "{\"x\":1}"),
            Map.of(
                "message",
                "c",
                "_sumo_metadata",
                Map.of("source", "m", "category", "k", "host", "g")));
    assertThat(bench.requests()).isEqualTo(3);
    assertThat(bench.request(0).headers())
        .containsEntry("x-sumo-name", "none")
        .containsEntry("x-sumo-category", "cat/app")
        .containsEntry("x-sumo-host", "h")
        .containsEntry("x-sumo-client", "fluentd-output")
        .doesNotContainKey("x-sumo-fields");
    assertThat(bench.jsonLines(0))
        .containsExactly(
            Map.of("timestamp", MILLIS, "message", "a"),
            Map.of("timestamp", MILLIS, "message", Map.of("x", 1L)));
    assertThat(bench.request(1).headers()).containsEntry("x-sumo-name", "other");
    assertThat(bench.request(2).headers())
        .containsEntry("x-sumo-name", "m")
        .containsEntry("x-sumo-category", "k")
        .containsEntry("x-sumo-host", "g");
    assertThat(bench.jsonLines(2)).containsExactly(Map.of("timestamp", MILLIS, "message", "c"));
  }

  @Test
  void formsOfLogs() throws Exception {
    bench.start(SumologicOutput.TYPE, PLACE + "log_format text\nlog_key log\ncompress true");
    bench.driver().write("app", Map.of("log", " a "), Map.of("other", 1), Map.of("log", "b"));
    assertThat(bench.body(0)).isEqualTo("a\nb");
    assertThat(bench.request(0).headers()).containsEntry("content-encoding", "gzip");
    bench.start(SumologicOutput.TYPE, PLACE + "log_format json_merge\ntimestamp_key ts");
    bench.driver().write("app", Map.of("message", "{\"x\":1}", "a", 2));
    assertThat(bench.jsonLines(1)).containsExactly(Map.of("ts", MILLIS, "a", 2L, "x", 1L));
    bench.start(SumologicOutput.TYPE, PLACE + "add_timestamp false");
    bench
        .driver()
        .write(
            "app",
            Map.of("message", "x"),
            Map.of(
                "message", "y", "_sumo_metadata", Map.of("log_format", "fields", "fields", "a=b")));
    assertThat(bench.jsonLines(2)).containsExactly(Map.of("message", "x"));
    assertThat(bench.request(3).headers()).containsEntry("x-sumo-fields", "a=b");
  }

  @Test
  void metricsHaveATypeOfTheirOwn() throws Exception {
    bench.start(SumologicOutput.TYPE, PLACE + "data_type metrics\nmetric_data_format carbon2");
    bench.driver().write("app", Map.of("message", "cpu=1 2 3"));
    assertThat(bench.request(0).headers())
        .containsEntry("content-type", "application/vnd.sumologic.carbon2");
    assertThat(bench.body(0)).isEqualTo("cpu=1 2 3");
  }

  @Test
  void itIsADestination() throws Exception {
    Bench.contract(
        SumologicOutput.TYPE,
        PLACE + "open_timeout 5\nverify_ssl false\ndisable_cookies true\ndelimiter .",
        "s3cret",
        OK,
        400);
  }
}
