package io.runnel.plugins.common;

import io.runnel.config.ConfigElement;
import io.runnel.plugin.Supervision.PluginState;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.TreeMap;
import java.util.regex.Pattern;

/** How a plugin fares, with the fields of Fluentd's monitor_agent in their order. */
public final class PluginEntry {
  /** Fluentd's figures in its order; those behind "buffer" only where there is a buffer. */
  private static final List<String> SOURCE_FIGURES = List.of("emit_records", "emit_size");

  private static final List<String> TAIL_FIGURES =
      List.of(
          "opened_file_count",
          "closed_file_count",
          "rotated_file_count",
          "throttled_log_count",
          "tracked_file_count");

  private static final List<String> OUTPUT_FIGURES =
      List.of(
          "emit_records",
          "emit_size",
          "emit_count",
          "write_count",
          "write_secondary_count",
          "rollback_count",
          "slow_flush_count",
          "flush_time_count",
          "drop_oldest_chunk_count");

  private static final List<String> BUFFER_FIGURES =
      List.of("buffer_stage_length", "buffer_stage_byte_size", "buffer_queue_byte_size");

  private static final String SPACE = "buffer_available_buffer_space_ratios";
  private static final String OLDEST = "buffer_oldest_timekey";
  private static final String NEWEST = "buffer_newest_timekey";
  private static final Pattern SECRET =
      Pattern.compile(".*(password|passphrase|secret|shared_key|apikey|api_key|token).*");

  private PluginEntry() {}

  /**
   * The fields of one plugin.
   *
   * @param withConfig its parameters, without secrets
   * @param withRetry the state of its retries
   */
  public static Map<String, Object> of(PluginState state, boolean withConfig, boolean withRetry) {
    Map<String, Long> figures = new TreeMap<>(state.metrics());
    Map<String, Object> entry = new LinkedHashMap<>();
    boolean output = state.category().equals("output");
    entry.put("plugin_id", state.id());
    entry.put("plugin_category", state.category());
    entry.put("type", state.type());
    if (withConfig) {
      entry.put("config", parameters(state.element()));
    }
    entry.put("output_plugin", output);
    if (state.buffered()) {
      entry.put("buffer_queue_length", take(figures, "buffer_queue_length"));
      entry.put("buffer_timekeys", timekeys(figures));
      entry.put("buffer_total_queued_size", take(figures, "buffer_total_queued_size"));
    }
    Long errors = figures.remove("num_errors");
    Long retries = figures.remove("retry_count");
    entry.put("retry_count", output ? (Object) (retries != null ? retries : orZero(errors)) : null);
    (output ? OUTPUT_FIGURES : SOURCE_FIGURES)
        .forEach(name -> entry.put(name, take(figures, name)));
    if (state.buffered()) {
      BUFFER_FIGURES.forEach(name -> entry.put(name, take(figures, name)));
      entry.put(SPACE, take(figures, SPACE) / 10.0);
    }
    for (String name : TAIL_FIGURES) {
      if (figures.containsKey(name)) {
        entry.put(name, figures.remove(name));
      }
    }
    addTimekeys(figures, entry);
    entry.putAll(figures);
    if (withRetry && state.retry() != null) {
      entry.put("retry", state.retry());
    }
    return entry;
  }

  private static long orZero(Long value) {
    return value == null ? 0 : value;
  }

  private static long take(Map<String, Long> figures, String name) {
    return orZero(figures.remove(name));
  }

  private static List<Long> timekeys(Map<String, Long> figures) {
    long oldest = orZero(figures.get(OLDEST));
    long newest = orZero(figures.get(NEWEST));
    if (oldest == 0) {
      return List.of();
    }
    return oldest == newest ? List.of(oldest) : List.of(oldest, newest);
  }

  private static void addTimekeys(Map<String, Long> figures, Map<String, Object> entry) {
    long oldest = take(figures, OLDEST);
    long newest = take(figures, NEWEST);
    if (oldest > 0) {
      entry.put(OLDEST, oldest);
      entry.put(NEWEST, newest);
    }
  }

  private static Map<String, Object> parameters(ConfigElement element) {
    Map<String, Object> shown = new LinkedHashMap<>();
    element
        .parameters()
        .forEach(
            (name, value) -> {
              boolean secret = SECRET.matcher(name.toLowerCase(Locale.ROOT)).matches();
              shown.put(name, secret ? "xxxxxx" : value.text());
            });
    return shown;
  }
}
