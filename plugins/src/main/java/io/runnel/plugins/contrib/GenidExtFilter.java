package io.runnel.plugins.contrib;

import io.runnel.config.Default;
import io.runnel.config.Doc;
import io.runnel.event.EventBuilder;
import io.runnel.event.EventCursor;
import io.runnel.event.EventStream;
import io.runnel.plugin.Filter;
import io.runnel.plugin.PluginContext;
import io.runnel.plugin.PluginType;
import io.runnel.plugin.TagPattern;
import java.nio.charset.StandardCharsets;
import java.util.Base64;
import java.util.Map;
import java.util.UUID;

/** Gives each record an id for {@code id_key} of an output (a filter of ViaQ's collector). */
public final class GenidExtFilter implements Filter {
  public static final PluginType<Config, PluginContext, Filter> TYPE =
      PluginType.filter("elasticsearch_genid_ext", Config.class, GenidExtFilter::new);

  @Doc("Adds a field with a random id, or with an id that the record holds.")
  record Config(
      @Doc("The field that gets the id.") @Default("_hash") String hashIdKey,
      @Doc("The field that holds an id, with dots between the keys that lead to it.") @Default("")
          String altKey,
      @Doc("Patterns of the tags whose records are asked for alt_key.") @Default("")
          String altTags) {}

  private final Config config;
  private final PluginContext context;
  private final String[] path;

  /** Null where no tag matches. */
  private final TagPattern tags;

  GenidExtFilter(Config config, PluginContext context) {
    this.config = config;
    this.context = context;
    path = config.altKey.isBlank() ? new String[0] : config.altKey.split("\\.");
    tags =
        config.altTags.isBlank()
            ? null
            : TagPattern.parse(config.altTags, context.element().placeOf("alt_tags"));
  }

  @Override
  public EventStream filter(String tag, EventStream stream) {
    boolean asked = path.length > 0 && tags != null && tags.matches(tag);
    EventBuilder out = new EventBuilder();
    for (EventCursor cursor = stream.cursor(); cursor.next(); ) {
      Map<String, Object> record = cursor.record();
      String own = asked ? ownId(record) : null;
      record.put(config.hashIdKey, own == null ? randomId() : own);
      out.add(cursor.time(), record);
    }
    return out.take();
  }

  /** The record's own id; null where it has none. */
  private String ownId(Map<String, Object> record) {
    Object value = record;
    for (String key : path) {
      if (!(value instanceof Map<?, ?> map) || !map.containsKey(key)) {
        context
            .log()
            .debug(
                "filter:elasticsearch_genid_ext: %s in alt_key %s is not a key of record."
                    .formatted(key, config.altKey));
        return null;
      }
      value = map.get(key);
    }
    return value instanceof String text && !text.isBlank() ? text : null;
  }

  private static String randomId() {
    byte[] text = UUID.randomUUID().toString().getBytes(StandardCharsets.US_ASCII);
    return Base64.getEncoder().encodeToString(text);
  }
}
