package io.runnel.plugins.contrib;

import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/** What the parts of the filter viaq_data_model do to decoded records. */
final class ViaqRecord {
  private ViaqRecord() {}

  /** The field as a map that may be changed; null where it is none. */
  @SuppressWarnings("unchecked") // the maps of decoded records have texts as keys
  static Map<String, Object> map(Map<String, Object> record, String key) {
    return record.get(key) instanceof Map<?, ?> map ? (Map<String, Object>) map : null;
  }

  /** The field as a map; where it is none a new map is put there. */
  static Map<String, Object> mapOrNew(Map<String, Object> record, String key) {
    Map<String, Object> map = map(record, key);
    if (map == null) {
      map = new LinkedHashMap<>();
      record.put(key, map);
    }
    return map;
  }

  /** The field at the end of these keys; null where there is none. */
  static Object dig(Map<String, Object> record, List<String> path) {
    Object value = record;
    for (String key : path) {
      value = value instanceof Map<?, ?> map ? map.get(key) : null;
    }
    return value;
  }

  /** True for nil, an empty text, an empty list or map. */
  static boolean isEmpty(Object value) {
    return value == null
        || value instanceof String text && text.isEmpty()
        || value instanceof List<?> list && list.isEmpty()
        || value instanceof Map<?, ?> map && map.isEmpty();
  }

  /** Takes out what is empty, from the inside out; numbers, true and false are never empty. */
  static Object pruned(Object value) {
    if (value instanceof Map<?, ?> map) {
      Map<Object, Object> kept = new LinkedHashMap<>();
      map.forEach(
          (key, inner) -> {
            Object rest = pruned(inner);
            if (!isEmpty(rest)) {
              kept.put(key, rest);
            }
          });
      return kept;
    }
    if (value instanceof List<?> list) {
      List<Object> kept = new ArrayList<>();
      for (Object inner : list) {
        Object rest = pruned(inner);
        if (!isEmpty(rest)) {
          kept.add(rest);
        }
      }
      return kept;
    }
    return value;
  }
}
