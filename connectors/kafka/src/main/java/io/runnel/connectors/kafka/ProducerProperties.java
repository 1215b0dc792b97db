package io.runnel.connectors.kafka;

import io.runnel.config.ConfigException;
import io.runnel.connectors.kafka.ClientConfig.Dialect;
import io.runnel.plugin.PluginContext;
import java.time.Duration;
import java.util.Locale;
import java.util.Map;
import java.util.Set;
import org.apache.kafka.clients.producer.ProducerConfig;

/** The properties of the producer, made for the small heap of the daemon. */
final class ProducerProperties {
  /** What of all chunks is on its way at most, batches that are not full included. */
  private static final int BUFFER_BYTES = 16 << 20;

  /** For one partition; what is not full is sent after the linger time. */
  private static final int BATCH_BYTES = 64 << 10;

  /** Beyond what brokers take by default (1 MiB), so that they decide what is too large. */
  private static final int REQUEST_BYTES = 8 << 20;

  private static final int LINGER_MILLIS = 5;

  /** How long a thread waits for a broker that says where a topic is. */
  private static final int BLOCK_MILLIS = 15_000;

  private static final int REQUEST_MILLIS = 30_000;

  /**
   * In this time the client tries again by itself, under the same sequence numbers; after it the
   * chunk is tried again, and a message may then be stored twice.
   */
  private static final int DELIVERY_MILLIS = 60_000;

  private static final Set<String> CODECS = Set.of("gzip", "snappy", "lz4", "zstd", "none");

  private ProducerProperties() {}

  /**
   * @throws ConfigException where the parameters are wrong or contradict each other
   */
  static Map<String, Object> of(
      ClientConfig client, SendConfig send, Dialect dialect, PluginContext context) {
    RdkafkaOptions options = RdkafkaOptions.of(send.rdkafkaOptions());
    Map<String, Object> properties = client.with(options.security()).properties(dialect, context);
    properties.putIfAbsent("request.timeout.ms", REQUEST_MILLIS);
    send.ackTimeout().ifPresent(time -> properties.put("request.timeout.ms", millis(time)));
    properties.put("acks", acks(send.requiredAcks()));
    send.maxSendRetries().ifPresent(count -> properties.put("retries", count));
    properties.put("compression.type", codec(send.compressionCodec().orElse("none")));
    properties.put("buffer.memory", (long) BUFFER_BYTES);
    properties.put("batch.size", BATCH_BYTES);
    properties.put("max.request.size", send.rdkafkaMessageMaxBytes().orElse(REQUEST_BYTES));
    properties.put("linger.ms", send.rdkafkaBufferingMaxMs().orElse(LINGER_MILLIS));
    properties.put("max.block.ms", BLOCK_MILLIS);
    properties.putAll(options.properties());
    if (!options.unknown().isEmpty()) {
      context
          .log()
          .warn(
              "rdkafka_options: the Java client has nothing like these, they have no effect:",
              "options",
              options.unknown());
    }
    long shortest = number(properties, "request.timeout.ms") + number(properties, "linger.ms");
    properties.putIfAbsent("delivery.timeout.ms", (int) Math.max(DELIVERY_MILLIS, shortest));
    idempotence(send, properties);
    transactional(send, properties, context);
    if (!options.properties().isEmpty()) {
      check(properties);
    }
    return properties;
  }

  private static int millis(Duration time) {
    return (int) Math.clamp(time.toMillis(), 1, Integer.MAX_VALUE);
  }

  private static String acks(int count) {
    return count < 0 ? "all" : Integer.toString(count);
  }

  private static String codec(String name) {
    String codec = name.toLowerCase(Locale.ROOT);
    if (!CODECS.contains(codec)) {
      throw new ConfigException(
          "Unknown compression codec "
              + name
              + ": compression_codec must be one of gzip, snappy,"
              + " lz4, zstd");
    }
    return codec;
  }

  private static long number(Map<String, Object> properties, String name) {
    try {
      return Long.parseLong(String.valueOf(properties.get(name)));
    } catch (NumberFormatException e) {
      throw new ConfigException(
          name + " must be a number: " + properties.get(name), io.runnel.config.Place.NONE, e);
    }
  }

  private static void idempotence(SendConfig send, Map<String, Object> properties) {
    String acks = String.valueOf(properties.get("acks"));
    boolean all = acks.equals("all") || acks.equals("-1");
    boolean again = !"0".equals(String.valueOf(properties.getOrDefault("retries", 1)));
    if (send.idempotent().orElse(false) && !all) {
      throw new ConfigException("idempotent true needs required_acks -1");
    }
    if (send.idempotent().orElse(false) && !again) {
      throw new ConfigException("idempotent true needs max_send_retries above 0");
    }
    properties.putIfAbsent("enable.idempotence", send.idempotent().orElse(all && again));
  }

  private static void transactional(
      SendConfig send, Map<String, Object> properties, PluginContext context) {
    if (send.transactionalId().isEmpty()) {
      return;
    }
    if (!Boolean.parseBoolean(String.valueOf(properties.get("enable.idempotence")))) {
      throw new ConfigException("transactional_id needs required_acks -1 and idempotent true");
    }
    String worker = context.workers() > 1 ? "-" + context.workerId() : "";
    properties.put("transactional.id", send.transactionalId().get() + worker);
  }

  private static void check(Map<String, Object> properties) {
    Thread thread = Thread.currentThread();
    ClassLoader loader = thread.getContextClassLoader();
    thread.setContextClassLoader(ProducerProperties.class.getClassLoader());
    try {
      ProducerConfig.configDef().parse(properties);
    } catch (org.apache.kafka.common.config.ConfigException e) {
      if (!e.getMessage().contains("serializer")) {
        throw new ConfigException(
            "rdkafka_options: " + e.getMessage(), io.runnel.config.Place.NONE, e);
      }
    } finally {
      thread.setContextClassLoader(loader);
    }
  }
}
