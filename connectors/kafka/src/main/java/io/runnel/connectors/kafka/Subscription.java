package io.runnel.connectors.kafka;

import java.util.Collection;
import java.util.List;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import java.util.regex.Pattern;
import java.util.stream.Collectors;
import org.apache.kafka.clients.consumer.Consumer;
import org.apache.kafka.clients.consumer.ConsumerRebalanceListener;
import org.apache.kafka.common.TopicPartition;

/** What a consumer reads. */
sealed interface Subscription {
  /** Begins to read, after the consumer was made. */
  void begin(Consumer<byte[], byte[]> consumer, ConsumerRebalanceListener listener);

  /** Whether the brokers keep the offsets. */
  boolean isCommitted();

  /** What is safe: everything in front of these offsets. */
  void safe(Map<TopicPartition, Long> offsets);

  /** Topics that the members of a group share. */
  record Group(List<String> names, Pattern pattern) implements Subscription {
    /**
     * @param topics names, and expressions between slashes, which may match anywhere in a name
     * @throws io.runnel.config.ConfigException where an expression is wrong
     */
    static Group of(Collection<String> topics) {
      if (topics.stream().noneMatch(Group::isExpression)) {
        return new Group(List.copyOf(topics), null);
      }
      String joined =
          topics.stream()
              .map(
                  topic ->
                      isExpression(topic)
                          ? ".*(?:" + topic.substring(1, topic.length() - 1) + ").*"
                          : Pattern.quote(topic))
              .collect(Collectors.joining("|"));
      try {
        return new Group(List.of(), Pattern.compile(joined));
      } catch (java.util.regex.PatternSyntaxException e) {
        throw new io.runnel.config.ConfigException(
            "topics: " + e.getMessage(), io.runnel.config.Place.NONE, e);
      }
    }

    private static boolean isExpression(String topic) {
      return topic.length() > 2 && topic.startsWith("/") && topic.endsWith("/");
    }

    @Override
    public void begin(Consumer<byte[], byte[]> consumer, ConsumerRebalanceListener listener) {
      if (pattern == null) {
        consumer.subscribe(names, listener);
      } else {
        consumer.subscribe(pattern, listener);
      }
    }

    @Override
    public boolean isCommitted() {
      return true;
    }

    @Override
    public void safe(Map<TopicPartition, Long> offsets) {}
  }

  /**
   * Single partitions, for one consumer alone.
   *
   * @param starts the offset to begin with; -1 behind the last message, -2 the first one
   * @param reached where to go on after an error
   */
  record Fixed(Map<TopicPartition, Long> starts, Map<TopicPartition, Long> reached)
      implements Subscription {
    private static final long FIRST = -2;

    Fixed(Map<TopicPartition, Long> starts) {
      this(Map.copyOf(starts), new ConcurrentHashMap<>());
    }

    @Override
    public void begin(Consumer<byte[], byte[]> consumer, ConsumerRebalanceListener listener) {
      consumer.assign(starts.keySet());
      starts.forEach(
          (partition, start) -> {
            long offset = reached.getOrDefault(partition, start);
            if (offset >= 0) {
              consumer.seek(partition, offset);
            } else if (offset == FIRST) {
              consumer.seekToBeginning(List.of(partition));
            } else {
              consumer.seekToEnd(List.of(partition));
              // the position is found now, so that an error later does not skip what came between
              reached.put(partition, consumer.position(partition));
            }
          });
    }

    @Override
    public boolean isCommitted() {
      return false;
    }

    @Override
    public void safe(Map<TopicPartition, Long> offsets) {
      reached.putAll(offsets);
    }
  }
}
