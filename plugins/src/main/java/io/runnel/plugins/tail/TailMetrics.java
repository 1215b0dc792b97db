package io.runnel.plugins.tail;

import io.runnel.metrics.Counter;
import io.runnel.metrics.Metrics;

/** The figures of in_tail by Fluentd's names. */
final class TailMetrics {
  private final Counter opened;
  private final Counter closed;
  private final Counter rotated;
  private final Counter throttled;
  private volatile long tracked;

  TailMetrics(Metrics metrics) {
    opened = metrics.counter("opened_file_count");
    closed = metrics.counter("closed_file_count");
    rotated = metrics.counter("rotated_file_count");
    throttled = metrics.counter("throttled_log_count");
    metrics.gauge("tracked_file_count", () -> tracked);
  }

  void opened() {
    opened.increment();
  }

  void closed() {
    closed.increment();
  }

  void rotated() {
    rotated.increment();
  }

  void throttled() {
    throttled.increment();
  }

  void tracked(long files) {
    tracked = files;
  }
}
