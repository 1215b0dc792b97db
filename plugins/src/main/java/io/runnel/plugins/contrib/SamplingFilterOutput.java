package io.runnel.plugins.contrib;

import io.runnel.config.ConfigException;
import io.runnel.config.Default;
import io.runnel.config.Doc;
import io.runnel.event.EventCursor;
import io.runnel.event.EventStream;
import io.runnel.plugin.Output;
import io.runnel.plugin.OutputContext;
import io.runnel.plugin.PluginType;
import io.runnel.plugin.UnbufferedOutput;
import io.runnel.plugins.common.KeptEvents;
import io.runnel.plugins.common.TagPrefixes;
import java.util.Optional;

/** Emits one of so many events with another tag: the old form of the filter sampling. */
public final class SamplingFilterOutput implements UnbufferedOutput {
  public static final PluginType<Config, OutputContext, Output> TYPE =
      PluginType.output("sampling_filter", Config.class, SamplingFilterOutput::new);

  /** {@code sample_unit}. */
  enum Unit {
    TAG,
    ALL
  }

  @Doc("Emits one of so many events with another tag. The filter sampling is its newer form.")
  record Config(
      @Doc("One of so many events passes.") int interval,
      @Doc("Counts each tag for itself, or everything together.") @Default("tag") Unit sampleUnit,
      @Doc("Is cut off in front of the tags.") Optional<String> removePrefix,
      @Doc("Goes in front of the tags, with a dot.") @Default("sampled") String addPrefix,
      @Doc("So many events, less one, pass in each minute in any case.")
          Optional<Integer> minimumRatePerMin) {}

  private final Config config;
  private final OutputContext context;
  private final Sampling sampling;

  SamplingFilterOutput(Config config, OutputContext context) {
    this.config = config;
    this.context = context;
    if (config.removePrefix.isEmpty() && config.addPrefix.isEmpty()) {
      throw new ConfigException(
          "either of 'add_prefix' or 'remove_prefix' must be specified", context.element().place());
    }
    sampling = new Sampling(context, config.interval, config.minimumRatePerMin);
    context
        .log()
        .warn(
            "sampling_filter output plugin is deprecated. use sampling_filter filter plugin"
                + " instead with <label> routing.");
  }

  @Override
  public void process(String tag, EventStream stream) {
    KeptEvents events = new KeptEvents(stream);
    String key = config.sampleUnit == Unit.TAG ? tag : "";
    for (EventCursor cursor = stream.cursor(); cursor.next(); ) {
      events.add(cursor, sampling.passes(key));
    }
    EventStream kept = events.take();
    if (!kept.isEmpty()) {
      context
          .emitter()
          .emit(
              TagPrefixes.changed(
                  tag,
                  config.removePrefix.orElse(null),
                  config.addPrefix.isEmpty() ? null : config.addPrefix),
              kept);
    }
  }
}
