package io.runnel.connectors.httpservices;

import io.runnel.event.RecordAccessor;
import java.util.Map;
import java.util.Optional;

/** Where a value of a Splunk event comes from: a text with {@code ${tag}}, or a field. */
final class FieldSource {
  private static final String TAG = "${tag}";

  private final String text;
  private final RecordAccessor field;
  private final boolean keep;

  private FieldSource(String text, RecordAccessor field, boolean keep) {
    this.text = text;
    this.field = field;
    this.keep = keep;
  }

  /**
   * @param key a field's name; dots lead into maps
   * @param keep whether the field stays in the record
   */
  static FieldSource of(Optional<String> text, Optional<String> key, boolean keep) {
    if (key.isEmpty()) {
      return new FieldSource(text.orElse(null), null, keep);
    }
    String name = key.get();
    return new FieldSource(
        null,
        name.contains(".") && !name.startsWith("$")
            ? RecordAccessor.of("$." + name)
            : RecordAccessor.of(name),
        keep);
  }

  /** The value; null where there is none. */
  Object take(String tag, Map<String, Object> record) {
    if (field != null) {
      return keep ? field.get(record) : field.delete(record);
    }
    return text == null ? null : text.replace(TAG, tag);
  }
}
