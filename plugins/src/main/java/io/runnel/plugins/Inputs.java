package io.runnel.plugins;

import io.runnel.plugin.PluginType;
import io.runnel.plugins.input.ExecInput;
import io.runnel.plugins.input.ForwardInput;
import io.runnel.plugins.input.GcStatInput;
import io.runnel.plugins.input.HttpInput;
import io.runnel.plugins.input.MultiprocessInput;
import io.runnel.plugins.input.ObjectSpaceInput;
import io.runnel.plugins.input.SampleInput;
import io.runnel.plugins.input.TailInput;
import java.util.List;

/** The types of kind INPUT; a type's class is loaded when it is asked for. */
final class Inputs {
  static final List<String> NAMES =
      List.of(
          "exec", "forward", "gc_stat", "http", "multiprocess", "object_space", "sample", "tail");

  private Inputs() {}

  static PluginType<?, ?, ?> find(String name) {
    return switch (name) {
      case "exec" -> ExecInput.TYPE;
      case "forward" -> ForwardInput.TYPE;
      case "gc_stat" -> GcStatInput.TYPE;
      case "http" -> HttpInput.TYPE;
      case "multiprocess" -> MultiprocessInput.TYPE;
      case "object_space" -> ObjectSpaceInput.TYPE;
      case "sample", "dummy" -> SampleInput.TYPE;
      case "tail" -> TailInput.TYPE;
      default -> null;
    };
  }
}
