package io.runnel.plugins.contrib;

import io.runnel.config.Default;
import io.runnel.config.Doc;
import io.runnel.event.EventBuilder;
import io.runnel.event.EventCursor;
import io.runnel.event.EventStream;
import io.runnel.event.Json;
import io.runnel.plugin.Filter;
import io.runnel.plugin.PluginContext;
import io.runnel.plugin.PluginType;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/**
 * Reads a field that holds a JSON object and puts the object's fields into the record (the filter
 * parse_json_field of ViaQ's collector).
 */
public final class ParseJsonFieldFilter implements Filter {
  public static final PluginType<Config, PluginContext, Filter> TYPE =
      PluginType.filter("parse_json_field", Config.class, ParseJsonFieldFilter::new);

  @Doc("Reads a field that holds a JSON object.")
  record Config(
      @Doc("Puts the object's fields into the record, except those that are there already.")
          @Default("true")
          boolean mergeJsonLog,
      @Doc("Keeps the field after a merge.") @Default("true") boolean preserveJsonLog,
      @Doc("Puts the object in place of the text.") @Default("false") boolean replaceJsonLog,
      @Doc("The fields; the first that a record has is read, no other.") @Default("MESSAGE,log")
          List<String> jsonFields) {}

  private final Config config;
  private final PluginContext context;

  ParseJsonFieldFilter(Config config, PluginContext context) {
    this.config = config;
    this.context = context;
  }

  @Override
  public EventStream filter(String tag, EventStream stream) {
    if (!config.mergeJsonLog && !config.replaceJsonLog) {
      return stream;
    }
    EventBuilder out = new EventBuilder();
    for (EventCursor cursor = stream.cursor(); cursor.next(); ) {
      out.add(cursor.time(), changed(cursor.record()));
    }
    return out.take();
  }

  private Map<String, Object> changed(Map<String, Object> record) {
    for (String field : config.jsonFields) {
      if (record.containsKey(field)) {
        Map<String, Object> parsed = object(field, record.get(field));
        return parsed == null ? record : changed(record, field, parsed);
      }
    }
    return record;
  }

  private Map<String, Object> changed(
      Map<String, Object> record, String field, Map<String, Object> parsed) {
    Map<String, Object> result = record;
    if (config.mergeJsonLog) {
      result = new LinkedHashMap<>(parsed);
      result.putAll(record);
      if (!config.preserveJsonLog) {
        result.remove(field);
      }
    }
    if (config.replaceJsonLog) {
      result.put(field, parsed);
    }
    return result;
  }

  /** The object that a text holds; null where it holds none. */
  private Map<String, Object> object(String field, Object value) {
    if (!(value instanceof String text) || !text.strip().startsWith("{")) {
      return null;
    }
    try {
      if (Json.parse(text) instanceof Map<?, ?> map) {
        Map<String, Object> parsed = new LinkedHashMap<>();
        map.forEach((key, inner) -> parsed.put(String.valueOf(key), inner));
        return parsed;
      }
    } catch (IllegalArgumentException e) {
      context
          .log()
          .debug(
              "parse_json_field could not parse field [%s] as JSON: value [%s]"
                  .formatted(field, text));
    }
    return null;
  }
}
