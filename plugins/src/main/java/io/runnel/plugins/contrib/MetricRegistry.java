package io.runnel.plugins.contrib;

import io.runnel.config.ConfigException;
import java.util.List;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.function.Consumer;

/**
 * The metrics of one worker, which the input prometheus shows: families that plugins count in, and
 * sources that are asked when somebody looks. Safe for use by several threads.
 */
final class MetricRegistry {
  private final Map<String, MetricFamily> families = new ConcurrentHashMap<>();
  private final List<Consumer<MetricText>> sources = new CopyOnWriteArrayList<>();

  /**
   * The family of that name; made where there is none.
   *
   * @throws ConfigException where there is one of another type
   */
  MetricFamily family(String name, MetricFamily.Type type, String help, List<String> buckets) {
    MetricFamily family =
        families.computeIfAbsent(name, key -> new MetricFamily(name, type, help, buckets));
    if (family.type() != type) {
      throw new ConfigException(
          "metric " + name + " is already registered as " + family.type().text());
    }
    return family;
  }

  /** Adds what is asked at each scrape. */
  void addSource(Consumer<MetricText> source) {
    sources.add(source);
  }

  void removeSource(Consumer<MetricText> source) {
    sources.remove(source);
  }

  /**
   * Everything in the text format.
   *
   * @param nanos now, by the monotonic clock: what is too old goes
   */
  String text(long nanos) {
    MetricText text = new MetricText();
    for (MetricFamily family : families.values()) {
      family.expire(nanos);
      family.write(text);
    }
    sources.forEach(source -> source.accept(text));
    return text.toString();
  }
}
