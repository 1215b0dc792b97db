package io.runnel.plugins.contrib;

import java.time.Duration;
import java.util.Comparator;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;

/** The metrics of one name, one for each set of labels. Safe for use by several threads. */
final class MetricFamily {
  /** What a metric counts. */
  enum Type {
    COUNTER,
    GAUGE,
    SUMMARY,
    HISTOGRAM;

    String text() {
      return name().toLowerCase(Locale.ROOT);
    }
  }

  /** Sets of labels of one name, whatever the configuration says. */
  private static final int MAX_SERIES = 100_000;

  /** What is known of one set of labels. */
  private static final class Series {
    double value;
    long count;
    long[] buckets;
    long touched;
    Duration retention;
  }

  private final String name;
  private final Type type;
  private final String help;
  private final double[] bounds;
  private final List<String> boundTexts;
  private final Map<Map<String, String>, Series> all = new LinkedHashMap<>();

  /**
   * @param buckets upper bounds as they are shown, for histograms
   */
  MetricFamily(String name, Type type, String help, List<String> buckets) {
    this.name = name;
    this.type = type;
    this.help = help;
    this.boundTexts =
        buckets.stream().sorted(Comparator.comparingDouble(Double::parseDouble)).toList();
    this.bounds = boundTexts.stream().mapToDouble(Double::parseDouble).toArray();
  }

  Type type() {
    return type;
  }

  /**
   * Makes the series of a set of labels, with the value 0.
   *
   * @return false where there are too many
   */
  synchronized boolean initialize(Map<String, String> labels, int limit) {
    return series(labels, limit) != null;
  }

  /**
   * Counts a value.
   *
   * @param limit most sets of labels; 0 for no limit of one's own
   * @param nanos now, by the monotonic clock
   * @param retention after which time without values the series goes; null for never
   * @return false where the set of labels is new and there are too many
   */
  synchronized boolean observe(
      Map<String, String> labels, double value, int limit, long nanos, Duration retention) {
    Series series = series(labels, limit);
    if (series == null) {
      return false;
    }
    series.touched = nanos;
    series.retention = retention;
    switch (type) {
      case COUNTER -> series.value += value;
      case GAUGE -> series.value = value;
      case SUMMARY, HISTOGRAM -> {
        series.value += value;
        series.count++;
        for (int i = 0; i < bounds.length; i++) {
          if (value <= bounds[i]) {
            series.buckets[i]++;
          }
        }
      }
    }
    return true;
  }

  private Series series(Map<String, String> labels, int limit) {
    Series series = all.get(labels);
    int most = limit > 0 ? Math.min(limit, MAX_SERIES) : MAX_SERIES;
    if (series == null && all.size() < most) {
      series = new Series();
      series.buckets = new long[bounds.length];
      all.put(labels, series);
    }
    return series;
  }

  /** Drops what got no value for its retention. */
  synchronized void expire(long nanos) {
    all.values()
        .removeIf(
            series ->
                series.retention != null && nanos - series.touched > series.retention.toNanos());
  }

  synchronized void write(MetricText text) {
    text.family(name, type.text(), help);
    all.forEach(
        (labels, series) -> {
          switch (type) {
            case COUNTER, GAUGE -> text.sample(name, "", labels, series.value);
            case SUMMARY -> writeSums(text, labels, series);
            case HISTOGRAM -> {
              for (int i = 0; i < bounds.length; i++) {
                bucket(text, labels, boundTexts.get(i), series.buckets[i]);
              }
              bucket(text, labels, "+Inf", series.count);
              writeSums(text, labels, series);
            }
          }
        });
  }

  private void bucket(MetricText text, Map<String, String> labels, String bound, long count) {
    Map<String, String> more = new LinkedHashMap<>(labels);
    more.put("le", bound);
    text.sample(name, "_bucket", more, count);
  }

  private void writeSums(MetricText text, Map<String, String> labels, Series series) {
    text.sample(name, "_sum", labels, series.value);
    text.sample(name, "_count", labels, series.count);
  }
}
