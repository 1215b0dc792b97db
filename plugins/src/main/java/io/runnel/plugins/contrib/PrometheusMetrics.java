package io.runnel.plugins.contrib;

import io.runnel.config.ConfigElement;
import io.runnel.config.ConfigException;
import io.runnel.config.Default;
import io.runnel.config.Doc;
import io.runnel.config.Place;
import io.runnel.event.Event;
import io.runnel.event.EventStream;
import io.runnel.event.RecordAccessor;
import io.runnel.plugin.PluginContext;
import io.runnel.plugins.filter.TagValues;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.TreeSet;
import java.util.concurrent.atomic.AtomicLong;
import java.util.regex.Pattern;
import java.util.stream.Stream;

/** What the filter and the output prometheus share: counts events by what they hold. */
final class PrometheusMetrics {
  /** The parameters of both. */
  @Doc("Counts events for Prometheus.")
  record Config(
      @Doc("Labels of all metrics.") List<ConfigElement> labels,
      @Doc("Most sets of labels of one metric; 0 for the built-in limit.") @Default("0")
          int maxSeriesPerMetric,
      @Doc("How long the same warning is not repeated.") @Default("3600")
          Duration ignoreErrorLogInterval,
      @Doc("A metric.") List<Metric> metric) {}

  @Doc("A metric.")
  record Metric(
      @Doc("Its name.") Optional<String> name,
      @Doc("counter, gauge, summary or histogram.") Optional<String> type,
      @Doc("What it says.") Optional<String> desc,
      @Doc("The field with the value; a counter counts events where absent.") Optional<String> key,
      @Doc("Upper bounds of a histogram, with commas between them.") Optional<String> buckets,
      @Doc("Shows the metric before the first event, with the value 0.") @Default("false")
          boolean initialized,
      @Doc("How long a set of labels without new values is shown; for ever where absent.")
          Optional<Duration> retention,
      @Doc("Has no effect: what is old is looked for when somebody asks.") @Default("60")
          Duration retentionCheckInterval,
      @Doc("Most sets of labels of this metric.") Optional<Integer> maxSeriesPerMetric,
      @Doc("Its labels.") List<ConfigElement> labels,
      @Doc("Sets of labels that are shown before the first event.")
          List<ConfigElement> initlabels) {}

  private static final Pattern NAME = Pattern.compile("[a-zA-Z_:][a-zA-Z0-9_:]*");
  private static final String BUCKETS = "0.005,0.01,0.025,0.05,0.1,0.25,0.5,1,2.5,5,10";
  private static final String DROPPED = "fluentd_prometheus_dropped_label_sets_total";

  /** A metric that is ready to count. */
  private record Counting(
      String name,
      MetricFamily family,
      RecordAccessor key,
      MetricLabels labels,
      int limit,
      Duration retention) {}

  private final Config config;
  private final PluginContext context;
  private final MetricRegistry registry;
  private final List<Counting> metrics = new ArrayList<>();
  private final AtomicLong warnedAt = new AtomicLong(Long.MIN_VALUE);

  PrometheusMetrics(Config config, PluginContext context) {
    this.config = config;
    this.context = context;
    registry = context.shared(MetricRegistry.class, MetricRegistry::new);
    config.metric.forEach(this::add);
  }

  private void add(Metric metric) {
    String name = required(metric.name, "name");
    String typeName = required(metric.type, "type");
    String help = required(metric.desc, "desc");
    MetricFamily.Type type =
        Stream.of(MetricFamily.Type.values())
            .filter(known -> known.text().equals(typeName))
            .findFirst()
            .orElseThrow(
                () ->
                    new ConfigException(
                        "type option must be 'counter', 'gauge', 'summary' or 'histogram'"));
    if (!NAME.matcher(name).matches()) {
      throw new ConfigException("wrong name of a metric: " + name);
    }
    if (type != MetricFamily.Type.COUNTER && metric.key.isEmpty()) {
      throw new ConfigException(type.text() + " metric requires 'key' option");
    }
    MetricFamily family =
        registry.family(
            name,
            type,
            help,
            type == MetricFamily.Type.HISTOGRAM
                ? buckets(metric.buckets.orElse(BUCKETS))
                : List.of());
    int limit = metric.maxSeriesPerMetric.orElse(config.maxSeriesPerMetric);
    MetricLabels labels = MetricLabels.of(config.labels, metric.labels, context);
    if (metric.initialized) {
      initialize(metric, family, labels, limit);
    }
    metrics.add(
        new Counting(
            name,
            family,
            metric.key.map(PrometheusMetrics::accessor).orElse(null),
            labels,
            limit,
            metric.retention.orElse(null)));
  }

