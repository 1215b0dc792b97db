package io.runnel.plugins;

import io.runnel.plugin.PluginType;
import java.util.List;

/** The types of kind PARSER; a type's class is loaded when it is asked for. */
final class Parsers {
  static final List<String> NAMES = List.of();

  private Parsers() {}

  static PluginType<?, ?, ?> find(String name) {
    return switch (name) {
      default -> null;
    };
  }
}
