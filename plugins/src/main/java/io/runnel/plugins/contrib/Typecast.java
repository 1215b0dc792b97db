package io.runnel.plugins.contrib;

import io.runnel.config.ConfigException;
import io.runnel.config.TimeConfig;
import io.runnel.event.EventBuilder;
import io.runnel.event.EventCursor;
import io.runnel.event.EventStream;
import io.runnel.event.EventTime;
import io.runnel.event.Json;
import io.runnel.host.Clock;
import io.runnel.plugin.Emitter;
import io.runnel.plugin.ParseException;
import io.runnel.plugins.parser.TypeConversion;
import java.util.LinkedHashMap;
import java.util.Map;

/** Gives fields other types: what the filter and the output typecast share. */
final class Typecast {
  /** Changes one value. */
  private interface Cast {
    Object of(Object value) throws ParseException;
  }

  private final Map<String, Cast> casts = new LinkedHashMap<>();

  /**
   * @param types field to type, such as {@code integer} or {@code time:%Y-%m-%d}
   * @param time how the type {@code time} without a format of its own is read
   */
  Typecast(Map<String, String> types, TimeConfig time, Clock clock) {
    types.forEach((key, type) -> casts.put(key, cast(key, type, time, clock)));
  }

  private static Cast cast(String key, String type, TimeConfig time, Clock clock) {
    if (type.equals("json")) {
      return Json::write;
    }
    String format = time.timeFormat().map(text -> "time:" + text).orElse("time");
    TypeConversion conversion =
        TypeConversion.of(key, type.equals("time") ? format : type, time, clock);
    if (!type.startsWith("time")) {
      return conversion::convert;
    }
    // a record's field is no event time: its seconds are what other plugins can use
    return value -> conversion.convert(value) instanceof EventTime at ? at.seconds() : null;
  }

  /**
   * The types in the form {@code KEY:TYPE,…}.
   *
   * @throws ConfigException in the gem's words
   */
  static Map<String, String> types(String text) {
    Map<String, String> types = new LinkedHashMap<>();
    for (String pair : text.split(",")) {
      String[] sides = pair.strip().split(":", 2);
      if (sides.length < 2) {
        throw new ConfigException("typecast: 'item_types' parameter format is \"KEY:TYPE,...\"");
      }
      types.put(sides[0], sides[1]);
    }
    return types;
  }

  /** The events with their fields changed; one that cannot be goes to the error stream. */
  EventStream cast(String tag, EventStream stream, Emitter errors) {
    EventBuilder out = new EventBuilder();
    for (EventCursor cursor = stream.cursor(); cursor.next(); ) {
      Map<String, Object> record = cursor.record();
      try {
        for (Map.Entry<String, Cast> cast : casts.entrySet()) {
          if (record.containsKey(cast.getKey())) {
            record.put(cast.getKey(), cast.getValue().of(record.get(cast.getKey())));
          }
        }
        out.add(cursor.time(), record);
      } catch (ParseException e) {
        errors.emitError(tag, cursor.time(), cursor.record(), e);
      }
    }
    return out.take();
  }
}
