package io.runnel.manager;

import io.runnel.manager.Resource.Protocol;
import java.util.EnumSet;
import java.util.Map;
import java.util.Set;

/**
 * Which inputs listen, and where if the configuration does not say: from Fluentd 1.19's parameter
 * tables, and the documentation of widespread third-party inputs.
 */
final class PluginPorts {
  private PluginPorts() {}

  /**
   * @param port the default; 0 where there is none
   * @param perWorker whether the number of the worker is added to the port
   */
  record Rule(int port, String bind, Set<Protocol> protocols, boolean perWorker) {}

  private static final String ALL = "0.0.0.0";
  private static final Set<Protocol> TCP = EnumSet.of(Protocol.TCP);
  private static final Set<Protocol> UDP = EnumSet.of(Protocol.UDP);
  private static final Set<Protocol> BOTH = EnumSet.of(Protocol.TCP, Protocol.UDP);

  private static final Map<String, Rule> INPUTS =
      Map.ofEntries(
          Map.entry("forward", new Rule(24224, ALL, BOTH, false)),
          Map.entry("http", new Rule(9880, ALL, TCP, false)),
          Map.entry("monitor_agent", new Rule(24220, ALL, TCP, true)),
          Map.entry("debug_agent", new Rule(24230, "127.0.0.1", TCP, true)),
          Map.entry("tcp", new Rule(5170, ALL, TCP, false)),
          Map.entry("udp", new Rule(5160, ALL, UDP, false)),
          Map.entry("syslog", new Rule(5140, ALL, UDP, false)),
          Map.entry("prometheus", new Rule(24231, ALL, TCP, true)),
          Map.entry("secure_forward", new Rule(24284, ALL, TCP, false)),
          Map.entry("http_heartbeat", new Rule(8881, ALL, TCP, false)),
          Map.entry("gelf", new Rule(12201, ALL, UDP, false)),
          Map.entry("netflow", new Rule(5140, ALL, UDP, false)),
          Map.entry("statsd", new Rule(8125, ALL, UDP, false)));

  /** Inputs that connect to a server: their port is the server's. */
  private static final Set<String> CLIENTS =
      Set.of("kafka", "kafka_group", "mysql_replicator", "sql", "mongo_tail", "amqp", "redis");

  /** The rule of an input; null where it does not listen as far as is known. */
  static Rule of(String type, boolean hasPort, boolean hasHost) {
    Rule known = INPUTS.get(type);
    if (known != null || CLIENTS.contains(type) || !hasPort || hasHost) {
      return known;
    }
    return new Rule(0, ALL, TCP, false);
  }
}
