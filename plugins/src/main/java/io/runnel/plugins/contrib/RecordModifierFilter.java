package io.runnel.plugins.contrib;

import io.runnel.config.Doc;
import io.runnel.config.Inline;
import io.runnel.event.EventStream;
import io.runnel.plugin.Filter;
import io.runnel.plugin.PluginContext;
import io.runnel.plugin.PluginType;

/** Changes records (the filter of fluent-plugin-record-modifier). */
public final class RecordModifierFilter implements Filter {
  public static final PluginType<Config, PluginContext, Filter> TYPE =
      PluginType.filter("record_modifier", Config.class, RecordModifierFilter::new);

  @Doc("Adds, replaces and removes fields of each record; values hold Ruby.")
  record Config(@Inline RecordModifier.Config modifier) {}

  private final RecordModifier modifier;

  RecordModifierFilter(Config config, PluginContext context) {
    modifier = new RecordModifier(config.modifier, context);
  }

  @Override
  public EventStream filter(String tag, EventStream stream) {
    return modifier.modify(tag, stream);
  }
}
