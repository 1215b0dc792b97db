package io.runnel.plugins.contrib;

import io.runnel.config.Default;
import io.runnel.config.Doc;
import io.runnel.event.EventTime;
import io.runnel.log.Log;
import io.runnel.plugins.common.FieldText;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;

/** Makes records of journal entries: the section {@code <entry>}. */
final class JournalEntries {
  /** The section. */
  @Doc("How entries become records.")
  record Config(
      @Doc("Fields and their new names, or lists of new names.") Map<String, Object> fieldMap,
      @Doc("Leaves out fields that field_map does not name.") @Default("false")
          boolean fieldMapStrict,
      @Doc("Removes underscores in front of names.") @Default("false")
          boolean fieldsStripUnderscores,
      @Doc("Writes names in lower case.") @Default("false") boolean fieldsLowercase) {}

  private static final String TIME = "__REALTIME_TIMESTAMP";

  private final Config config;
  private final boolean stripUnderscores;

  /**
   * @param stripUnderscores the older parameter strip_underscores
   */
  JournalEntries(Config config, boolean stripUnderscores) {
    this.config = config;
    this.stripUnderscores = stripUnderscores || config.fieldsStripUnderscores;
  }

  /** The cursor of an entry; null where it has none. */
  static String cursor(Map<String, Object> entry) {
    return entry.get("__CURSOR") instanceof String cursor ? cursor : null;
  }

  /**
   * The time of an entry, which counts microseconds.
   *
   * @param now where it has none
   */
  static long time(Map<String, Object> entry, long now) {
    try {
      long micros = Long.parseLong(FieldText.of(entry.get(TIME)));
      return EventTime.pack(micros / 1_000_000, micros % 1_000_000 * 1000);
    } catch (NumberFormatException e) {
      return now;
    }
  }

  /** A section that leaves nothing is a mistake. */
  static void warnOfNothing(Config config, Log log) {
    if (config.fieldMapStrict && config.fieldMap.isEmpty()) {
      log.warn("`field_map_strict` set to true with empty `field_map`, expect no fields");
    }
  }

  /** The record of an entry as the journal gives it: without its addresses, which are no fields. */
  Map<String, Object> record(Map<String, Object> entry) {
    Map<String, Object> fields = new LinkedHashMap<>(entry);
    fields.keySet().removeIf(name -> name.startsWith("__"));
    return mapped(fields);
  }

  /** The fields under their new names. */
  Map<String, Object> mapped(Map<String, Object> fields) {
    Map<String, Object> record = new LinkedHashMap<>();
    fields.forEach(
        (name, value) -> {
          Object mapped = config.fieldMap.get(name);
          if (mapped instanceof List<?> names) {
            names.forEach(one -> add(record, FieldText.of(one), value));
          } else if (mapped != null) {
            add(record, FieldText.of(mapped), value);
          } else if (!config.fieldMapStrict) {
            add(record, renamed(name), value);
          }
        });
    return record;
  }

  /** Fields that get the same name are joined. */
  private static void add(Map<String, Object> record, String name, Object value) {
    record.merge(name, value, (old, more) -> FieldText.of(old) + " " + FieldText.of(more));
  }

  private String renamed(String name) {
    String result = stripUnderscores ? name.replaceFirst("^_+", "") : name;
    return config.fieldsLowercase ? result.toLowerCase(Locale.ROOT) : result;
  }
}
