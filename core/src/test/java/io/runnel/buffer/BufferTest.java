package io.runnel.buffer;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.IOException;
import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

class BufferTest {
  private static final Metadata A = Metadata.of(null, "a", null);
  private static final Metadata B = Metadata.of(null, "b", null);

  private static void enqueueAll(Buffer buffer) {
    buffer.enqueue(chunk -> true, true);
  }

  @Test
  void oneStagedChunkPerMetadata() throws IOException {
    Buffer buffer = Samples.memory(Samples.limits(10_000, 1000));
    buffer.append(List.of(Samples.events(A, 0, 2, 0), Samples.events(B, 2, 1, 0)), false);
    buffer.append(List.of(Samples.events(A, 3, 1, 0)), false);
    assertThat(buffer.stageLength()).isEqualTo(2);
    enqueueAll(buffer);
    StoredChunk first = buffer.take();
    assertThat(first.metadata()).isEqualTo(A);
    assertThat(first.records()).isEqualTo(3);
    assertThat(Samples.numbers(first)).containsExactly(0L, 1L, 3L);
    assertThat(buffer.records()).isEqualTo(4);
  }

  @Test
  void aWriteThatDoesNotFitBeginsANewChunk() throws IOException {
    int size = Samples.events(A, 0, 10, 0).length();
    Buffer buffer = Samples.memory(Samples.limits(size * 2L - 1, 1000));
    buffer.append(List.of(Samples.events(A, 0, 10, 0)), false);
    AppendResult result = buffer.append(List.of(Samples.events(A, 10, 10, 0)), false);
    assertThat(result.queued()).isTrue();
    assertThat(buffer.queueLength()).isEqualTo(1);
    assertThat(buffer.stageLength()).isEqualTo(1);
    assertThat(buffer.take().records()).isEqualTo(10);
  }

  @Test
  void aChunkNearItsLimitIsQueuedAtOnce() throws IOException {
    int size = Samples.events(A, 0, 10, 0).length();
    Buffer buffer = Samples.memory(Samples.limits(size + 3, 1000));
    assertThat(buffer.append(List.of(Samples.events(A, 0, 10, 0)), false).queued()).isTrue();
    assertThat(buffer.stageLength()).isZero();
    Buffer byRecords = Samples.memory(Samples.limits(10_000, 2));
    byRecords.append(List.of(Samples.events(A, 0, 1, 0)), false);
    assertThat(byRecords.queueLength()).isZero();
    byRecords.append(List.of(Samples.events(A, 1, 1, 0)), false);
    assertThat(byRecords.queueLength()).isEqualTo(1);
  }

  @ParameterizedTest
  @EnumSource
  void aLargeWriteIsSplitBetweenRecords(Compression compression) throws IOException {
    Buffer buffer =
        new Buffer(
            Samples.limits(400, 1000),
            new MemoryStore(
                compression,
                io.runnel.host.Clock.system(),
                new Random(2),
                new io.runnel.host.BufferMemory(1L << 40)),
            new Samples.Report(),
            () -> 0);
    buffer.append(List.of(Samples.events(A, 0, 100, 30)), false);
    enqueueAll(buffer);
    List<Long> all = new ArrayList<>();
    for (StoredChunk chunk; (chunk = buffer.take()) != null; ) {
      assertThat(chunk.bytes()).isLessThanOrEqualTo(400);
      List<Long> numbers = Samples.numbers(chunk);
      assertThat(numbers).hasSize(chunk.records());
      all.addAll(numbers);
    }
    assertThat(all).hasSize(100).isSorted();
  }

  @Test
  void aRecordLargerThanAChunkIsDroppedAndTheOthersAreStored() throws IOException {
    Buffer buffer = Samples.memory(Samples.limits(30, 1000));
    AppendResult result =
        buffer.append(List.of(Samples.lines(A, "one", "two", "y".repeat(40), "three")), false);
    assertThat(result.oversize())
        .containsExactly("a 41 bytes record (nth: 2) is larger than buffer chunk limit size (30)");
    enqueueAll(buffer);
    StringBuilder all = new StringBuilder();
    for (StoredChunk chunk; (chunk = buffer.take()) != null; ) {
      all.append(Samples.text(chunk));
    }
    assertThat(all).hasToString("one\ntwo\nthree\n");
    assertThat(buffer.records()).isEqualTo(3);
  }

