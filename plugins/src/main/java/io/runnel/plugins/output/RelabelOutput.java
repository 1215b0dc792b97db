package io.runnel.plugins.output;

import io.runnel.config.ConfigException;
import io.runnel.config.Default;
import io.runnel.config.Doc;
import io.runnel.event.EventStream;
import io.runnel.plugin.Emitter;
import io.runnel.plugin.Output;
import io.runnel.plugin.OutputContext;
import io.runnel.plugin.PluginType;
import io.runnel.plugin.UnbufferedOutput;

/** Sends events as they are to the label that {@code @label} names. */
public final class RelabelOutput implements UnbufferedOutput {
  public static final PluginType<Config, OutputContext, Output> TYPE =
      PluginType.output("relabel", Config.class, RelabelOutput::new);

  @Doc("Sends events to another <label>.")
  public record Config(
      @Doc("Keeps only whole seconds of the time.") @Default("false") boolean timeAsInteger,
      @Doc("Seconds after which a flush is reported as slow.") @Default("20.0")
          double slowFlushLogThreshold) {}

  private final Emitter emitter;

  RelabelOutput(Config config, OutputContext context) {
    requireLabel(context, "relabel");
    this.emitter = context.emitter();
  }

  /** Without a label the events would come back to the same {@code <match>} without an end. */
  static void requireLabel(OutputContext context, String type) {
    if (context.element().peek("@label") == null) {
      throw new ConfigException(
          "'@label' parameter is required for "
              + type
              + " output: without it the events would come back to this section for ever",
          context.element().place());
    }
  }

  @Override
  public void process(String tag, EventStream stream) {
    emitter.emit(tag, stream);
  }
}
