package io.runnel.connectors.kafka;

import java.util.Collection;
import java.util.HashMap;
import java.util.HashSet;
import java.util.Map;
import java.util.Set;
import org.apache.kafka.clients.consumer.OffsetAndMetadata;
import org.apache.kafka.common.TopicPartition;

/**
 * How far a consumer has read, and how much of that its group's offsets say. Offsets that could not
 * be committed are kept over an error of the brokers, so that the same process does not read those
 * messages again. Used by one thread.
 */
final class Positions {
  private final Map<TopicPartition, Long> uncommitted = new HashMap<>();
  private final Map<TopicPartition, Span> spans = new HashMap<>();
  private int messages;

  /** What was read of a partition since the last commit: from, and the offset behind it. */
  private record Span(long from, long to) {}

  /** Messages of a partition were emitted, these and all between them. */
  void read(TopicPartition partition, long first, long last, int count) {
    Span before = spans.get(partition);
    spans.put(partition, new Span(before == null ? first : before.from, last + 1));
    uncommitted.put(partition, last + 1);
    messages += count;
  }

  /** What is to be committed: the offset behind the last message of each partition. */
  Map<TopicPartition, Long> uncommitted() {
    return uncommitted;
  }

  int uncommittedMessages() {
    return messages;
  }

  /** The group's offsets say now what {@link #uncommitted} said. */
  void committed() {
    uncommitted.forEach((partition, offset) -> spans.put(partition, new Span(offset, offset)));
    uncommitted.clear();
    messages = 0;
  }

  /** Partitions are not this consumer's any more; they may come back. */
  void lost(Collection<TopicPartition> partitions) {
    uncommitted.keySet().removeAll(partitions);
  }

  /** A consumer begins anew: nothing can be committed for the old one. */
  void begin() {
    uncommitted.clear();
    messages = 0;
  }

  /** What was emitted is not safe: the messages have to be read again. */
  void forget() {
    begin();
    spans.clear();
  }

  /** Those of which more was read than was committed, as far as is known here. */
  Set<TopicPartition> ahead(Collection<TopicPartition> assigned) {
    Set<TopicPartition> found = new HashSet<>();
    for (TopicPartition partition : assigned) {
      Span span = spans.get(partition);
      if (span != null && span.to > span.from) {
        found.add(partition);
      }
    }
    return found;
  }

  /**
   * Where partitions that came back are to be read on, to be committed with what comes next. Only
   * where the group's offset lies within what was read here: else somebody has set it, or another
   * member was faster.
   *
   * @param offsets of the group; null for a partition that has none
   */
  Map<TopicPartition, Long> resume(Map<TopicPartition, OffsetAndMetadata> offsets) {
    Map<TopicPartition, Long> found = new HashMap<>();
    offsets.forEach(
        (partition, offset) -> {
          Span span = spans.get(partition);
          if (offset == null || span == null) {
            return;
          }
          if (offset.offset() >= span.from && offset.offset() < span.to) {
            found.put(partition, span.to);
          }
        });
    uncommitted.putAll(found);
    return found;
  }
}
