package io.runnel.connectors.kafka;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.HashMap;
import java.util.List;
import java.util.Map;
import org.apache.kafka.clients.consumer.OffsetAndMetadata;
import org.apache.kafka.common.TopicPartition;
import org.junit.jupiter.api.Test;

class PositionsTest {
  private static final TopicPartition A = new TopicPartition("t", 0);
  private static final TopicPartition B = new TopicPartition("t", 1);

  private final Positions positions = new Positions();

  private static Map<TopicPartition, OffsetAndMetadata> group(TopicPartition which, Long offset) {
    Map<TopicPartition, OffsetAndMetadata> offsets = new HashMap<>();
    offsets.put(which, offset == null ? null : new OffsetAndMetadata(offset));
    return offsets;
  }

  @Test
  void aPartitionThatComesBackIsReadOnWhereItWasLeft() {
    positions.read(A, 100, 149, 50);
    positions.read(B, 7, 9, 3);
    assertThat(positions.uncommitted()).isEqualTo(Map.of(A, 150L, B, 10L));
    assertThat(positions.uncommittedMessages()).isEqualTo(53);
    positions.committed();
    assertThat(positions.uncommitted()).isEmpty();
    assertThat(positions.ahead(List.of(A, B))).isEmpty();
    positions.read(A, 150, 199, 50);
    positions.read(A, 200, 219, 20);
    positions.begin(); // the brokers were gone, so nothing of it is committed
    assertThat(positions.uncommitted()).isEmpty();
    assertThat(positions.ahead(List.of(A, B))).containsExactly(A);
    assertThat(positions.resume(group(A, 150L))).isEqualTo(Map.of(A, 220L));
    assertThat(positions.uncommitted()).isEqualTo(Map.of(A, 220L));
  }

  /** The answer to a commit can be lost after the broker has stored it. */
  @Test
  void aCommitWithoutAnswerIsNoReasonToReadAgain() {
    positions.read(A, 0, 49, 50);
    positions.read(A, 50, 99, 50);
    positions.lost(List.of(A));
    assertThat(positions.resume(group(A, 50L))).isEqualTo(Map.of(A, 100L));
    assertThat(positions.resume(group(A, 100L))).isEmpty();
  }

  @Test
  void anOffsetThatSomebodyElseHasSetCounts() {
    positions.read(A, 100, 149, 50);
    positions.lost(List.of(A));
    assertThat(positions.resume(group(A, 99L))).isEmpty();
    assertThat(positions.resume(group(A, 151L))).isEmpty();
    assertThat(positions.resume(group(A, null))).isEmpty();
    assertThat(positions.resume(group(B, 5L))).isEmpty();
    assertThat(positions.uncommitted()).isEmpty();
  }

  @Test
  void whatIsNotSafeIsReadAgain() {
    positions.read(A, 100, 149, 50);
    positions.forget();
    assertThat(positions.ahead(List.of(A))).isEmpty();
    assertThat(positions.resume(group(A, 100L))).isEmpty();
  }
}
