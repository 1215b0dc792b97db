package io.runnel.plugins;

import io.runnel.plugin.PluginType;
import io.runnel.plugins.input.ForwardInput;
import io.runnel.plugins.input.HttpInput;
import io.runnel.plugins.input.MultiprocessInput;
import io.runnel.plugins.input.TailInput;
import java.util.List;

/** The types of kind INPUT; a type's class is loaded when it is asked for. */
final class Inputs {
  static final List<String> NAMES = List.of("forward", "http", "multiprocess", "tail");

  private Inputs() {}

  static PluginType<?, ?, ?> find(String name) {
    return switch (name) {
      case "http" -> HttpInput.TYPE;
      case "multiprocess" -> MultiprocessInput.TYPE;
      case "forward" -> ForwardInput.TYPE;
      case "tail" -> TailInput.TYPE;
      default -> null;
    };
  }
}
