package io.runnel.connectors.elasticsearch;

import io.runnel.config.ConfigException;
import io.runnel.config.Place;
import java.util.Locale;

/** {@code write_operation}. */
enum Operation {
  INDEX,
  CREATE,
  UPDATE,
  UPSERT;

  static Operation of(String text, Place place) {
    for (Operation each : values()) {
      if (each.name().toLowerCase(Locale.ROOT).equals(text)) {
        return each;
      }
    }
    throw new ConfigException(
        "write_operation must be index, create, update or upsert: " + text, place);
  }

  boolean needsId() {
    return this != INDEX;
  }

  boolean updates() {
    return this == UPDATE || this == UPSERT;
  }

  /** What the server calls the action. */
  String action() {
    return updates() ? "update" : name().toLowerCase(Locale.ROOT);
  }
}
