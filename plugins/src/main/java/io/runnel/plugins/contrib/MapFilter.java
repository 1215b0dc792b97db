package io.runnel.plugins.contrib;

import io.runnel.config.Doc;
import io.runnel.config.Inline;
import io.runnel.event.EventBuilder;
import io.runnel.event.EventStream;
import io.runnel.plugin.Filter;
import io.runnel.plugin.PluginContext;
import io.runnel.plugin.PluginType;
import java.util.Optional;

/** Makes other times and records of events by Ruby (fluent-plugin-map). */
public final class MapFilter implements Filter {
  public static final PluginType<Config, PluginContext, Filter> TYPE =
      PluginType.filter("map", Config.class, MapFilter::new);

  @Doc("Makes other events of each event by Ruby, with the same tag.")
  record Config(@Inline TupleMap.Config map) {}

  private final TupleMap map;

  MapFilter(Config config, PluginContext context) {
    map = new TupleMap(config.map, Optional.empty(), "2 parameters(time, and record)", context);
  }

  @Override
  public EventStream filter(String tag, EventStream stream) {
    EventStream made = map.map(tag, stream).get(tag);
    return made == null ? new EventBuilder().take() : made;
  }
}
