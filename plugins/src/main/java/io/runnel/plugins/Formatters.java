package io.runnel.plugins;

import io.runnel.plugin.PluginType;
import java.util.List;

/** The types of kind FORMATTER; a type's class is loaded when it is asked for. */
final class Formatters {
  static final List<String> NAMES = List.of();

  private Formatters() {}

  static PluginType<?, ?, ?> find(String name) {
    return switch (name) {
      default -> null;
    };
  }
}