  @Test
  void theLimitIsCheckedBeforeAWriteAndFreedByAPurge() throws IOException {
    Buffer buffer = Samples.memory(new BufferLimits(1000, 1000, 0.95, 100, 1));
    buffer.append(List.of(Samples.events(A, 0, 8, 10)), true); // may exceed the limit once
    assertThat(buffer.totalBytes()).isGreaterThan(100);
    assertThat(buffer.availablePerMille()).isZero();
    assertThatThrownBy(() -> buffer.append(List.of(Samples.events(A, 1, 1, 0)), false))
        .isInstanceOf(BufferFullException.class)
        .hasMessage("buffer space has too many data");
    buffer.purge(buffer.take(), Fate.DELIVERED);
    assertThat(buffer.totalBytes()).isZero();
    assertThat(buffer.append(List.of(Samples.events(A, 1, 1, 0)), false).queued()).isFalse();
  }

  @Test
  void aTakenChunkComesBackToTheHead() throws IOException {
    Buffer buffer = Samples.memory(Samples.limits(10_000, 1000));
    buffer.append(List.of(Samples.events(A, 0, 1, 0)), true);
    buffer.append(List.of(Samples.events(A, 1, 1, 0)), true);
    StoredChunk first = buffer.take();
    assertThat(buffer.putBack(first)).isTrue();
    assertThat(buffer.putBack(first)).isFalse();
    assertThat(buffer.take()).isSameAs(first);
    assertThat(buffer.purge(first, Fate.DELIVERED)).isTrue();
    assertThat(buffer.purge(first, Fate.DELIVERED)).isFalse();
  }

  @Test
  void aLongQueueTakesOnlyFullAndForcedChunks() throws IOException {
    Buffer buffer = Samples.memory(new BufferLimits(10_000, 100, 0.95, 1 << 20, 1));
    buffer.append(List.of(Samples.events(A, 0, 1, 0), Samples.events(B, 1, 1, 0)), false);
    buffer.enqueue(chunk -> true, false);
    assertThat(buffer.queueLength()).isEqualTo(1);
    assertThat(buffer.isQueueLong()).isTrue();
    buffer.append(List.of(Samples.events(B, 1, 99, 0)), false);
    assertThat(buffer.queueLength()).isEqualTo(2);
    buffer.append(List.of(Samples.events(A, 2, 1, 0)), false);
    buffer.enqueue(chunk -> true, true);
    assertThat(buffer.queueLength()).isEqualTo(3);
  }

  @Test
  void theQueueCanBeClearedAndItsHeadDropped() throws IOException {
    Buffer buffer = Samples.memory(Samples.limits(10_000, 1000));
    for (int i = 0; i < 4; i++) {
      buffer.append(List.of(Samples.events(A, i, 2, 0)), true);
    }
    buffer.append(List.of(Samples.events(A, 9, 1, 0)), false);
    StoredChunk taken = buffer.take();
    assertThat(Samples.numbers(buffer.dropOldest())).containsExactly(1L, 2L);
    assertThat(buffer.clearQueue(chunk -> true)).isEqualTo(4);
    assertThat(buffer.queueLength()).isZero();
    assertThat(buffer.stageLength()).isEqualTo(1);
    assertThat(buffer.records()).isEqualTo(3);
    buffer.purge(taken, Fate.DELIVERED);
    assertThat(buffer.stageBytes()).isEqualTo(buffer.totalBytes());
  }

  @Test
  void timekeysAreThoseOfStageAndQueue() throws IOException {
    Buffer buffer = Samples.memory(Samples.limits(10_000, 1000));
    for (long timekey : new long[] {300, 60, 120}) {
      buffer.append(List.of(Samples.events(Metadata.of(timekey, null, null), 0, 1, 0)), false);
    }
    assertThat(buffer.timekeys()).containsExactly(60L, 120L, 300L);
  }
}
