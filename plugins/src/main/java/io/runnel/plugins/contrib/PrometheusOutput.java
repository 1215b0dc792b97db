package io.runnel.plugins.contrib;

import io.runnel.config.Doc;
import io.runnel.config.Inline;
import io.runnel.event.EventStream;
import io.runnel.plugin.Output;
import io.runnel.plugin.OutputContext;
import io.runnel.plugin.PluginType;
import io.runnel.plugin.UnbufferedOutput;

/** Counts events for Prometheus (the output of fluent-plugin-prometheus). */
public final class PrometheusOutput implements UnbufferedOutput {
  public static final PluginType<Config, OutputContext, Output> TYPE =
      PluginType.output("prometheus", Config.class, PrometheusOutput::new);

  @Doc("Counts events for Prometheus.")
  record Config(@Inline PrometheusMetrics.Config metrics) {}

  private final PrometheusMetrics metrics;

  PrometheusOutput(Config config, OutputContext context) {
    metrics = new PrometheusMetrics(config.metrics, context);
  }

  @Override
  public void process(String tag, EventStream stream) {
    metrics.observe(tag, stream);
  }
}
