package io.runnel.plugins.contrib;

import io.runnel.config.ConfigElement;
import io.runnel.config.ConfigException;
import io.runnel.event.RecordAccessor;
import io.runnel.plugins.common.FieldText;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;

/** Which labels an event gets, and from where: they are taken out of the record. */
final class LokiLabels {
  private final Map<String, RecordAccessor> fields = new LinkedHashMap<>();
  private final Map<String, String> extra = new LinkedHashMap<>();

  /**
   * @param sections {@code <label>}: a name, and a path into the record or nothing
   * @param keys fields of the record that are labels under their own names
   * @param extra labels of all events
   */
  LokiLabels(List<ConfigElement> sections, List<String> keys, Map<String, Object> extra) {
    for (ConfigElement section : sections) {
      section
          .parameters()
          .forEach(
              (name, value) -> {
                boolean own = value.text() == null || value.text().isEmpty();
                fields.put(name, accessor(own ? name : value.text()));
              });
    }
    keys.forEach(key -> fields.put(key, accessor(key)));
    extra.forEach((name, value) -> this.extra.put(clean(name), FieldText.of(value)));
  }

  static RecordAccessor accessor(String path) {
    try {
      return RecordAccessor.of(path);
    } catch (IllegalArgumentException e) {
      throw new ConfigException(e.getMessage());
    }
  }

  /** The labels of all events, which win over those of a record. */
  void addExtra(Map<String, String> labels) {
    labels.putAll(extra);
  }

  /** Takes the labels out of a record. */
  Map<String, String> take(Map<String, Object> record) {
    Map<String, String> labels = new TreeMap<>();
    fields.forEach(
        (name, field) -> {
          Object value = field.get(record);
          if (value != null) {
            field.delete(record);
            labels.put(clean(name), FieldText.of(value));
          }
        });
    return labels;
  }

  /** Loki's names of labels have no dots, dashes or slashes. */
  static String clean(String name) {
    return name.replaceFirst("^\\$\\.", "").replaceAll("[^a-zA-Z0-9_:]", "_");
  }
}
