package io.runnel.plugins.contrib;

import io.runnel.config.ConfigElement;
import io.runnel.config.ConfigException;
import io.runnel.config.Default;
import io.runnel.config.Doc;
import io.runnel.event.EventBuilder;
import io.runnel.event.EventCursor;
import io.runnel.event.EventStream;
import io.runnel.event.EventTime;
import io.runnel.event.RubyInspect;
import io.runnel.plugin.PluginContext;
import io.runnel.plugins.filter.RubyFault;
import io.runnel.ruby.RubyException;
import io.runnel.ruby.RubyExpression;
import io.runnel.ruby.RubyHost;
import io.runnel.ruby.RubyScope;
import io.runnel.time.Zone;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Collection;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * Events made of events by Ruby: what the filter and the output of fluent-plugin-map share. Safe
 * for use by several threads at once.
 */
final class TupleMap {
  private static final int MOST = 50;
  private static final Pattern NUMBERED = Pattern.compile("mmap(\\d+)");

  /** {@code format}. */
  enum Form {
    MAP,
    RECORD,
    MULTIMAP
  }

  @Doc("How the new events are made; mmap1 to mmap50 are those of the format multimap.")
  record Config(
      @Doc("Ruby with tag, time and record that gives [tag, time, record], or [time, record].")
          Optional<String> map,
      @Doc("Ruby that gives the time.") Optional<String> time,
      @Doc("Ruby that gives the record.") Optional<String> record,
      @Doc("map gives a list of events.") @Default("false") boolean multi,
      @Doc("Has no effect: expressions have limits of their own.") @Default("1") Duration timeout,
      @Doc("map, record or multimap; by what else is given where it is absent.")
          Optional<Form> format) {}

  private record Scope(String tag, Object time, Map<String, Object> record, RubyHost host)
      implements RubyScope {
    @Override
    public Object get(String name) {
      return switch (name) {
        case "tag" -> tag;
        case "time" -> time;
        case "record" -> record;
        default -> UNKNOWN;
      };
    }

    @Override
    public Collection<String> names() {
      return List.of("tag", "time", "record");
    }
  }

  private final PluginContext context;
  private final RubyHost host;
  private final RubyExpression expression;
  private final int parts;

  /**
   * @param tag Ruby that gives the tag; null for the filter, which has none
   * @param needed what a message calls the parameters of the format record
   */
  TupleMap(Config config, Optional<String> tag, String needed, PluginContext context) {
    this.context = context;
    boolean withTag = !needed.startsWith("2");
    parts = withTag ? 3 : 2;
    host = new RubyHost(System.getenv(), context.clock(), Zone.of(context.zone()));
    boolean whole = config.time.isPresent() && config.record.isPresent();
    whole &= !withTag || tag.isPresent();
    Form form = form(config, whole, needed);
    String code =
        switch (form) {
          case MAP -> map(config);
          case RECORD -> record(config, tag, whole, needed);
          case MULTIMAP -> multimap();
        };
    try {
      expression = RubyExpression.compile(code);
    } catch (RubyException e) {
      throw new ConfigException(
          "map: " + code + " cannot be read: " + e.getMessage(), context.element().place(), e);
    }
  }

  private Form form(Config config, boolean whole, String needed) {
    if (config.format.isPresent()) {
      return config.format.get();
    }
    if (config.map.isPresent()) {
      return Form.MAP;
    }
    if (!whole) {
      throw new ConfigException(
          "Any of map, " + needed + " or format is required ", context.element().place());
    }
    return Form.RECORD;
  }

  private String map(Config config) {
    String code =
        config.map.orElseThrow(
            () -> new ConfigException("format map needs 'map'", context.element().place()));
    return config.multi ? code : "[" + code + "]";
  }

  private String record(Config config, Optional<String> tag, boolean whole, String needed) {
    if (config.multi || !whole) {
      throw new ConfigException(
          config.multi
              ? "multi and " + needed + " are not compatible"
              : "format record needs " + needed,
          context.element().place());
    }
    String first = parts == 3 ? tag.orElseThrow() + ", " : "";
    return "[[" + first + config.time.get() + ", " + config.record.get() + "]]";
  }

  private String multimap() {
    ConfigElement element = context.element();
    Map<Integer, String> codes = new TreeMap<>();
    for (String key : element.parameters().keySet()) {
      Matcher matcher = NUMBERED.matcher(key);
      if (matcher.matches()) {
        int number = matcher.group(1).length() > 3 ? 0 : Integer.parseInt(matcher.group(1));
        if (number < 1 || number > MOST) {
          throw new ConfigException(
              "Invalid mmapN found. N should be 1 - " + MOST + ": " + key, element.placeOf(key));
        }
        codes.put(number, element.peek(key));
      }
    }
    for (int i = 1; i <= codes.size(); i++) {
      if (!codes.containsKey(i)) {
        throw new ConfigException(
            "Jump of mmap index found. mmap" + i + " is missing.", element.place());
      }
      element.markUsed("mmap" + i);
    }
    return "[" + String.join(",", codes.values()) + "]";
  }

  /** The new events by their tags; those of a filter all have the old one. */
  Map<String, EventStream> map(String tag, EventStream stream) {
    Map<String, EventBuilder> byTag = new LinkedHashMap<>();
    for (EventCursor cursor = stream.cursor(); cursor.next(); ) {
      try {
        for (Tuple tuple : tuples(tag, cursor)) {
          byTag
              .computeIfAbsent(tuple.tag, ignored -> new EventBuilder())
              .add(tuple.time, tuple.record);
        }
      } catch (RubyException | RubyFault e) {
        context.emitter().emitError(tag, cursor.time(), cursor.record(), e);
      }
    }
    Map<String, EventStream> streams = new LinkedHashMap<>();
    byTag.forEach((newTag, events) -> streams.put(newTag, events.take()));
    return streams;
  }

  private record Tuple(String tag, long time, Map<String, Object> record) {}

  private List<Tuple> tuples(String tag, EventCursor cursor) {
    long seconds = EventTime.seconds(cursor.time());
    Object made = expression.evaluate(new Scope(tag, seconds, cursor.record(), host));
    if (!(made instanceof List<?> list)) {
      throw wrong(made);
    }
    List<Tuple> tuples = new ArrayList<>();
    for (Object one : list) {
      if (!(one instanceof List<?> tuple)
          || tuple.size() != parts
          || !(tuple.getLast() instanceof Map<?, ?> map)) {
        throw wrong(one);
      }
      Map<String, Object> record = new LinkedHashMap<>();
      map.forEach((key, value) -> record.put(String.valueOf(key), value));
      Object time = tuple.get(parts - 2);
      // the event's own time, which has nanoseconds besides
      boolean same = time instanceof Long number && number == seconds;
      String newTag = parts == 3 ? String.valueOf(tuple.getFirst()) : tag;
      tuples.add(new Tuple(newTag, same ? cursor.time() : packed(time, one), record));
    }
    return tuples;
  }

  private long packed(Object time, Object tuple) {
    if (time instanceof EventTime event) {
      return event.pack();
    }
    if (time instanceof Number number && number.doubleValue() >= 0) {
      return EventTime.ofDouble(number.doubleValue());
    }
    throw wrong(tuple);
  }

  private RubyFault wrong(Object made) {
    String wanted = parts == 3 ? "[tag, time, record]" : "[time, record]";
    return new RubyFault("SyntaxError", "map gave no " + wanted + " but " + RubyInspect.of(made));
  }
}
