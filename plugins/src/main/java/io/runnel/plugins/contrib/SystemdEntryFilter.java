package io.runnel.plugins.contrib;

import io.runnel.config.Doc;
import io.runnel.config.Inline;
import io.runnel.event.Event;
import io.runnel.event.EventBuilder;
import io.runnel.event.EventStream;
import io.runnel.plugin.Filter;
import io.runnel.plugin.PluginContext;
import io.runnel.plugin.PluginType;

/** Renames fields of journal entries (the filter of fluent-plugin-systemd). */
public final class SystemdEntryFilter implements Filter {
  public static final PluginType<Config, PluginContext, Filter> TYPE =
      PluginType.filter("systemd_entry", Config.class, SystemdEntryFilter::new);

  @Doc("Renames fields of journal entries.")
  record Config(@Inline JournalEntries.Config entry) {}

  private final JournalEntries entries;

  SystemdEntryFilter(Config config, PluginContext context) {
    entries = new JournalEntries(config.entry, false);
    JournalEntries.warnOfNothing(config.entry, context.log());
  }

  @Override
  public EventStream filter(String tag, EventStream stream) {
    EventBuilder out = new EventBuilder();
    for (Event event : stream.events()) {
      out.add(event.time(), entries.mapped(event.record()));
    }
    return out.take();
  }
}
