package io.runnel.plugins;

import io.runnel.plugin.PluginType;
import io.runnel.plugins.input.DebugAgentInput;
import io.runnel.plugins.input.ExecInput;
import io.runnel.plugins.input.ForwardInput;
import io.runnel.plugins.input.GcStatInput;
import io.runnel.plugins.input.HttpInput;
import io.runnel.plugins.input.MonitorAgentInput;
import io.runnel.plugins.input.MultiprocessInput;
import io.runnel.plugins.input.ObjectSpaceInput;
import io.runnel.plugins.input.SampleInput;
import io.runnel.plugins.input.SyslogInput;
import io.runnel.plugins.input.TailInput;
import io.runnel.plugins.input.TcpInput;
import io.runnel.plugins.input.UdpInput;
import io.runnel.plugins.input.UnixInput;
import java.util.List;

/** The types of kind INPUT; a type's class is loaded when it is asked for. */
final class Inputs {
  static final List<String> NAMES =
      List.of(
          "debug_agent",
          "exec",
          "forward",
          "gc_stat",
          "http",
          "monitor_agent",
          "multiprocess",
          "object_space",
          "sample",
          "syslog",
          "tail",
          "tcp",
          "udp",
          "unix");

  private Inputs() {}

  static PluginType<?, ?, ?> find(String name) {
    return switch (name) {
      case "debug_agent" -> DebugAgentInput.TYPE;
      case "exec" -> ExecInput.TYPE;
      case "forward" -> ForwardInput.TYPE;
      case "gc_stat" -> GcStatInput.TYPE;
      case "http" -> HttpInput.TYPE;
      case "monitor_agent" -> MonitorAgentInput.TYPE;
      case "multiprocess" -> MultiprocessInput.TYPE;
      case "object_space" -> ObjectSpaceInput.TYPE;
      case "sample", "dummy" -> SampleInput.TYPE;
      case "syslog" -> SyslogInput.TYPE;
      case "tail" -> TailInput.TYPE;
      case "tcp" -> TcpInput.TYPE;
      case "udp" -> UdpInput.TYPE;
      case "unix" -> UnixInput.TYPE;
      default -> null;
    };
  }
}
