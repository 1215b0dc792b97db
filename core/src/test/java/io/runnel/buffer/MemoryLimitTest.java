package io.runnel.buffer;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.catchThrowableOfType;

import io.runnel.host.BufferMemory;
import io.runnel.host.Clock;
import java.io.IOException;
import java.util.Arrays;
import java.util.List;
import java.util.Random;
import org.junit.jupiter.api.Test;

/** Memory buffers whose limits are larger than the memory that the process has for them. */
class MemoryLimitTest {
  private static final Metadata A = Metadata.of(null, "a", null);
  private static final Metadata B = Metadata.of(null, "b", null);

  private final BufferMemory memory = new BufferMemory(200_000);

  private Buffer buffer() {
    return new Buffer(
        Samples.limits(1 << 20, Integer.MAX_VALUE),
        new MemoryStore(Compression.TEXT, Clock.system(), new Random(1), memory),
        new Samples.Report(),
        System::currentTimeMillis);
  }

  private static int fill(Buffer buffer) throws IOException {
    int appended = 0;
    while (true) {
      try {
        buffer.append(List.of(Samples.events(A, appended, 10, 50)), false);
        appended += 10;
      } catch (BufferFullException e) {
        assertThat(e).hasMessageContaining("JAVA_OPTS").hasMessageContaining("total_limit_size");
        assertThat(e.needed()).isPositive();
        return appended;
      }
    }
  }

  @Test
  void aBufferThatTheMemoryCannotHoldIsFullAndGoesOnWhenSomethingIsDelivered() throws IOException {
    Buffer buffer = buffer();
    int stored = fill(buffer);
    assertThat(buffer.records()).isEqualTo(stored).isGreaterThan(500);
    assertThat(memory.used()).isLessThanOrEqualTo(200_000);

    buffer.enqueue(chunk -> true, true);
    StoredChunk chunk = buffer.take();
    assertThat(Samples.numbers(chunk)).hasSize(stored);
    buffer.purge(chunk, Fate.DELIVERED);
    assertThat(memory.used()).isZero();
    assertThat(fill(buffer)).isEqualTo(stored);
  }

  @Test
  void whatIsAppendedIsTheChunksOwn() throws IOException {
    Buffer buffer = buffer();
    for (int events : new int[] {3, 700}) { // a part of a block, and more than one
      Batch lent = Samples.events(A, 0, events, 50);
      buffer.append(List.of(lent), false);
      Arrays.fill(lent.bytes(), (byte) 0xc1);
    }
    buffer.enqueue(chunk -> true, true);
    assertThat(Samples.numbers(buffer.take())).hasSize(703);
  }

  @Test
  void aWriteThatDoesNotFitLeavesNothingBehind() throws IOException {
    Buffer buffer = buffer();
    buffer.append(List.of(Samples.events(A, 0, 1, 10)), false);
    long before = memory.used();
    List<Batch> batches = List.of(Samples.events(A, 1, 10, 10), Samples.events(B, 11, 4, 60_000));
    BufferFullException full =
        catchThrowableOfType(BufferFullException.class, () -> buffer.append(batches, false));
    assertThat(full.needed()).isGreaterThan(200_000);
    assertThat(buffer.canEverHold(full.needed())).isFalse();
    assertThat(buffer.records()).isEqualTo(1);
    assertThat(memory.used()).isEqualTo(before);
  }

  @Test
  void oneBufferCannotTakeTheLastMemoryFromAnother() throws IOException {
    Buffer other = buffer();
    other.append(List.of(Samples.events(B, 0, 1, 10)), false);
    Buffer greedy = buffer();
    fill(greedy);
    other.append(List.of(Samples.events(B, 1, 100, 100)), false);
    assertThat(other.records()).isEqualTo(101);
    greedy.close();
    other.close();
    assertThat(memory.used()).isZero();
  }
}
