package io.runnel.connectors.httpservices;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.runnel.config.ConfigException;
import io.runnel.event.RawBytes;
import io.runnel.testkit.FakeHttpServer;
import java.io.IOException;
import java.util.Map;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

class SplunkHecTest {
  private static final FakeHttpServer.Answer OK =
      new FakeHttpServer.Answer(200, "{\"text\":\"Success\",\"code\":0}");
  private static final String PLACE =
      "protocol http\nhec_host " + Bench.HOST + "\nhec_port " + Bench.PORT + "\nhec_token s3cret\n";

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
  void anEventIsAnObjectOfItsOwn() throws Exception {
    bench.start(
        SplunkHecOutput.TYPE,
        PLACE
            + "index main\nsource src-${tag}\nsourcetype_key k8s.type\nhost box\napp_name me\n"
            + "app_version 2\ncustom_headers {\"X-A\":\"b\"}\n<fields>\nlevel\npod k8s_pod\n</fields>");
    bench
        .driver()
        .write(
            "app",
            Map.of("m", "hi", "level", "info", "k8s_pod", "p", "k8s", mutable("type", "nginx")),
            Map.of("m", "two"));
    FakeHttpServer.Request request = bench.request(0);
    assertThat(request.target()).isEqualTo("/services/collector");
    assertThat(request.headers())
        .containsEntry("authorization", "Splunk s3cret")
        .containsEntry("__splunk_app_name", "me")
        .containsEntry("__splunk_app_version", "2")
        .containsEntry("x-a", "b");
    String[] events = bench.body(0).split("(?<=})(?=\\{\"time\")");
    assertThat(io.runnel.event.Json.parse(events[0]))
        .isEqualTo(
            Map.of(
                "time", "1500000000.1234567",
                "host", "box",
                "index", "main",
                "source", "src-app",
                "sourcetype", "nginx",
                "fields", Map.of("level", "info", "pod", "p"),
                "event", Map.of("m", "hi", "k8s", Map.of())));
    assertThat(io.runnel.event.Json.parse(events[1]))
        .isEqualTo(
            Map.of(
                "time", "1500000000.1234567",
                "host", "box",
                "index", "main",
                "source", "src-app",
                "fields", Map.of(),
                "event", Map.of("m", "two")));
  }

  private static Map<String, Object> mutable(String key, Object value) {
    return new java.util.LinkedHashMap<>(Map.of(key, value));
  }

  @Test
  void fieldsGiveWhatTheEventIsOf() throws Exception {
    bench.start(
        SplunkHecOutput.TYPE,
        PLACE
            + "host_key h\nindex_key i\nsource_key s\nsourcetype_key st\ntime_key t\nkeep_keys true");
    bench.driver().write("app", Map.of("h", "H", "i", "I", "s", "S", "st", "T", "t", 12));
    assertThat(bench.json(0))
        .isEqualTo(
            Map.of(
                "time", 12L,
                "host", "H",
                "index", "I",
                "source", "S",
                "sourcetype", "T",
                "event", Map.of("h", "H", "i", "I", "s", "S", "st", "T", "t", 12L)));
    bench.start(SplunkHecOutput.TYPE, PLACE + "host_key h\nindex_key i");
    bench.driver().write("app", Map.of("h", "H", "i", "I", "a", 1));
    assertThat(((Map<?, ?>) bench.json(1)).get("event")).isEqualTo(Map.of("a", 1L));
  }

  @Test
  void otherFormatsAreTexts() throws Exception {
    bench.start(
        SplunkHecOutput.TYPE,
        PLACE
            + "gzip_compression true\nhec_endpoint /x/y\n<format>\n@type single_value\nmessage_key m\n</format>");
    bench.driver().write("app", Map.of("m", "line"));
    assertThat(bench.request(0).target()).isEqualTo("/x/y");
    assertThat(bench.request(0).headers()).containsEntry("content-encoding", "gzip");
    assertThat(((Map<?, ?>) bench.json(0)).get("event")).isEqualTo("line");
  }

  @Test
  void eachFieldIsAMetric() throws Exception {
    bench.start(SplunkHecOutput.TYPE, PLACE + "data_type metric\nhost h");
    bench.driver().write("app", Map.of("cpu", 0.5));
    assertThat(bench.json(0))
        .isEqualTo(
            Map.of(
                "time", "1500000000.1234567",
                "host", "h",
                "event", "metric",
                "fields", Map.of("metric_name", "cpu", "_value", 0.5)));
    bench.start(
        SplunkHecOutput.TYPE, PLACE + "data_type metric\nmetric_name_key n\nmetric_value_key v");
    bench.driver().write("app", Map.of("n", "cpu", "v", 1, "core", 3));
    assertThat(((Map<?, ?>) bench.json(1)).get("fields"))
        .isEqualTo(Map.of("metric_name", "cpu", "_value", 1L, "core", 3L));
    assertThatThrownBy(
            () ->
                bench.start(
                    SplunkHecOutput.TYPE, PLACE + "data_type metric\nmetrics_from_event false"))
        .hasMessageContaining("`metric_name_key` is required");
  }

  @Test
  void bytesThatAreNoUtf8AreReplaced() throws Exception {
    RawBytes raw = new RawBytes(new byte[] {'a', (byte) 0xff, 'b'}, false);
    bench.start(SplunkHecOutput.TYPE, PLACE + "non_utf8_replacement_string ?");
    bench.driver().write("app", Map.of("m", raw));
    assertThat(((Map<?, ?>) bench.json(0)).get("event")).isEqualTo(Map.of("m", "a?b"));
    bench.start(SplunkHecOutput.TYPE, PLACE + "coerce_to_utf8 false");
    bench.driver().write("app", Map.of("m", raw));
    assertThat(bench.request(1).body()).contains((byte) 0xff);
  }

  @Test
  void refusalsLeaveTheBufferUnlessToldOtherwise() throws Exception {
    Bench.contract(SplunkHecOutput.TYPE, PLACE, "s3cret", OK, 400);
    bench.start(
        SplunkHecOutput.TYPE,
        "full_url " + Bench.ANY + "/apps/\nhec_token t\nconsume_chunk_on_4xx_errors false");
    bench.answerOnce(400, "{\"text\":\"Incorrect index\",\"code\":7}");
    assertThatThrownBy(() -> bench.driver().write("t", Map.of("a", 1)))
        .isInstanceOf(IOException.class)
        .hasMessageContaining("Incorrect index");
    assertThat(bench.request(0).target()).isEqualTo("/apps/services/collector");
  }

  @Test
  void wrongConfigurations() {
    for (Map.Entry<String, String> each :
        Map.of(
                "hec_token t",
                "One of `hec_host` or `full_url` is required.",
                PLACE + "host a\nhost_key b",
                "Can not set host and host_key at the same time.",
                PLACE + "data_type metric\nmetric_name_key a",
                "`metric_value_key` is required")
            .entrySet()) {
      assertThatThrownBy(() -> bench.start(SplunkHecOutput.TYPE, each.getKey()))
          .isInstanceOf(ConfigException.class)
          .hasMessageContaining(each.getValue());
    }
  }
}