  private void initialize(Metric metric, MetricFamily family, MetricLabels labels, int limit) {
    checkInitial(metric, labels);
    boolean fits = true;
    if (metric.initlabels.isEmpty()) {
      fits = family.initialize(labels.fixed(), limit);
    }
    for (ConfigElement section : metric.initlabels) {
      Map<String, String> values = labels.fixed();
      section.parameters().forEach((name, value) -> values.put(name, value.text()));
      fits &= family.initialize(values, limit);
    }
    if (!fits) {
      throw new ConfigException("<initlabels> are more than max_series_per_metric");
    }
  }

  /** Sets of labels that are shown first must be sets that events can lead to. */
  private static void checkInitial(Metric metric, MetricLabels labels) {
    Set<String> missing = new TreeSet<>(labels.names());
    missing.removeIf(name -> !labels.isDynamic(name));
    for (ConfigElement section : metric.initlabels) {
      for (String name : section.parameters().keySet()) {
        String of = " in metric " + metric.name.orElse("");
        if (!labels.names().contains(name)) {
          throw new ConfigException(
              "Key " + name + " in <initlabels> is non existent in <labels>" + of,
              section.placeOf(name));
        }
        if (!labels.isDynamic(name)) {
          throw new ConfigException(
              "Cannot set <initlabels> on non RecordAccessor/Placeholder key " + name + of,
              section.placeOf(name));
        }
        missing.remove(name);
      }
    }
    if (!missing.isEmpty()) {
      throw new ConfigException(
          "RecordAccessor/Placeholder key "
              + String.join(", ", missing)
              + " has not been set in a <initlabels> for initialized metric "
              + metric.name.orElse(""));
    }
  }

  private static String required(Optional<String> value, String name) {
    return value.orElseThrow(() -> new ConfigException("metric requires '" + name + "' option"));
  }

  private static RecordAccessor accessor(String key) {
    try {
      return RecordAccessor.of(key);
    } catch (IllegalArgumentException e) {
      throw new ConfigException(e.getMessage());
    }
  }

  /** As written: {@code le="1"} and {@code le="1.0"} are two series to Prometheus. */
  private static List<String> buckets(String text) {
    List<String> bounds = Csv.split(text);
    try {
      bounds.forEach(Double::valueOf);
    } catch (NumberFormatException e) {
      throw new ConfigException("buckets must be numbers: " + text, Place.NONE, e);
    }
    return bounds;
  }

  /** Counts all events. */
  void observe(String tag, EventStream stream) {
    TagValues values = TagValues.of(tag);
    for (Event event : stream.events()) {
      for (Counting metric : metrics) {
        observe(metric, values, event);
      }
    }
  }

  private void observe(Counting metric, TagValues tag, Event event) {
    Map<String, Object> record = event.record();
    double value = 1;
    if (metric.key != null) {
      Object found = metric.key.get(record);
      if (found == null) {
        return;
      }
      value = number(found);
      boolean down = metric.family.type() == MetricFamily.Type.COUNTER && value < 0;
      if (Double.isNaN(value) || down) {
        warn("prometheus: failed to instrument a metric.", metric.name);
        context
            .emitter()
            .emitError(
                tag.tag(),
                event.time(),
                record,
                new IllegalArgumentException("no value of a " + typeOf(metric) + ": " + found));
        return;
      }
    }
    Map<String, String> labels = metric.labels.of(tag, record);
    long now = context.clock().nanos();
    if (!metric.family.observe(labels, value, metric.limit, now, metric.retention)) {
      registry
          .family(
              DROPPED,
              MetricFamily.Type.COUNTER,
              "Events that were not counted because a metric has too many sets of labels.",
              List.of())
          .observe(Map.of("name", metric.name), 1, 0, now, null);
      warn("prometheus: too many sets of labels, not counted.", metric.name);
    }
  }

  private static String typeOf(Counting metric) {
    return metric.family.type().text();
  }

  private static double number(Object value) {
    if (value instanceof Number number) {
      return number.doubleValue();
    }
    try {
      return Double.parseDouble(value.toString().strip());
    } catch (NumberFormatException e) {
      return Double.NaN;
    }
  }

  /** Warns at most once in {@code ignore_error_log_interval}. */
  private void warn(String message, String name) {
    long now = context.clock().nanos();
    long last = warnedAt.get();
    boolean due = last == Long.MIN_VALUE || now - last >= config.ignoreErrorLogInterval.toNanos();
    if (due && warnedAt.compareAndSet(last, now)) {
      context.log().warn(message, "name", name);
    }
  }
}
