package io.runnel.manager;

import io.runnel.instance.InstanceLayout;
import io.runnel.instance.InstanceName;
import io.runnel.manager.Resource.Port;
import io.runnel.manager.Resource.Protocol;
import java.util.HashSet;
import java.util.List;
import java.util.Set;

/** The small configuration that a new instance gets where none is given. */
final class StarterConfig {
  private static final int FIRST_FORWARD_PORT = 24224;
  private static final int FIRST_HTTP_PORT = 9880;
  private static final int FIRST_MONITOR_PORT = 24220;

  private final Set<Integer> taken = new HashSet<>();
  private final HostClashes host;

  private StarterConfig(List<InstanceConfig> others, HostClashes host) {
    this.host = host;
    for (InstanceConfig other : others) {
      for (Resource resource : other.resources()) {
        if (resource instanceof Port port) {
          taken.add(port.number());
        }
      }
    }
  }

  static String of(
      InstanceLayout layout, InstanceName name, List<InstanceConfig> others, HostClashes host)
      throws RefusedException {
    StarterConfig starter = new StarterConfig(others, host);
    return """
    # Configuration of the Runnel instance @NAME@, in Fluentd's language.
    # Check it with: runnel check @NAME@
    # Have it read:  runnel instance reload @NAME@

    # Events from fluent-bit, Fluentd, Docker and the fluent-logger libraries.
    # bind 0.0.0.0 lets other hosts send as well.
    <source>
      @type forward
      @id in_forward
      bind 127.0.0.1
      port @FORWARD@
    </source>

    # Events by HTTP: curl -d 'json={"message":"hello"}' http://127.0.0.1:@HTTP@/app.log
    <source>
      @type http
      @id in_http
      bind 127.0.0.1
      port @HTTP@
    </source>

    # How the instance fares: curl http://127.0.0.1:@MONITOR@/api/plugins.json
    <source>
      @type monitor_agent
      @id in_monitor_agent
      bind 127.0.0.1
      port @MONITOR@
    </source>

    # The instance's own messages are in its log; here they could go elsewhere as well.
    <label @FLUENT_LOG>
      <match **>
        @type null
      </match>
    </label>

    # Everything else goes to one file a day. Replace this by where your events belong.
    <match **>
      @type file
      @id out_file
      path @LOG@/@NAME@/events
      append true
      <format>
        @type json
      </format>
      <buffer time>
        @type file
        path @STATE@/buffer/out_file
        timekey 1d
        flush_mode interval
        flush_interval 5s
      </buffer>
    </match>
    """
        .replace("@NAME@", name.text())
        .replace("@FORWARD@", starter.port(FIRST_FORWARD_PORT))
        .replace("@HTTP@", starter.port(FIRST_HTTP_PORT))
        .replace("@MONITOR@", starter.port(FIRST_MONITOR_PORT))
        .replace("@LOG@", layout.logDir().toString())
        .replace("@STATE@", layout.stateDir(name).toString());
  }

  private String port(int first) throws RefusedException {
    for (int port = first; port <= 65535; port++) {
      if (!taken.contains(port)
          && host.isFree(Protocol.TCP, port)
          && host.isFree(Protocol.UDP, port)) {
        taken.add(port);
        return Integer.toString(port);
      }
    }
    throw new RefusedException("there is no free port above " + first);
  }
}
