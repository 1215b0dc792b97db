package io.runnel.plugins.filter;

import io.runnel.config.Default;
import io.runnel.config.Doc;
import io.runnel.config.LegacyParameters;
import io.runnel.config.PluginSection;
import io.runnel.event.Bytes;
import io.runnel.event.EventCursor;
import io.runnel.event.EventStream;
import io.runnel.plugin.Filter;
import io.runnel.plugin.FormatException;
import io.runnel.plugin.Formatter;
import io.runnel.plugin.PluginContext;
import io.runnel.plugin.PluginType;
import io.runnel.plugins.common.InjectConfig;
import io.runnel.plugins.common.Injector;
import java.util.Optional;

/** Prints events into the daemon's log stream and passes them on unchanged. */
public final class StdoutFilter implements Filter {
  public static final PluginType<Config, PluginContext, Filter> TYPE =
      PluginType.filter("stdout", Config.class, StdoutFilter::new)
          .legacy(LegacyParameters.INJECT, LegacyParameters.FORMAT);

  @Doc("Prints events into the log stream and passes them on.")
  record Config(
      @Doc("Fields that are added to what is printed.") Optional<InjectConfig> inject,
      @Doc("How events are printed.") @Default("stdout") PluginSection format) {}

  private final PluginContext context;
  private final Formatter formatter;

  StdoutFilter(Config config, PluginContext context) {
    this.context = context;
    this.formatter = Injector.of(config.inject, context).wrap(context.formatter(config.format));
  }

  @Override
  public EventStream filter(String tag, EventStream stream) {
    Bytes text = new Bytes(256);
    for (EventCursor cursor = stream.cursor(); cursor.next(); ) {
      try {
        formatter.format(
            tag, cursor.time(), cursor.bytes(), cursor.recordOffset(), cursor.recordLength(), text);
      } catch (FormatException e) {
        context.log().warn("failed to format an event", e, "tag", tag);
      }
    }
    context.log().raw(text.array(), 0, text.length());
    return stream;
  }
}
