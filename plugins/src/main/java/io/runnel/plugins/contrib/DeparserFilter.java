package io.runnel.plugins.contrib;

import io.runnel.config.ConfigException;
import io.runnel.config.Default;
import io.runnel.config.Doc;
import io.runnel.config.Required;
import io.runnel.event.EventBuilder;
import io.runnel.event.EventCursor;
import io.runnel.event.EventStream;
import io.runnel.plugin.Filter;
import io.runnel.plugin.PluginContext;
import io.runnel.plugin.PluginType;
import io.runnel.ruby.RubyException;
import io.runnel.ruby.RubyExpression;
import io.runnel.ruby.RubyHost;
import io.runnel.ruby.RubyScope;
import io.runnel.time.Zone;
import java.util.ArrayList;
import java.util.Collection;
import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/** Makes one text of several fields (fluent-plugin-deparser). */
public final class DeparserFilter implements Filter {
  public static final PluginType<Config, PluginContext, Filter> TYPE =
      PluginType.filter("deparser", Config.class, DeparserFilter::new);

  private static final RubyExpression FORMAT = RubyExpression.compile("format % values");

  @Doc("Makes one text of several fields, by a format of printf.")
  record Config(
      @Doc("The format, such as %s - %s.") String format,
      @Doc("The fields whose values are put into it, in their order.") @Required
          List<String> formatKeyNames,
      @Doc("The field that gets the text.") @Default("message") String keyName,
      @Doc("Keeps the other fields.") @Default("false") boolean reserveData) {}

  private record Scope(String format, List<Object> values, RubyHost host) implements RubyScope {
    @Override
    public Object get(String name) {
      return switch (name) {
        case "format" -> format;
        case "values" -> values;
        default -> UNKNOWN;
      };
    }

    @Override
    public Collection<String> names() {
      return List.of("format", "values");
    }
  }

  private final Config config;
  private final PluginContext context;
  private final RubyHost host;

  DeparserFilter(Config config, PluginContext context) {
    this.config = config;
    this.context = context;
    host = new RubyHost(Map.of(), context.clock(), Zone.of(context.zone()));
    try {
      format(Collections.nCopies(config.formatKeyNames.size(), "x"));
    } catch (RubyException e) {
      throw new ConfigException(
          "mismatch between placeholder of format and format_key_names: " + e.getMessage(),
          context.element().placeOf("format"),
          e);
    }
  }

  private Object format(List<Object> values) {
    return FORMAT.evaluate(new Scope(config.format, values, host));
  }

  @Override
  public EventStream filter(String tag, EventStream stream) {
    EventBuilder out = new EventBuilder();
    for (EventCursor cursor = stream.cursor(); cursor.next(); ) {
      Map<String, Object> record = cursor.record();
      List<Object> values = new ArrayList<>();
      config.formatKeyNames.forEach(key -> values.add(record.get(key)));
      try {
        Object text = format(values);
        Map<String, Object> result = config.reserveData ? record : new LinkedHashMap<>();
        result.put(config.keyName, text);
        out.add(cursor.time(), result);
      } catch (RubyException e) {
        context.emitter().emitError(tag, cursor.time(), cursor.record(), e);
      }
    }
    return out.take();
  }
}
