package io.runnel.plugins.contrib;

import io.runnel.config.ConfigException;
import io.runnel.config.Default;
import io.runnel.config.Doc;
import io.runnel.event.EventCursor;
import io.runnel.event.EventStream;
import io.runnel.event.RecordAccessor;
import io.runnel.event.RubyInspect;
import io.runnel.plugin.Filter;
import io.runnel.plugin.PluginContext;
import io.runnel.plugin.PluginType;
import io.runnel.plugins.common.KeptEvents;
import java.util.Optional;

/** Lets one of so many events pass (fluent-plugin-sampling-filter). */
public final class SamplingFilter implements Filter {
  public static final PluginType<Config, PluginContext, Filter> TYPE =
      PluginType.filter("sampling", Config.class, SamplingFilter::new).aliases("sampling_filter");

  @Doc("Lets one of so many events pass.")
  record Config(
      @Doc("One of so many events passes.") int interval,
      @Doc(
              "What is counted for itself: tag, all (everything together), or a field, a path into"
                  + " the record such as $.a.b too.")
          @Default("tag")
          String sampleUnit,
      @Doc("So many events, less one, pass in each minute in any case.")
          Optional<Integer> minimumRatePerMin) {}

  private final Config config;
  private final Sampling sampling;

  /** Null where no field is counted. */
  private final RecordAccessor field;

  SamplingFilter(Config config, PluginContext context) {
    this.config = config;
    sampling = new Sampling(context, config.interval, config.minimumRatePerMin);
    try {
      boolean known = config.sampleUnit.equals("tag") || config.sampleUnit.equals("all");
      field = known ? null : RecordAccessor.of(config.sampleUnit);
    } catch (IllegalArgumentException e) {
      throw new ConfigException(e.getMessage(), context.element().placeOf("sample_unit"), e);
    }
  }

  @Override
  public EventStream filter(String tag, EventStream stream) {
    KeptEvents events = new KeptEvents(stream);
    for (EventCursor cursor = stream.cursor(); cursor.next(); ) {
      events.add(cursor, sampling.passes(key(tag, cursor)));
    }
    return events.take();
  }

  private String key(String tag, EventCursor cursor) {
    if (field != null) {
      return RubyInspect.of(field.get(cursor.record()));
    }
    return config.sampleUnit.equals("tag") ? tag : "";
  }
}
