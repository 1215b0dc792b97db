package io.runnel.connectors.kafka;

import io.runnel.config.ConfigException;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;

/**
 * Turns properties of librdkafka (its CONFIGURATION.md) into those of the Java client, which has
 * most of them, some under other names.
 */
final class RdkafkaOptions {
  /** The same meaning under the same name. */
  private static final Set<String> SAME =
      Set.of(
          "acks",
          "allow.auto.create.topics",
          "batch.size",
          "bootstrap.servers",
          "check.crcs",
          "client.id",
          "client.rack",
          "compression.type",
          "connections.max.idle.ms",
          "delivery.timeout.ms",
          "enable.idempotence",
          "fetch.max.bytes",
          "fetch.min.bytes",
          "group.id",
          "group.instance.id",
          "group.protocol",
          "group.remote.assignor",
          "heartbeat.interval.ms",
          "isolation.level",
          "linger.ms",
          "max.in.flight.requests.per.connection",
          "max.partition.fetch.bytes",
          "max.poll.interval.ms",
          "metadata.max.age.ms",
          "reconnect.backoff.max.ms",
          "reconnect.backoff.ms",
          "request.timeout.ms",
          "retries",
          "retry.backoff.max.ms",
          "retry.backoff.ms",
          "session.timeout.ms",
          "socket.connection.setup.timeout.ms",
          "transaction.timeout.ms");

  /** The same meaning under another name. */
  private static final Map<String, String> RENAMED =
      Map.ofEntries(
          Map.entry("request.required.acks", "acks"),
          Map.entry("metadata.broker.list", "bootstrap.servers"),
          Map.entry("compression.codec", "compression.type"),
          Map.entry("message.timeout.ms", "delivery.timeout.ms"),
          Map.entry("queue.buffering.max.ms", "linger.ms"),
          Map.entry("message.max.bytes", "max.request.size"),
          Map.entry("message.send.max.retries", "retries"),
          Map.entry("max.in.flight", "max.in.flight.requests.per.connection"),
          Map.entry("topic.metadata.refresh.interval.ms", "metadata.max.age.ms"),
          Map.entry("socket.send.buffer.bytes", "send.buffer.bytes"),
          Map.entry("socket.receive.buffer.bytes", "receive.buffer.bytes"),
          Map.entry("fetch.wait.max.ms", "fetch.max.wait.ms"),
          Map.entry("fetch.message.max.bytes", "max.partition.fetch.bytes"));

  /** Without a counterpart and without consequence for what is delivered. */
  private static final Set<String> HARMLESS =
      Set.of(
          "api.version.request",
          "auto.commit.interval.ms",
          "batch.num.messages",
          "broker.version.fallback",
          "debug",
          "enable.auto.commit",
          "enable.auto.offset.store",
          "internal.termination.signal",
          "log.connection.close",
          "log.queue",
          "log.thread.name",
          "log_level",
          "partition.assignment.strategy",
          "queue.buffering.max.messages",
          "queued.max.messages.kbytes",
          "queued.min.messages",
          "socket.keepalive.enable",
          "socket.timeout.ms",
          "statistics.interval.ms",
          "topic.metadata.refresh.fast.interval.ms",
          "topic.metadata.refresh.sparse");

  private static final Map<String, String> RESET =
      Map.of(
          "smallest", "earliest",
          "earliest", "earliest",
          "beginning", "earliest",
          "largest", "latest",
          "latest", "latest",
          "end", "latest",
          "error", "none");

  private final Map<String, Object> properties = new HashMap<>();
  private final List<String> unknown = new ArrayList<>();
  private final RdkafkaSecurity security = new RdkafkaSecurity();

  private RdkafkaOptions() {}

  /**
   * @throws ConfigException for a value that has no counterpart
   */
  static RdkafkaOptions of(Map<String, Object> options) {
    RdkafkaOptions result = new RdkafkaOptions();
    options.forEach((name, value) -> result.add(name, String.valueOf(value)));
    return result;
  }

  private void add(String name, String value) {
    if (SAME.contains(name)) {
      properties.put(name, value);
    } else if (RENAMED.containsKey(name)) {
      properties.put(RENAMED.get(name), value);
    } else if (name.equals("queue.buffering.max.kbytes")) {
      properties.put("buffer.memory", Long.toString(Long.parseLong(value) * 1024));
    } else if (name.equals("auto.offset.reset")) {
      properties.put(name, chosen(name, RESET, value));
    } else if (RdkafkaSecurity.isOne(name)) {
      security.put(name, value);
    } else if (!HARMLESS.contains(name)) {
      unknown.add(name);
    }
  }

  private static String chosen(String name, Map<String, String> values, String value) {
    String found = values.get(value);
    if (found == null) {
      throw new ConfigException(
          name + " " + value + " is not known: it must be one of " + values.keySet());
    }
    return found;
  }

  /** Properties of the Java client. */
  Map<String, Object> properties() {
    return properties;
  }

  /** Names that mean nothing to the Java client, to be warned of. */
  List<String> unknown() {
    return unknown;
  }

  /** What they say about TLS and SASL, which is the plugin's own to set up. */
  RdkafkaSecurity security() {
    return security;
  }
}
