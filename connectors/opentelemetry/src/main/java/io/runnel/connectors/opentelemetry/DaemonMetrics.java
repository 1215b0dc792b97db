package io.runnel.connectors.opentelemetry;

import io.runnel.event.Json;
import io.runnel.plugin.PluginContext;
import io.runnel.plugin.Supervision.PluginState;
import io.runnel.plugins.common.PluginEntry;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/**
 * The figures of this daemon as a message of OTLP, with the names of fluent-plugin-opentelemetry. A
 * worker is a part of the process here, so memory and CPU time are those of the whole daemon.
 */
final class DaemonMetrics {
  private static final String SCOPE = "fluent-plugin-opentelemetry";

  /** The version of the gem whose metrics these are. */
  private static final String SCOPE_VERSION = "0.5.3";

  private static final int CUMULATIVE = 2;
  private static final long NANOS_PER_MILLI = 1_000_000;

  private final String prefix;
  private final PluginContext context;
  private final ProcessFigures process;
  private final long start;

  DaemonMetrics(String prefix, PluginContext context, ProcessFigures process) {
    this.prefix = prefix;
    this.context = context;
    this.process = process;
    start = now();
  }

  private long now() {
    return context.clock().millis() * NANOS_PER_MILLI;
  }

  /** The metrics of this moment, as JSON. */
  String json() {
    Map<String, Object> scope = new LinkedHashMap<>();
    scope.put("scope", pair("name", SCOPE, "version", SCOPE_VERSION));
    scope.put("metrics", metrics());
    Map<String, Object> resource =
        pair("resource", Map.of("attributes", resource()), "scopeMetrics", List.of(scope));
    return Json.write(Map.of("resourceMetrics", List.of(resource)));
  }

  private List<Object> resource() {
    return List.of(
        text("service.name", "fluentd"),
        text("service.version", context.supervision().info().get("version")),
        text("host.name", context.system().hostname()),
        text("process.runtime.name", System.getProperty("java.runtime.name")),
        text("process.runtime.version", Runtime.version()),
        number("process.pid", ProcessHandle.current().pid()));
  }

  private List<Object> metrics() {
    long now = now();
    List<Object> metrics = new ArrayList<>();
    for (PluginState state : context.supervision().plugins(context.workerId())) {
      List<Object> attributes =
          List.of(
              text("plugin.id", state.id()),
              text("plugin", kind(state.category()) + "_" + state.type()),
              text("plugin.category", state.category()),
              text("plugin.type", state.type()));
      PluginEntry.of(state, false, false)
          .forEach(
              (name, value) -> {
                if (value instanceof Number figure) {
                  Map<String, Object> point = point(now, "asDouble", figure, attributes);
                  metrics.add(metric(name, "1", "gauge", gauge(point)));
                }
              });
    }
    process(now, metrics);
    return metrics;
  }

  private void process(long now, List<Object> metrics) {
    Object pid = number("process.pid", ProcessHandle.current().pid());
    process
        .residentBytes()
        .ifPresent(
            bytes -> {
              List<Object> attributes = List.of(text("type", "resident"), pid);
              Map<String, Object> point = point(now, "asInt", bytes, attributes);
              metrics.add(metric("process.memory.usage", "By", "gauge", gauge(point)));
            });
    process
        .userSeconds()
        .ifPresent(
            seconds -> {
              List<Object> attributes = List.of(text("state", "user"), pid);
              Map<String, Object> sum =
                  pair("aggregationTemporality", CUMULATIVE, "isMonotonic", true);
              sum.put("dataPoints", List.of(point(now, "asDouble", seconds, attributes)));
              metrics.add(metric("process.cpu.time", "s", "sum", sum));
            });
  }

  private static String kind(String category) {
    return switch (category) {
      case "input" -> "in";
      case "output" -> "out";
      default -> category;
    };
  }

  private Map<String, Object> metric(String name, String unit, String kind, Object data) {
    Map<String, Object> metric = pair("name", (prefix + name).replace('_', '.'), "unit", unit);
    metric.put(kind, data);
    return metric;
  }

  private static Map<String, Object> gauge(Map<String, Object> point) {
    return Map.of("dataPoints", List.of(point));
  }

  private Map<String, Object> point(long now, String kind, Object value, List<Object> attributes) {
    Map<String, Object> point = pair("startTimeUnixNano", start, "timeUnixNano", now);
    point.put(kind, value);
    point.put("attributes", attributes);
    return point;
  }

  private static Object text(String key, Object value) {
    return pair("key", key, "value", Map.of("stringValue", String.valueOf(value)));
  }

  private static Object number(String key, long value) {
    return pair("key", key, "value", Map.of("intValue", value));
  }

  private static Map<String, Object> pair(String key, Object value, String other, Object second) {
    Map<String, Object> map = new LinkedHashMap<>();
    map.put(key, value);
    map.put(other, second);
    return map;
  }
}
