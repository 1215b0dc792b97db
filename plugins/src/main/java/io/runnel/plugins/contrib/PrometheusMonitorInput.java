package io.runnel.plugins.contrib;

import io.runnel.config.ConfigException;
import io.runnel.config.Default;
import io.runnel.config.Doc;
import io.runnel.config.Inline;
import io.runnel.plugin.Input;
import io.runnel.plugin.PluginContext;
import io.runnel.plugin.PluginType;
import io.runnel.plugin.Supervision;
import io.runnel.plugin.Supervision.PluginState;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.OffsetDateTime;
import java.time.format.DateTimeFormatter;
import java.time.format.DateTimeParseException;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.function.Consumer;
import java.util.stream.Stream;

/**
 * Shows figures of the daemon to Prometheus: those of buffers, of outputs, or of tailed files. They
 * are read when Prometheus asks.
 */
public final class PrometheusMonitorInput implements Input {
  public static final PluginType<Config, PluginContext, Input> TYPE =
      PluginType.input(
          "prometheus_monitor",
          Config.class,
          (config, context) -> new PrometheusMonitorInput(config.monitor, context, Kind.BUFFERS));

  public static final PluginType<OutputConfig, PluginContext, Input> OUTPUTS =
      PluginType.input(
          "prometheus_output_monitor",
          OutputConfig.class,
          (config, context) ->
              new PrometheusMonitorInput(
                  config.monitor, context, config.gaugeAll ? Kind.OUTPUTS : Kind.OUTPUT_COUNTERS));

  public static final PluginType<TailConfig, PluginContext, Input> TAIL =
      PluginType.input(
          "prometheus_tail_monitor",
          TailConfig.class,
          (config, context) -> new PrometheusMonitorInput(config.monitor, context, Kind.TAIL));

  @Doc("Shows figures of all buffers to Prometheus.")
  record Config(@Inline MonitorConfig monitor) {}

  @Doc("Shows figures of all outputs to Prometheus.")
  record OutputConfig(
      @Inline MonitorConfig monitor,
      @Doc("Shows what only grows as gauges too.") @Default("true") boolean gaugeAll) {}

  @Doc("Shows figures of all tailed files to Prometheus.")
  record TailConfig(@Inline MonitorConfig monitor) {}

  private enum Kind {
    BUFFERS,
    OUTPUTS,
    OUTPUT_COUNTERS,
    TAIL
  }

  private static final String STATUS = "fluentd_status_";
  private static final String OUTPUT = "fluentd_output_status_";
  private static final String FILE = "fluentd_tail_file_";
  private static final String BOOKS = "runnel_books_events";
  private static final long MAX_POSITION_FILE = 64L << 20;

  /** Our figure and its name behind {@link #OUTPUT}; what only grows has a plus in front. */
  private static final Map<String, String> OUTPUT_FIGURES =
      figures(
          "buffer_total_queued_size=buffer_total_bytes buffer_stage_length buffer_stage_byte_size"
              + " buffer_queue_length buffer_queue_byte_size buffer_newest_timekey"
              + " buffer_oldest_timekey +retry_count +num_errors +emit_count +emit_records"
              + " +write_count +write_secondary_count rollback_count +flush_time_count"
              + " +slow_flush_count");

  private static final Map<String, String> BUFFER_FIGURES =
      figures(
          "buffer_queue_length buffer_total_queued_size=buffer_total_bytes retry_count"
              + " buffer_newest_timekey buffer_oldest_timekey");

  private static final Map<String, String> TAIL_FIGURES =
      figures(
          "opened_file_count=opened closed_file_count=closed rotated_file_count=rotated"
              + " throttled_log_count=throttled");

  private static Map<String, String> figures(String text) {
    Map<String, String> figures = new LinkedHashMap<>();
    for (String pair : text.split(" ")) {
      String plus = pair.startsWith("+") ? "+" : "";
      String[] names = pair.substring(plus.length()).split("=");
      figures.put(names[0], plus + names[names.length - 1]);
    }
    return figures;
  }

  private final PluginContext context;
  private final Kind kind;
  private final Map<String, String> labels;
  private final MetricRegistry registry;
  private final Consumer<MetricText> source = this::write;

  private PrometheusMonitorInput(MonitorConfig config, PluginContext context, Kind kind) {
    this.context = context;
    this.kind = kind;
    this.labels = fixed(MetricLabels.of(config.labels(), List.of(), context));
    this.registry = context.shared(MetricRegistry.class, MetricRegistry::new);
  }

  /** There is no event whose fields could be labels. */
  private static Map<String, String> fixed(MetricLabels labels) {
    for (String name : labels.names()) {
      if (labels.isDynamic(name)) {
        throw new ConfigException(
            "record accessor syntax is not available in the monitor inputs: label " + name);
      }
    }
    return labels.fixed();
  }

  @Override
  public void start() {
    registry.addSource(source);
  }

  @Override
  public void stop() {
    registry.removeSource(source);
  }

