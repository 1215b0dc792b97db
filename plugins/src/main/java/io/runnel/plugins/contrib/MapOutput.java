package io.runnel.plugins.contrib;

import io.runnel.config.Doc;
import io.runnel.config.Inline;
import io.runnel.event.EventStream;
import io.runnel.plugin.Output;
import io.runnel.plugin.OutputContext;
import io.runnel.plugin.PluginType;
import io.runnel.plugin.UnbufferedOutput;
import java.util.Optional;

/** Makes other events of events by Ruby (fluent-plugin-map). */
public final class MapOutput implements UnbufferedOutput {
  public static final PluginType<Config, OutputContext, Output> TYPE =
      PluginType.output("map", Config.class, MapOutput::new);

  @Doc("Makes other events of each event by Ruby.")
  record Config(
      @Doc("Ruby that gives the tag.") Optional<String> tag,
      @Doc("The old name of tag.") Optional<String> key,
      @Inline TupleMap.Config map) {}

  private final OutputContext context;
  private final TupleMap map;

  MapOutput(Config config, OutputContext context) {
    this.context = context;
    context
        .log()
        .warn(
            "out_map is now deprecated. It will be removed in a future release. Please consider"
                + " to use filter_map.");
    map =
        new TupleMap(
            config.map,
            config.tag.or(() -> config.key),
            "3 parameters(tag, time, and record)",
            context);
  }

  @Override
  public void process(String tag, EventStream stream) {
    map.map(tag, stream).forEach(context.emitter()::emit);
  }
}
