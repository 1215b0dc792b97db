package io.runnel.connectors.elasticsearch;

import io.runnel.event.Bytes;
import io.runnel.event.MsgpackToJson;
import io.runnel.event.RecordAccessor;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/** Changes a decoded record into its document, for all that {@link PackedDocument} does not do. */
final class MapDocument {
  /**
   * A document.
   *
   * @param time of the document
   * @param index what a field of the record said; null for none
   * @param type likewise
   */
  record Made(Map<String, Object> source, long time, String index, String type) {}

  private final DocumentConfig config;
  private final Fields fields;
  private final DocumentTimes times;
  private final boolean stamps;
  private final List<String> indexPath;
  private final List<String> typePath;
  private final List<String> removed;
  private final List<String> removedOnUpdate;

  MapDocument(
      DocumentConfig config,
      Plan plan,
      Fields fields,
      DocumentTimes times,
      Optional<String> typeKey) {
    this.config = config;
    this.fields = fields;
    this.times = times;
    stamps = config.logstashFormat() || config.includeTimestamp() || plan.stream() != null;
    indexPath = config.targetIndexKey().map(MapDocument::path).orElse(null);
    typePath = typeKey.map(MapDocument::path).orElse(null);
    removed = config.removeKeys().map(keys -> split(keys, "\\s*,\\s*")).orElse(List.of());
    removedOnUpdate = split(config.removeKeysOnUpdate(), ",");
  }

  private static List<String> path(String key) {
    return List.of(key.split("\\."));
  }

  private static List<String> split(String keys, String separator) {
    return Arrays.stream(keys.split(separator)).filter(key -> !key.isEmpty()).toList();
  }

  /**
   * Makes the document, ids still in it.
   *
   * @param record is not changed
   * @param chunk the id of the chunk
   */
  Made make(Map<String, Object> record, long eventTime, String tag, String chunk) {
    Map<String, Object> source = copy(record);
    config
        .metadata()
        .filter(DocumentConfig.Metadata::includeChunkId)
        .ifPresent(metadata -> source.put(metadata.chunkIdKey(), chunk));
    Map<String, Object> document = config.flattenHashes() ? flat(source) : source;
    long time = stamp(document, eventTime, tag);
    String index = take(document, indexPath);
    if (config.includeTagKey()) {
      document.put(fields.tag(), tag);
    }
    String type = take(document, typePath);
    return new Made(document, time, index, type);
  }

  private long stamp(Map<String, Object> document, long eventTime, String tag) {
    if (!stamps) {
      return eventTime;
    }
    if (document.containsKey("@timestamp")) {
      return times.parse(document.get("@timestamp"), eventTime, tag);
    }
    long time = eventTime;
    boolean own = fields.time() != null && document.containsKey(fields.time());
    if (own) {
      time = times.parse(document.get(fields.time()), eventTime, tag);
    }
    if (!own || !config.timeKeyExcludeTimestamp()) {
      document.put("@timestamp", times.text(time));
    }
    return time;
  }

  /** Removes the field of a path and returns its text; null where it has none. */
  private static String take(Map<String, Object> document, List<String> path) {
    if (path == null) {
      return null;
    }
    Map<?, ?> parent = document;
    for (String name : path.subList(0, path.size() - 1)) {
      if (!(parent.get(name) instanceof Map<?, ?> inner)) {
        return null;
      }
      parent = inner;
    }
    Object value = parent.get(path.getLast());
    if (value == null || Boolean.FALSE.equals(value)) {
      return null;
    }
    parent.remove(path.getLast());
    return value.toString();
  }

  /** The id as text; null for none. */
  String id(Map<String, Object> document) {
    Object value = fields.id() == null ? null : fields.id().get(document);
    return value == null ? null : value.toString();
  }

  /** Appends the members of the action that come from the record. */
  boolean meta(Map<String, Object> document, Bytes out) {
    boolean id = member("_id", fields.id(), document, out);
    member("_parent", fields.parent(), document, out);
    member(fields.routingName(), fields.routing(), document, out);
    return id;
  }

  private static boolean member(
      String name, RecordAccessor key, Map<String, Object> document, Bytes out) {
    Object value = key == null ? null : key.get(document);
    if (value == null || Boolean.FALSE.equals(value)) {
      return false;
    }
    out.ascii(",\"" + name + "\":");
    MsgpackToJson.write(value, out);
    return true;
  }

  /** Appends the document, or the update of it. */
  void source(Map<String, Object> document, Operation operation, Bytes out) {
    removed.forEach(document::remove);
    MsgpackToJson.write(operation.updates() ? update(document, operation) : document, out);
  }

  private Map<String, Object> update(Map<String, Object> document, Operation operation) {
    List<String> keys = removedOnUpdate;
    if (config.removeKeysOnUpdateKey().isPresent()
        && document.remove(config.removeKeysOnUpdateKey().get()) instanceof List<?> named) {
      keys = named.stream().map(String::valueOf).toList();
    }
    Map<String, Object> changed = new LinkedHashMap<>(document);
    keys.forEach(changed::remove);
    if (config.suppressDocWrap()) {
      return changed;
    }
    Map<String, Object> body = new LinkedHashMap<>();
    body.put("doc", changed);
    if (operation == Operation.UPSERT) {
      if (changed.size() == document.size()) {
        body.put("doc_as_upsert", true);
      } else {
        body.put("upsert", document);
      }
    }
    return body;
  }

  private Map<String, Object> flat(Map<String, Object> record) {
    Map<String, Object> flat = new LinkedHashMap<>();
    flatten("", record, flat);
    return flat;
  }

  private void flatten(String prefix, Map<?, ?> record, Map<String, Object> flat) {
    record.forEach(
        (key, value) -> {
          String name = prefix + key;
          if (value instanceof Map<?, ?> inner) {
            flatten(name + config.flattenHashesSeparator(), inner, flat);
          } else {
            flat.put(name, value);
          }
        });
  }

  /** A copy whose maps can be changed, down to the last. */
  @SuppressWarnings("unchecked") // a record's own shape
  private static Map<String, Object> copy(Map<String, Object> record) {
    Map<String, Object> copy = new LinkedHashMap<>(record);
    copy.replaceAll(
        (key, value) ->
            value instanceof Map<?, ?> inner ? copy((Map<String, Object>) inner) : value);
    return copy;
  }
}