  private void write(MetricText text) {
    if (kind == Kind.OUTPUTS || kind == Kind.OUTPUT_COUNTERS) {
      books(text);
    }
    for (PluginState state : context.supervision().plugins(context.workerId())) {
      switch (kind) {
        case BUFFERS -> {
          if (state.category().equals("output")) {
            plain(text, STATUS, BUFFER_FIGURES, state, true);
          }
        }
        case OUTPUTS, OUTPUT_COUNTERS -> {
          if (state.category().equals("output")) {
            plain(text, OUTPUT, OUTPUT_FIGURES, state, false);
            more(text, state);
          }
        }
        case TAIL -> {
          if (state.category().equals("input") && state.type().equals("tail")) {
            files(text, state);
          }
        }
      }
    }
  }

  private Map<String, String> labels(PluginState state, boolean category) {
    Map<String, String> all = new LinkedHashMap<>(labels);
    all.put("plugin_id", state.id());
    if (category) {
      all.put("plugin_category", state.category());
    }
    all.put("type", state.type());
    return all;
  }

  private void plain(
      MetricText text,
      String prefix,
      Map<String, String> figures,
      PluginState state,
      boolean category) {
    Map<String, Long> values = new LinkedHashMap<>(state.metrics());
    if (state.category().equals("output")) {
      values.putIfAbsent("num_errors", 0L);
      values.putIfAbsent("retry_count", values.get("num_errors"));
    }
    figures.forEach(
        (figure, shown) -> {
          Long value = values.get(figure);
          if (value != null) {
            boolean grows = shown.startsWith("+");
            String name = prefix + (grows ? shown.substring(1) : shown);
            boolean counter = grows && kind == Kind.OUTPUT_COUNTERS;
            text.family(name, counter ? "counter" : "gauge", help(figure));
            text.sample(name, "", labels(state, category), value);
          }
        });
  }

  /** Runnel's own: what came in and what became of it. */
  private void books(MetricText text) {
    text.family(BOOKS, "gauge", "Events by what became of them (see docs/durability.md).");
    for (Supervision.Book book : context.supervision().books(context.workerId())) {
      Map<String, String> all = new LinkedHashMap<>(labels);
      all.put("kind", book.kind());
      all.put("id", book.id());
      all.put("type", book.type());
      book.figures()
          .forEach(
              (name, events) -> {
                Map<String, String> flow = new LinkedHashMap<>(all);
                flow.put("flow", name);
                text.sample(BOOKS, "", flow, events);
              });
    }
  }

  private static String help(String figure) {
    return "Current " + figure.replace('_', ' ') + ".";
  }

  private void more(MetricText text, PluginState state) {
    Long space = state.metrics().get("buffer_available_buffer_space_ratios");
    if (space != null) {
      String name = OUTPUT + "buffer_available_space_ratio";
      text.family(name, "gauge", "Ratio of available space in the buffer, in percent.");
      text.sample(name, "", labels(state, false), space / 10.0);
    }
    if (state.buffered()) {
      String name = OUTPUT + "retry_wait";
      text.family(name, "gauge", "Seconds from the first failure to the next retry.");
      text.sample(name, "", labels(state, false), retryWait(state));
    }
  }

  private static double retryWait(PluginState state) {
    Map<String, Object> retry = state.retry() == null ? Map.of() : state.retry();
    if (!retry.containsKey("next_time") || !retry.containsKey("start")) {
      return 0;
    }
    try {
      return seconds(retry.get("next_time")) - seconds(retry.get("start"));
    } catch (DateTimeParseException e) {
      return 0;
    }
  }

  private static double seconds(Object time) {
    return OffsetDateTime.parse(
            time.toString(), DateTimeFormatter.ofPattern("yyyy-MM-dd HH:mm:ss Z"))
        .toEpochSecond();
  }

  /** Positions and inodes as the pos_file has them. */
  private void files(MetricText text, PluginState state) {
    String posFile = state.element().peek("pos_file");
    if (posFile == null) {
      return;
    }
    Path path = Path.of(posFile);
    try {
      if (!Files.isRegularFile(path) || Files.size(path) > MAX_POSITION_FILE) {
        return;
      }
      text.family(FILE + "position", "gauge", "Current position of file.");
      text.family(FILE + "inode", "gauge", "Current inode of file.");
      try (Stream<String> lines = Files.lines(path, StandardCharsets.ISO_8859_1)) {
        lines.forEach(line -> file(text, state, line));
      }
    } catch (IOException | java.io.UncheckedIOException e) {
      context.log().warn("prometheus: the pos_file cannot be read", e, "path", posFile);
    }
  }

  private void file(MetricText text, PluginState state, String line) {
    String[] parts = line.split("\t");
    if (parts.length != 3 || parts[1].equals("f".repeat(16))) {
      return;
    }
    try {
      Map<String, String> all = labels(state, false);
      byte[] path = parts[0].getBytes(StandardCharsets.ISO_8859_1);
      all.put("path", new String(path, StandardCharsets.UTF_8));
      TAIL_FIGURES.forEach( // the plugin's figures, shown for each of its files, as by the gem
          (figure, shown) -> {
            Long value = state.metrics().get(figure);
            if (value != null) {
              text.family(FILE + shown, "gauge", help(figure));
              text.sample(FILE + shown, "", all, value);
            }
          });
      text.sample(FILE + "position", "", all, Long.parseUnsignedLong(parts[1], 16));
      text.sample(FILE + "inode", "", all, Long.parseUnsignedLong(parts[2], 16));
    } catch (NumberFormatException e) {
      context.log().debug("prometheus: a line of the pos_file cannot be read");
    }
  }
}
