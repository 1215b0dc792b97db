package io.runnel.plugins;

import io.runnel.plugin.PluginType;
import io.runnel.plugins.output.BufferOutput;
import io.runnel.plugins.output.CopyOutput;
import io.runnel.plugins.output.ExecFilterOutput;
import io.runnel.plugins.output.ExecOutput;
import io.runnel.plugins.output.FileOutput;
import io.runnel.plugins.output.ForwardOutput;
import io.runnel.plugins.output.HttpOutput;
import io.runnel.plugins.output.NullOutput;
import io.runnel.plugins.output.RelabelOutput;
import io.runnel.plugins.output.RoundrobinOutput;
import io.runnel.plugins.output.SecondaryFileOutput;
import io.runnel.plugins.output.StdoutOutput;
import io.runnel.plugins.output.TcpOutput;
import io.runnel.plugins.output.TdlogOutput;
import io.runnel.plugins.output.UnixOutput;
import java.util.List;

/** The types of kind OUTPUT; a type's class is loaded when it is asked for. */
final class Outputs {
  static final List<String> NAMES =
      List.of(
          "buffer",
          "copy",
          "exec",
          "exec_filter",
          "file",
          "forward",
          "http",
          "null",
          "relabel",
          "roundrobin",
          "secondary_file",
          "stdout",
          "tcp",
          "tdlog",
          "unix");

  private Outputs() {}

  static PluginType<?, ?, ?> find(String name) {
    return switch (name) {
      case "buffer" -> BufferOutput.TYPE;
      case "copy" -> CopyOutput.TYPE;
      case "file" -> FileOutput.TYPE;
      case "forward" -> ForwardOutput.TYPE;
      case "http" -> HttpOutput.TYPE;
      case "null" -> NullOutput.TYPE;
      case "relabel" -> RelabelOutput.TYPE;
      case "roundrobin" -> RoundrobinOutput.TYPE;
      case "secondary_file" -> SecondaryFileOutput.TYPE;
      case "stdout" -> StdoutOutput.TYPE;
      case "tcp" -> TcpOutput.TYPE;
      case "tdlog" -> TdlogOutput.TYPE;
      case "unix" -> UnixOutput.TYPE;
      case "exec" -> ExecOutput.TYPE;
      case "exec_filter" -> ExecFilterOutput.TYPE;
      default -> null;
    };
  }
}
