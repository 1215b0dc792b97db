package io.runnel.connectors.kafka;

import io.runnel.config.Default;
import io.runnel.config.Doc;
import io.runnel.config.Obsolete;
import io.runnel.plugin.PluginContext;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.TimeUnit;

/** How messages are fetched, for the inputs {@code kafka} and {@code kafka_group}. */
record ConsumeConfig(
    @Doc("Bytes that are fetched at most of a partition at once.") @Default("1048576") int maxBytes,
    @Doc("Seconds that a broker waits for messages at most; 1 where it is not given.")
        Optional<Integer> maxWaitTime,
    @Doc("Milliseconds, the older form of max_wait_time.")
        @Obsolete("Use second unit 'max_wait_time' instead")
        Optional<Integer> maxWaitMs,
    @Doc("Bytes for which a broker waits; 1 where it is not given.") Optional<Integer> minBytes) {

  /** For all partitions of a broker together: a fetch is kept in memory until it is emitted. */
  private static final int FETCH_BYTES = 8 << 20;

  private static final int MESSAGES = 2_000;
  private static final int WAIT_MILLIS = 1_000;

  /** A full buffer may hold a consumer up for so long before its partitions go to others. */
  private static final int POLL_INTERVAL_MILLIS = 1_800_000;

  /** Adds what is common to all consumers, made for the small heap of the daemon. */
  static void addCommon(Map<String, Object> properties) {
    properties.put("enable.auto.commit", false);
    properties.put("fetch.max.bytes", FETCH_BYTES);
    properties.put("fetch.max.wait.ms", WAIT_MILLIS / 2);
    properties.put("max.poll.records", MESSAGES);
    properties.put("max.poll.interval.ms", POLL_INTERVAL_MILLIS);
    properties.put("connections.max.idle.ms", POLL_INTERVAL_MILLIS + 60_000);
    properties.put("auto.offset.reset", "earliest");
  }

  /** The properties of a consumer. */
  Map<String, Object> properties(ClientConfig client, PluginContext context) {
    Map<String, Object> properties = client.properties(ClientConfig.Dialect.RUBY_KAFKA, context);
    addCommon(properties);
    properties.put("max.partition.fetch.bytes", maxBytes);
    properties.put("fetch.max.bytes", Math.max(FETCH_BYTES, maxBytes));
    minBytes.ifPresent(count -> properties.put("fetch.min.bytes", count));
    Optional<Integer> wait =
        maxWaitTime.map(seconds -> (int) TimeUnit.SECONDS.toMillis(seconds)).or(() -> maxWaitMs);
    wait.ifPresent(millis -> properties.put("fetch.max.wait.ms", millis));
    return properties;
  }
}
