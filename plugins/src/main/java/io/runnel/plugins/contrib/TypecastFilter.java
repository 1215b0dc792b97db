package io.runnel.plugins.contrib;

import io.runnel.config.Alias;
import io.runnel.config.Doc;
import io.runnel.config.Inline;
import io.runnel.config.TimeConfig;
import io.runnel.event.EventStream;
import io.runnel.plugin.Filter;
import io.runnel.plugin.PluginContext;
import io.runnel.plugin.PluginType;

/** Gives fields other types (fluent-plugin-filter_typecast). */
public final class TypecastFilter implements Filter {
  public static final PluginType<Config, PluginContext, Filter> TYPE =
      PluginType.filter("typecast", Config.class, TypecastFilter::new);

  @Doc("Gives fields other types.")
  record Config(
      @Doc("Fields and their types, KEY:TYPE with commas between: json and the types of parsers.")
          @Alias("item_types")
          String types,
      @Inline TimeConfig time) {}

  private final PluginContext context;
  private final Typecast typecast;

  TypecastFilter(Config config, PluginContext context) {
    this.context = context;
    typecast = new Typecast(Typecast.types(config.types), config.time, context.clock());
  }

  @Override
  public EventStream filter(String tag, EventStream stream) {
    return typecast.cast(tag, stream, context.emitter());
  }
}
