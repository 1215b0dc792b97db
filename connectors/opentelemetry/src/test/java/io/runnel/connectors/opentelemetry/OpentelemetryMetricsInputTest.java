package io.runnel.connectors.opentelemetry;

import static org.assertj.core.api.Assertions.assertThat;

import io.opentelemetry.proto.collector.metrics.v1.ExportMetricsServiceRequest;
import io.opentelemetry.proto.common.v1.KeyValue;
import io.opentelemetry.proto.metrics.v1.AggregationTemporality;
import io.opentelemetry.proto.metrics.v1.Metric;
import io.opentelemetry.proto.metrics.v1.NumberDataPoint;
import io.opentelemetry.proto.metrics.v1.ResourceMetrics;
import io.runnel.config.ConfigElement;
import io.runnel.config.Place;
import io.runnel.event.Bytes;
import io.runnel.plugin.Supervision.PluginState;
import io.runnel.testkit.Await;
import io.runnel.testkit.TestContext;
import io.runnel.testkit.TestPlugins;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.stream.Collectors;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class OpentelemetryMetricsInputTest {
  private final TestContext context = new TestContext();

  @AfterEach
  void close() {
    context.close();
  }

  /** As the output would send it. */
  private static ExportMetricsServiceRequest parse(Object json) throws Exception {
    Bytes message = new Bytes();
    Signal.METRICS.message(((String) json).getBytes(StandardCharsets.UTF_8), message);
    return ExportMetricsServiceRequest.parseFrom(message.toByteArray());
  }

  private ResourceMetrics emitted(String config) throws Exception {
    OpentelemetryMetricsInput input =
        (OpentelemetryMetricsInput)
            TestPlugins.input(
                OpentelemetryMetricsInput.TYPE,
                "tag otel.own\nemit_interval 0.05\n" + config,
                context);
    input.start();
    try {
      Await.await(
          Duration.ofSeconds(20),
          () -> "nothing was emitted",
          () -> !context.emitter().records().isEmpty());
    } finally {
      input.stop();
      input.close();
    }
    var event = context.emitter().events().getFirst();
    assertThat(event.tag()).isEqualTo("otel.own");
    assertThat(event.record()).containsEntry("type", "opentelemetry_metrics");
    return parse(event.record().get("message")).getResourceMetrics(0);
  }

  private static Map<String, String> attributes(List<KeyValue> pairs) {
    return pairs.stream()
        .collect(Collectors.toMap(KeyValue::getKey, pair -> pair.getValue().getStringValue()));
  }

  private static Metric metric(ResourceMetrics metrics, String name) {
    List<Metric> found =
        metrics.getScopeMetrics(0).getMetricsList().stream()
            .filter(metric -> metric.getName().equals(name))
            .toList();
    assertThat(found).as(name + " in " + metrics).hasSize(1);
    return found.getFirst();
  }

  @Test
  void theFiguresOfPluginsAndProcessBecomeMetrics() throws Exception {
    context
        .supervision()
        .plugins(
            List.of(
                new PluginState(
                    "out1",
                    "output",
                    "forward",
                    new ConfigElement("match", "**", Place.NONE),
                    true,
                    Map.of("emit_records", 42L, "retry_count", 3L),
                    Map.of()),
                new PluginState(
                    "in1",
                    "input",
                    "tail",
                    new ConfigElement("source", "", Place.NONE),
                    false,
                    Map.of("opened_file_count", 5L),
                    null)));
    ResourceMetrics metrics = emitted("");
    assertThat(attributes(metrics.getResource().getAttributesList()))
        .containsEntry("service.name", "fluentd")
        .containsEntry("host.name", context.system().hostname())
        .containsEntry("process.runtime.version", Runtime.version().toString())
        .containsKeys("service.version", "process.runtime.name", "process.pid");
    assertThat(metrics.getScopeMetrics(0).getScope().getName())
        .isEqualTo("fluent-plugin-opentelemetry");
    Metric retries = metric(metrics, "fluentd.retry.count");
    assertThat(retries.getUnit()).isEqualTo("1");
    NumberDataPoint point = retries.getGauge().getDataPoints(0);
    assertThat(point.getAsDouble()).isEqualTo(3);
    assertThat(point.getTimeUnixNano()).isGreaterThanOrEqualTo(point.getStartTimeUnixNano());
    assertThat(attributes(point.getAttributesList()))
        .isEqualTo(
            Map.of(
                "plugin.id", "out1",
                "plugin", "out_forward",
                "plugin.category", "output",
                "plugin.type", "forward"));
    assertThat(metric(metrics, "fluentd.opened.file.count").getGauge().getDataPoints(0))
        .extracting(NumberDataPoint::getAsDouble)
        .isEqualTo(5.0);
    assertThat(metric(metrics, "fluentd.process.memory.usage").getGauge().getDataPoints(0))
        .extracting(NumberDataPoint::getAsInt)
        .satisfies(bytes -> assertThat((Long) bytes).isGreaterThan(10_000_000L));
    Metric cpu = metric(metrics, "fluentd.process.cpu.time");
    assertThat(cpu.getSum().getIsMonotonic()).isTrue();
    assertThat(cpu.getSum().getAggregationTemporality())
        .isEqualTo(AggregationTemporality.AGGREGATION_TEMPORALITY_CUMULATIVE);
    assertThat(cpu.getSum().getDataPoints(0).getAsDouble()).isPositive();
  }

  @Test
  void theirNamesHaveTheConfiguredPrefixWithDots() throws Exception {
    ResourceMetrics metrics = emitted("metric_name_prefix my_own_");
    assertThat(metric(metrics, "my.own.process.cpu.time").getUnit()).isEqualTo("s");
  }

  @Test
  void aKernelThatSaysNothingLeavesThemOut(@TempDir Path folder) throws Exception {
    ProcessFigures figures = new ProcessFigures(folder);
    assertThat(figures.residentBytes()).isEmpty();
    assertThat(figures.userSeconds()).isEmpty();
    Files.writeString(folder.resolve("status"), "Name:\tx\nVmRSS:\t   1000 kB\n");
    Files.writeString(
        folder.resolve("stat"), "7 (a) b) S 1 7 7 0 -1 4194304 100 0 0 0 250 30 0 0 20 0 1 0\n");
    assertThat(figures.residentBytes()).hasValue(1_024_000);
    assertThat(figures.userSeconds()).hasValue(2.5);
  }
}
