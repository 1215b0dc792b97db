package io.runnel.connectors.opentelemetry;

import io.runnel.config.Default;
import io.runnel.config.Doc;
import io.runnel.plugin.EmitException;
import io.runnel.plugin.Input;
import io.runnel.plugin.PluginContext;
import io.runnel.plugin.PluginType;
import io.runnel.plugins.common.Ticker;
import java.nio.file.Path;
import java.time.Duration;

/** Emits the figures of this daemon as OpenTelemetry's metrics. */
final class OpentelemetryMetricsInput implements Input {
  static final PluginType<Config, PluginContext, Input> TYPE =
      PluginType.input("opentelemetry_metrics", Config.class, OpentelemetryMetricsInput::new);

  @Doc("Emits the figures of all plugins and of the process as metrics of OpenTelemetry.")
  record Config(
      @Doc("How often they are emitted.") @Default("60") Duration emitInterval,
      @Doc("Tag of the events.") String tag,
      @Doc("Goes in front of the names of the metrics; underscores in it become dots.")
          @Default("fluentd.")
          String metricNamePrefix) {}

  private final Config config;
  private final PluginContext context;
  private final DaemonMetrics metrics;
  private Ticker ticker;

  OpentelemetryMetricsInput(Config config, PluginContext context) {
    this.config = config;
    this.context = context;
    metrics =
        new DaemonMetrics(
            config.metricNamePrefix, context, new ProcessFigures(Path.of("/proc/self")));
  }

  @Override
  public void start() {
    ticker = Ticker.start(context, "opentelemetry_metrics", config.emitInterval, this::emit);
  }

  private void emit() {
    try {
      new SignalEmitter(config.tag, context).emit(Signal.METRICS, metrics.json());
    } catch (EmitException e) {
      context.log().error("unexpected error while emitting the metrics", e);
    }
  }

  @Override
  public void stop() {
    if (ticker != null) {
      ticker.close();
    }
  }

  @Override
  public void close() {
    stop();
  }
}
