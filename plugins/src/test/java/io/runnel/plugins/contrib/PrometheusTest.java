package io.runnel.plugins.contrib;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.runnel.config.ConfigException;
import io.runnel.event.EventStream;
import io.runnel.plugin.Filter;
import io.runnel.plugin.Supervision.PluginState;
import io.runnel.plugin.UnbufferedOutput;
import io.runnel.testkit.ManualClock;
import io.runnel.testkit.TestContext;
import io.runnel.testkit.TestPlugins;
import java.net.HttpURLConnection;
import java.net.URI;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.zip.GZIPInputStream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class PrometheusTest {
  private static final Pattern SAMPLE =
      Pattern.compile(
          "([a-zA-Z_:][a-zA-Z0-9_:]*)"
              + "(\\{(?:[a-zA-Z_][a-zA-Z0-9_]*=\"(?:[^\"\\\\\n]|\\\\[\\\\\"n])*\",?)+\\})?"
              + " (NaN|[+-]Inf|-?\\d+(?:\\.\\d+)?(?:e[+-]?\\d+)?)");

  private final ManualClock clock = ManualClock.standard();
  private final TestContext context = new TestContext().clock(clock);

  @AfterEach
  void close() {
    context.close();
  }

  /** Reads the text format; fails where it is not valid. */
  private static Map<String, Double> read(String text) {
    Map<String, Double> samples = new LinkedHashMap<>();
    Map<String, String> types = new LinkedHashMap<>();
    String family = null;
    assertThat(text.isEmpty() || text.endsWith("\n")).isTrue();
    for (String line : text.lines().toList()) {
      if (line.startsWith("# TYPE ")) {
        String[] words = line.split(" ");
        assertThat(words).hasSize(4);
        family = words[2];
        assertThat(types.put(family, words[3])).as("family twice: " + line).isNull();
        assertThat(words[3]).isIn("counter", "gauge", "summary", "histogram");
      } else if (line.startsWith("# HELP ")) {
        assertThat(line.split(" ").length).isGreaterThan(3);
      } else {
        Matcher matcher = SAMPLE.matcher(line);
        assertThat(matcher.matches()).as(line).isTrue();
        String name = matcher.group(1);
        String own =
            switch (types.get(family)) {
              case "summary" -> name.replaceFirst("_(sum|count)$", "");
              case "histogram" -> name.replaceFirst("_(sum|count|bucket)$", "");
              default -> name;
            };
        assertThat(own).isEqualTo(family);
        String key = name + (matcher.group(2) == null ? "" : matcher.group(2));
        String number = matcher.group(3).replace("Inf", "Infinity");
        assertThat(samples.put(key, Double.valueOf(number))).as("sample twice: " + key).isNull();
      }
    }
    return samples;
  }

  private Map<String, Double> metrics() {
    return read(context.shared(MetricRegistry.class, MetricRegistry::new).text(clock.nanos()));
  }

  private static String metric(String... lines) {
    return "<metric>\n" + String.join("\n", lines) + "\n</metric>\n";
  }

  private Filter filter(String config) {
    return TestPlugins.filter(PrometheusFilter.TYPE, config, context);
  }

  @Test
  @SuppressWarnings("unchecked")
  void allTypes() throws Exception {
    Filter filter =
        filter(
            "<labels>\nhost ${hostname}\n</labels>\n"
                + metric(
                    "name c",
                    "type counter",
                    "desc A \\ count.",
                    "<labels>\ntag ${tag_parts[1]}\nk $.a.b\n</labels>")
                + metric("name sum", "type counter", "desc x", "key n")
                + metric("name g", "type gauge", "desc x", "key $.n")
                + metric("name s", "type summary", "desc x", "key n")
                + metric("name h", "type histogram", "desc x", "key n", "buckets 1, 5"));
    EventStream stream =
        TestPlugins.stream(
            0,
            Map.of("n", 1, "a", Map.of("b", "x\"\\\ny")),
            Map.of("n", "4.5"),
            Map.of("n", 9),
            Map.of("n", "none"),
            Map.of("other", 1));
    assertThat(filter.filter("app.web", stream)).isSameAs(stream);
    String host = "host=\"test-host\"";
    Map<String, Double> metrics = metrics();
    assertThat(metrics)
        .containsEntry("c{" + host + ",tag=\"web\",k=\"x\\\"\\\\\\ny\"}", 1.0)
        .containsEntry("c{" + host + ",tag=\"web\",k=\"\"}", 4.0)
        .containsEntry("sum{" + host + "}", 14.5)
        .containsEntry("g{" + host + "}", 9.0)
        .containsEntry("s_sum{" + host + "}", 14.5)
        .containsEntry("s_count{" + host + "}", 3.0)
        .containsEntry("h_bucket{" + host + ",le=\"1\"}", 1.0)
        .containsEntry("h_bucket{" + host + ",le=\"5\"}", 2.0)
        .containsEntry("h_bucket{" + host + ",le=\"+Inf\"}", 3.0)
        .containsEntry("h_count{" + host + "}", 3.0);
    assertThat(metrics).hasSize(11);
    assertThat(context.log().texts()).hasSize(1);
    assertThat(context.emitter().errors()).hasSize(4); // "none", for each metric with a value
  }

  @Test
  @SuppressWarnings("unchecked")
  void outputAndFilterShareTheirMetrics() throws Exception {
    String config = metric("name n", "type counter", "desc x");
    UnbufferedOutput output =
        (UnbufferedOutput) TestPlugins.output(PrometheusOutput.TYPE, config, context);
    output.process("t", TestPlugins.stream(0, Map.of("a", 1)));
    filter(config).filter("t", TestPlugins.stream(0, Map.of("a", 1), Map.of("a", 2)));
    assertThat(metrics()).containsExactly(Map.entry("n", 3.0));
  }

  @Test
  @SuppressWarnings("unchecked")
  void numberOfSetsOfLabelsIsLimited() throws Exception {
    Filter filter =
        filter(
            "max_series_per_metric 2\n"
                + metric("name n", "type counter", "desc x", "<labels>\nk $.k\n</labels>"));
    filter.filter(
        "t", TestPlugins.stream(0, Map.of("k", 1), Map.of("k", 2), Map.of("k", 3), Map.of("k", 1)));
    assertThat(metrics())
        .containsOnly(
            Map.entry("n{k=\"1\"}", 2.0),
            Map.entry("n{k=\"2\"}", 1.0),
            Map.entry("fluentd_prometheus_dropped_label_sets_total{name=\"n\"}", 1.0));
  }

  @Test
  @SuppressWarnings("unchecked")
  void eachMetricMayHaveALimitOfItsOwn() throws Exception {
    String metric =
        metric(
            "name n",
            "type counter",
            "desc x",
            "max_series_per_metric 1",
            "<labels>\nk $.k\n</labels>");
    UnbufferedOutput output =
        (UnbufferedOutput)
            TestPlugins.output(
                PrometheusOutput.TYPE, "max_series_per_metric 3\n" + metric, context);
    output.process("t", TestPlugins.stream(0, Map.of("k", 1), Map.of("k", 2)));
    assertThat(metrics()).contains(Map.entry("n{k=\"1\"}", 1.0)).doesNotContainKey("n{k=\"2\"}");
  }

  @Test
  @SuppressWarnings("unchecked")
  void theOutputHasALimitForAllItsMetrics() throws Exception {
    String metric = metric("name n", "type counter", "desc x", "<labels>\nk $.k\n</labels>");
    UnbufferedOutput output =
        (UnbufferedOutput)
            TestPlugins.output(
                PrometheusOutput.TYPE, "max_series_per_metric 1\n" + metric, context);
    output.process("t", TestPlugins.stream(0, Map.of("k", 1), Map.of("k", 2)));
    assertThat(metrics()).contains(Map.entry("n{k=\"1\"}", 1.0)).doesNotContainKey("n{k=\"2\"}");
  }

  @Test
  @SuppressWarnings("unchecked")
  void oldSetsOfLabelsGo() throws Exception {
    Filter filter =
        filter(
            metric(
                "name n",
                "type gauge",
                "desc x",
                "key v",
                "retention 10s",
                "<labels>\nk $.k\n</labels>"));
    filter.filter("t", TestPlugins.stream(0, Map.of("k", 1, "v", 1)));
    clock.advanceMillis(8_000);
    filter.filter("t", TestPlugins.stream(0, Map.of("k", 2, "v", 1)));
    clock.advanceMillis(8_000);
    filter.filter("t", TestPlugins.stream(0, Map.of("other", 2)));
    assertThat(metrics()).containsOnlyKeys("n{k=\"2\"}");
  }

  @Test
  void initializedMetrics() {
    filter(
        metric("name a", "type counter", "desc x", "initialized true")
            + metric(
                "name b",
                "type counter",
                "desc x",
                "initialized true",
                "<labels>\nk $.k\n</labels>",
                "<initlabels>\nk one\n</initlabels>",
                "<initlabels>\nk two\n</initlabels>"));
    assertThat(metrics()).containsOnlyKeys("a", "b{k=\"one\"}", "b{k=\"two\"}");
  }

  @Test
  @SuppressWarnings("unchecked")
  void placeholdersOfLabels() throws Exception {
    Filter filter =
        filter(
            metric(
                "name n",
                "type counter",
                "desc x",
                "<labels>\na ${tag_parts[-1]}-${k}\nb ${list[1]}\nc ${map[\"f\"]}\nd ${no}\n"
                    + "e ${tag_prefix[1]}\n</labels>"));
    filter.filter(
        "x.y.z",
        TestPlugins.stream(0, Map.of("k", 1, "list", List.of(1, 2), "map", Map.of("f", "v"))));
    assertThat(metrics()).containsOnlyKeys("n{a=\"z-1\",b=\"2\",c=\"v\",d=\"${no}\",e=\"x.y\"}");
    assertThat(context.log().contains("unknown placeholder `${no}` found")).isTrue();
  }

  @Test
  void workersAreALabelAndInitialLabelsAreChecked() {
    context.worker(1, 2);
    filter(metric("name a", "type counter", "desc x", "initialized true"));
    assertThat(metrics()).containsOnlyKeys("a{worker_id=\"1\"}");
    String labelled = "<labels>\nk $.k\ns x\n</labels>";
    for (String wrong :
        List.of("", "<initlabels>\nz 1\n</initlabels>", "<initlabels>\ns 1\n</initlabels>")) {
      assertThatThrownBy(
              () ->
                  filter(
                      metric(
                          "name b", "type counter", "desc x", "initialized true", labelled, wrong)))
          .as(wrong)
          .isInstanceOf(ConfigException.class);
    }
  }

  @Test
  void oldSectionForTls() throws Exception {
    PrometheusInput input =
        (PrometheusInput)
            TestPlugins.input(
                PrometheusInput.TYPE,
                "bind \"[::1]\"\nport 0\n<ssl>\nenable true\nca_path x\n</ssl>",
                context);
    input.start();
    assertThat(context.log().contains("<ssl> is deprecated")).isTrue();
    try {
      assertThatThrownBy(
              () -> URI.create("http://[::1]:" + input.port() + "/metrics").toURL().getContent())
          .isInstanceOf(java.io.IOException.class); // it speaks TLS
    } finally {
      input.stop();
    }
  }

  @Test
  void wrongConfigurations() {
    for (String config :
        List.of(
            metric("type counter", "desc x"),
            metric("name n", "type meter", "desc x"),
            metric("name n", "type gauge", "desc x"),
            metric("name n-n", "type counter", "desc x"),
            metric("name n", "type counter", "desc x", "<labels>\na-b c\n</labels>"),
            metric("name n", "type counter", "desc x")
                + metric("name n", "type gauge", "desc x", "key k"))) {
      assertThatThrownBy(() -> filter(config)).as(config).isInstanceOf(ConfigException.class);
    }
  }

  private String get(int port, String path, boolean gzip) throws Exception {
    HttpURLConnection connection =
        (HttpURLConnection) URI.create("http://127.0.0.1:" + port + path).toURL().openConnection();
    assertThat(connection.getResponseCode()).isEqualTo(200);
    assertThat(connection.getContentType()).isEqualTo("text/plain; version=0.0.4; charset=utf-8");
    try (var in = connection.getInputStream()) {
      byte[] bytes = gzip ? new GZIPInputStream(in).readAllBytes() : in.readAllBytes();
      return new String(bytes, StandardCharsets.UTF_8);
    }
  }

  @Test
  @SuppressWarnings("unchecked")
  void inputShowsTheMetrics() throws Exception {
    filter(metric("name n", "type counter", "desc Événements"))
        .filter("t", TestPlugins.stream(0, Map.of("a", 1)));
    PrometheusInput input =
        (PrometheusInput)
            TestPlugins.input(PrometheusInput.TYPE, "bind 127.0.0.1\nport 0", context);
    input.start();
    try {
      assertThat(get(input.port(), "/metrics", false))
          .isEqualTo("# HELP n Événements\n# TYPE n counter\nn 1.0\n");
      assertThat(read(get(input.port(), "/aggregated_metrics", false)))
          .containsExactly(Map.entry("n", 1.0));
    } finally {
      input.stop();
    }
    PrometheusInput packed =
        (PrometheusInput)
            TestPlugins.input(
                PrometheusInput.TYPE,
                "bind 127.0.0.1\nport 0\nmetrics_path /m\naggregated_metrics_path /all\n"
                    + "content_encoding gzip",
                context);
    packed.start();
    try {
      assertThat(get(packed.port(), "/m", true)).contains("n 1.0\n");
      assertThat(get(packed.port(), "/all", true)).contains("n 1.0\n");
    } finally {
      packed.stop();
    }
  }

  @Test
  void theOldSectionOfTlsNeedsBothFilesOrNone() {
    for (String alone : List.of("certificate_path", "private_key_path")) {
      assertThatThrownBy(
              () ->
                  TestPlugins.input(
                      PrometheusInput.TYPE,
                      "<ssl>\nenable true\n" + alone + " /x.pem\n</ssl>",
                      context))
          .isInstanceOf(ConfigException.class)
          .hasMessage("both certificate_path and private_key_path must be defined");
    }
  }

  private static PluginState output(Map<String, Object> retry) {
    return new PluginState(
        "out1",
        "output",
        "forward",
        TestPlugins.section("match", "@type forward"),
        true,
        Map.of(
            "emit_records", 7L,
            "num_errors", 2L,
            "buffer_total_queued_size", 100L,
            "buffer_queue_length", 3L,
            "buffer_available_buffer_space_ratios", 995L),
        retry);
  }

  @Test
  void figuresOfBuffersAndOutputs() throws Exception {
    context
        .supervision()
        .plugins(
            List.of(
                output(
                    Map.of(
                        "start", "2023-11-14 22:13:20 +0000",
                        "next_time", "2023-11-14 22:13:35 +0000"))));
    var buffers =
        TestPlugins.input(
            PrometheusMonitorInput.TYPE, "<labels>\nh ${hostname}\n</labels>", context);
    var outputs = TestPlugins.input(PrometheusMonitorInput.OUTPUTS, "gauge_all false", context);
    buffers.start();
    outputs.start();
    String status =
        "{h=\"test-host\",plugin_id=\"out1\",plugin_category=\"output\",type=\"forward\"}";
    String own = "{plugin_id=\"out1\",type=\"forward\"}";
    assertThat(metrics())
        .containsEntry("fluentd_status_buffer_queue_length" + status, 3.0)
        .containsEntry("fluentd_status_buffer_total_bytes" + status, 100.0)
        .containsEntry("fluentd_status_retry_count" + status, 2.0)
        .containsEntry("fluentd_output_status_emit_records" + own, 7.0)
        .containsEntry("fluentd_output_status_buffer_total_bytes" + own, 100.0)
        .containsEntry("fluentd_output_status_buffer_available_space_ratio" + own, 99.5)
        .containsEntry("fluentd_output_status_retry_wait" + own, 15.0);
    assertThat(context.shared(MetricRegistry.class, MetricRegistry::new).text(clock.nanos()))
        .contains("# TYPE fluentd_output_status_emit_records counter");
    buffers.stop();
    outputs.stop();
    assertThat(metrics()).isEmpty();
  }

  @Test
  void figuresOfTailedFiles(@TempDir Path folder) throws Exception {
    Path pos = folder.resolve("x.pos");
    Files.writeString(
        pos,
        "/var/log/ä\t0000000000000010\t00000000000000ff\n"
            + "/gone\tffffffffffffffff\t0000000000000001\nbroken\n");
    context
        .supervision()
        .plugins(
            List.of(
                new PluginState(
                    "tail1",
                    "input",
                    "tail",
                    TestPlugins.section("source", "@type tail\npos_file " + pos),
                    false,
                    Map.of("opened_file_count", 4L),
                    null)));
    TestPlugins.input(PrometheusMonitorInput.TAIL, "", context).start();
    assertThat(metrics())
        .containsOnly(
            Map.entry(
                "fluentd_tail_file_opened{plugin_id=\"tail1\",type=\"tail\",path=\"/var/log/ä\"}",
                4.0),
            Map.entry(
                "fluentd_tail_file_position{plugin_id=\"tail1\","
                    + "type=\"tail\",path=\"/var/log/ä\"}",
                16.0),
            Map.entry(
                "fluentd_tail_file_inode{plugin_id=\"tail1\",type=\"tail\",path=\"/var/log/ä\"}",
                255.0));
  }
}
