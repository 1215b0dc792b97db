package io.runnel.plugins.contrib;

import io.runnel.config.ConfigException;
import io.runnel.config.ConfigValue;
import io.runnel.config.Doc;
import io.runnel.event.Bytes;
import io.runnel.event.EventCursor;
import io.runnel.event.EventStream;
import io.runnel.event.MsgpackReader;
import io.runnel.event.RecordAccessor;
import io.runnel.plugin.Filter;
import io.runnel.plugin.PluginContext;
import io.runnel.plugin.PluginType;
import io.runnel.plugins.common.FieldText;
import io.runnel.plugins.common.KeptEvents;
import io.runnel.regexp.Regexp;
import io.runnel.regexp.RegexpTimeoutException;
import io.runnel.regexp.Regexps;
import java.util.ArrayList;
import java.util.List;

/** Drops the events that match: grep the other way round (fluent-plugin-ignore-filter). */
public final class IgnoreFilter implements Filter {
  public static final PluginType<Config, PluginContext, Filter> TYPE =
      PluginType.filter("ignore", Config.class, IgnoreFilter::new);

  /** The parameters are {@code regexp1} to {@code regexp20}, and so with exclude. */
  private static final int MOST = 20;

  @Doc(
      "Drops the events whose fields match regexp1 to regexp20, a field and a pattern each, all of"
          + " those that are given; but not those that match one of exclude1 to exclude20.")
  record Config() {}

  private record Condition(RecordAccessor field, Regexp pattern) {
    boolean matches(EventCursor cursor, MsgpackReader reader, Bytes text) {
      text.clear();
      reader.reset(cursor.bytes(), cursor.recordOffset(), cursor.recordLength());
      if (field.find(reader) >= 0) {
        FieldText.write(reader, text);
      }
      return pattern.matches(text.array(), 0, text.length());
    }
  }

  private final PluginContext context;
  private final List<Condition> dropped;
  private final List<Condition> kept;

  IgnoreFilter(Config config, PluginContext context) {
    this.context = context;
    dropped = conditions("regexp");
    kept = conditions("exclude");
  }

  private List<Condition> conditions(String name) {
    List<Condition> conditions = new ArrayList<>();
    for (int i = 1; i <= MOST; i++) {
      String parameter = name + i;
      String text = context.element().take(parameter).map(ConfigValue::text).orElse(null);
      if (text != null) {
        conditions.add(condition(parameter, text));
      }
    }
    return List.copyOf(conditions);
  }

  private Condition condition(String parameter, String text) {
    int space = text.indexOf(' ');
    if (space < 0) {
      throw new ConfigException(
          parameter + " does not contain 2 parameters: a field, a space and a pattern",
          context.element().placeOf(parameter));
    }
    try {
      // as in the gem slashes around the pattern would be part of it
      Regexp pattern = Regexps.compile(text.substring(space + 1), false, false);
      return new Condition(RecordAccessor.ofKey(text.substring(0, space)), pattern);
    } catch (IllegalArgumentException e) {
      throw new ConfigException(e.getMessage(), context.element().placeOf(parameter), e);
    }
  }

  @Override
  public EventStream filter(String tag, EventStream stream) {
    MsgpackReader reader = new MsgpackReader(new byte[0]);
    Bytes text = new Bytes(0);
    KeptEvents events = new KeptEvents(stream);
    for (EventCursor cursor = stream.cursor(); cursor.next(); ) {
      events.add(cursor, keeps(cursor, reader, text));
    }
    return events.take();
  }

  private boolean keeps(EventCursor cursor, MsgpackReader reader, Bytes text) {
    try {
      for (Condition condition : dropped) {
        if (!condition.matches(cursor, reader, text)) {
          return true;
        }
      }
      for (Condition condition : kept) {
        if (condition.matches(cursor, reader, text)) {
          return true;
        }
      }
      return false;
    } catch (RegexpTimeoutException e) {
      // what cannot be looked at goes on, as in the gem
      context.log().warn("failed to grep events", e);
      return true;
    }
  }
}
