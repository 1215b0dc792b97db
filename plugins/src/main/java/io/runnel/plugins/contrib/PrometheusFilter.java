package io.runnel.plugins.contrib;

import io.runnel.config.Doc;
import io.runnel.config.Inline;
import io.runnel.event.EventStream;
import io.runnel.plugin.Filter;
import io.runnel.plugin.PluginContext;
import io.runnel.plugin.PluginType;

/** Counts events for Prometheus and passes them on (the filter of fluent-plugin-prometheus). */
public final class PrometheusFilter implements Filter {
  public static final PluginType<Config, PluginContext, Filter> TYPE =
      PluginType.filter("prometheus", Config.class, PrometheusFilter::new);

  @Doc("Counts events for Prometheus and passes them on.")
  record Config(@Inline PrometheusMetrics.Config metrics) {}

  private final PrometheusMetrics metrics;

  PrometheusFilter(Config config, PluginContext context) {
    metrics = new PrometheusMetrics(config.metrics, context);
  }

  @Override
  public EventStream filter(String tag, EventStream stream) {
    metrics.observe(tag, stream);
    return stream;
  }
}
