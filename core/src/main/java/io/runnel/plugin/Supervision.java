package io.runnel.plugin;

import java.util.List;
import java.util.Map;

/** What the running daemon can tell about itself, and be asked to do. */
public interface Supervision {
  /**
   * One plugin's state.
   *
   * @param category input, filter or output
   * @param element its section
   * @param buffered whether it has a buffer
   * @param metrics its figures by Fluentd's names
   * @param retry its retry state ({@code start}, {@code steps}, {@code next_time}); null where it
   *     has no buffer, empty where nothing is retried
   */
  record PluginState(
      String id,
      String category,
      String type,
      io.runnel.config.ConfigElement element,
      boolean buffered,
      Map<String, Long> metrics,
      Map<String, Object> retry) {}

  /** All plugins of a worker: inputs, outputs (with stores), filters, then those of the labels. */
  List<PluginState> plugins(int workerId);

  /**
   * One page of the books: what came to a part of the daemon, and what became of it.
   *
   * @param kind source, route, filter or output
   * @param id the plugin's id; a route's label
   * @param type the plugin's type; empty for a route
   * @param figures events by name, what came in first
   * @param missing what the figures leave unexplained: 0 where they balance
   */
  record Book(String kind, String id, String type, Map<String, Long> figures, long missing) {}

  /** The books of a worker; each page is of one instant. */
  default List<Book> books(int workerId) {
    return List.of();
  }

  /** {@code pid}, {@code version}, {@code config_path}, … as monitor_agent shows them. */
  Map<String, Object> info();

  /** Stops the whole daemon with this exit status. */
  void stop(int status);

  /** Flushes all buffers. */
  void flush();
}
