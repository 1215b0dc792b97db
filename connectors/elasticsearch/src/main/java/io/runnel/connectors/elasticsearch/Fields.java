package io.runnel.connectors.elasticsearch;

import io.runnel.config.ConfigException;
import io.runnel.event.RecordAccessor;
import java.util.Optional;

/**
 * The fields that an output looks at, compiled once.
 *
 * @param time null for none, as are the others
 * @param routingName what the action's member for the routing is called
 */
record Fields(
    RecordAccessor id,
    RecordAccessor parent,
    RecordAccessor routing,
    String time,
    String tag,
    boolean addsTag,
    String routingName) {
  static final RecordAccessor TIMESTAMP = RecordAccessor.ofKey("@timestamp");

  static Fields of(DocumentConfig config, String routingName) {
    return new Fields(
        accessor(config.idKey()),
        accessor(config.parentKey()),
        accessor(config.routingKey()),
        config.timeKey().orElse(null),
        config.tagKey(),
        config.includeTagKey(),
        routingName);
  }

  /** A name, or a path; one with dots is a path without {@code $.} too. */
  static RecordAccessor accessor(Optional<String> key) {
    if (key.isEmpty()) {
      return null;
    }
    String text = key.get();
    if (text.contains(".") && !text.startsWith("$[") && !text.startsWith("$.")) {
      text = "$." + text;
    }
    try {
      return RecordAccessor.of(text);
    } catch (IllegalArgumentException e) {
      throw new ConfigException(e.getMessage(), io.runnel.config.Place.NONE, e);
    }
  }
}
