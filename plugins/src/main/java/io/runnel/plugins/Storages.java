package io.runnel.plugins;

import io.runnel.plugin.PluginType;
import io.runnel.plugins.storage.LocalStorage;
import java.util.List;

/** The types of kind STORAGE; a type's class is loaded when it is asked for. */
final class Storages {
  static final List<String> NAMES = List.of("local");

  private Storages() {}

  static PluginType<?, ?, ?> find(String name) {
    return switch (name) {
      case "local" -> LocalStorage.TYPE;
      default -> null;
    };
  }
}
