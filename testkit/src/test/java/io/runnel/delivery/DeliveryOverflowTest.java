package io.runnel.delivery;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.runnel.event.Event;
import io.runnel.event.EventStream;
import io.runnel.host.BufferMemory;
import io.runnel.host.MemoryBudget;
import io.runnel.host.ProcessMemory;
import io.runnel.log.Level;
import io.runnel.plugin.BufferOverflowException;
import io.runnel.plugin.BufferedOutput;
import io.runnel.plugin.Chunk;
import io.runnel.plugin.EmitException;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.CountDownLatch;
import org.junit.jupiter.api.Test;

/** Buffers that are full, and memory that is short. */
class DeliveryOverflowTest extends DeliveryFixture {
  private static final class Stuck implements BufferedOutput {
    final CountDownLatch mayGo = new CountDownLatch(1);

    @Override
    public void write(Chunk chunk) throws Exception {
      mayGo.await();
    }
  }

  private static EventStream large(long n) {
    return EventStream.of(new Event(n << 32, Map.of("n", n, "pad", "x".repeat(20_000))));
  }

  @Test
  void aMemoryBufferThatDoesNotFitTheHeapRefusesWithAReason() throws Exception {
    memory = new ProcessMemory(new BufferMemory(100_000), new MemoryBudget(1));
    Stuck output = new Stuck();
    Delivery delivery = start(output, null, "flush_interval", "0.01s");
    assertThatThrownBy(
            () -> {
              for (long n = 0; n < 100; n++) {
                delivery.emit("a", large(n));
              }
            })
        .isInstanceOf(BufferOverflowException.class)
        .hasMessageContaining("memory buffers of this process");
    assertThat(context.log().contains("JAVA_OPTS")).isTrue();
    output.mayGo.countDown();
  }

  @Test
  void withBlockTheWriterWaitsForMemory() throws Exception {
    memory = new ProcessMemory(new BufferMemory(100_000), new MemoryBudget(1));
    Stuck output = new Stuck();
    Delivery delivery = start(output, null, "flush_interval", "0.01s", "overflow_action", "block");
    Thread writer =
        Thread.ofPlatform()
            .start(
                () -> {
                  for (long n = 0; n < 50; n++) {
                    delivery.emit("a", large(n));
                  }
                });
    await(() -> !context.log().texts(Level.WARN).isEmpty());
    assertThat(writer.isAlive()).isTrue();
    output.mayGo.countDown();
    writer.join(10_000);
    await(() -> delivery.buffer().records() == 0);
    assertThat(writer.isAlive()).isFalse();
    assertThat(context.metrics().snapshot().get("stored_records")).isEqualTo(50L);
  }

  @Test
  void withDropOldestChunkThereIsRoomForTheNewest() throws Exception {
    memory = new ProcessMemory(new BufferMemory(100_000), new MemoryBudget(1));
    Stuck output = new Stuck();
    Delivery delivery =
        start(output, null, "flush_mode", "immediate", "overflow_action", "drop_oldest_chunk");
    for (long n = 0; n < 50; n++) {
      delivery.emit("a", large(n));
    }
    assertThat(delivery.buffer().records()).isBetween(3L, 5L);
    output.mayGo.countDown();
  }

  @Test
  void aFullBufferRefuses() throws Exception {
    Receiver receiver = new Receiver();
    receiver.dead = true;
    Delivery delivery =
        start(
            receiver,
            null,
            "flush_mode",
            "immediate",
            "total_limit_size",
            "30",
            "chunk_limit_size",
            "30");
    delivery.emit("t", event(1));
    delivery.emit("t", event(2));
    assertThatThrownBy(() -> delivery.emit("t", event(3)))
        .isInstanceOf(BufferOverflowException.class)
        .hasMessage("buffer space has too many data");
    assertThat(log())
        .contains("failed to write data into buffer by buffer overflow action=:throw_exception");
  }

  @Test
  void aFullBufferBlocksUntilThereIsSpace() throws Exception {
    Receiver receiver = new Receiver();
    receiver.gate = new CountDownLatch(1);
    Delivery delivery =
        start(
            receiver,
            null,
            "flush_mode",
            "immediate",
            "total_limit_size",
            "30",
            "chunk_limit_size",
            "30",
            "overflow_action",
            "block");
    delivery.emit("t", event(1));
    delivery.emit("t", event(2));
    Thread thread = Thread.startVirtualThread(() -> delivery.emit("t", event(3)));
    await(() -> log().contains("action=:block"));
    assertThat(thread.isAlive()).isTrue();
    receiver.gate.countDown();
    await(() -> receiver.got.size() == 3);
    thread.join(5000);
    assertThat(thread.isAlive()).isFalse();
  }

  @Test
  void aStopWakesWhoWaitsForSpace() throws Exception {
    Receiver receiver = new Receiver();
    receiver.dead = true;
    Delivery delivery =
        start(
            receiver,
            null,
            "flush_mode",
            "immediate",
            "total_limit_size",
            "30",
            "chunk_limit_size",
            "30",
            "overflow_action",
            "block",
            "retry_wait",
            "1h");
    delivery.emit("t", event(1));
    delivery.emit("t", event(2));
    List<Throwable> thrown = new CopyOnWriteArrayList<>();
    Thread thread =
        Thread.startVirtualThread(
            () -> {
              try {
                delivery.emit("t", event(3));
              } catch (EmitException e) {
                thrown.add(e);
              }
            });
    await(() -> log().contains("action=:block"));
    delivery.stop();
    thread.join(5000);
    assertThat(thrown).hasSize(1);
    delivery.close();
    assertThat(figure("dropped_shutdown_records")).isEqualTo(2);
    assertThatThrownBy(() -> delivery.emit("t", event(4))).isInstanceOf(EmitException.class);
  }

  @Test
  void aFullBufferDropsItsOldestChunk() throws Exception {
    Receiver receiver = new Receiver();
    receiver.dead = true;
    Delivery delivery =
        start(
            receiver,
            null,
            "flush_mode",
            "immediate",
            "total_limit_size",
            "30",
            "chunk_limit_size",
            "30",
            "overflow_action",
            "drop_oldest_chunk",
            "retry_wait",
            "1h");
    delivery.emit("t", event(1));
    await(() -> !delivery.retryState().isEmpty());
    delivery.emit("t", event(2));
    delivery.emit("t", event(3));
    assertThat(figure("drop_oldest_chunk_count")).isEqualTo(1);
    assertThat(figure("dropped_oldest_records")).isEqualTo(1);
    receiver.dead = false;
    delivery.stop();
    assertThat(receiver.got).containsExactly(2L, 3L);
  }

  @Test
  void aRecordThatIsTooLargeFailsTheEmitAndTheOthersAreStored() throws Exception {
    Receiver receiver = new Receiver();
    Delivery delivery = start(receiver, null, "chunk_limit_size", "40", "flush_interval", "1h");
    EventStream stream =
        EventStream.of(
            List.of(
                new Event(1L << 32, Map.of("n", 1L)),
                new Event(1L << 32, Map.of("n", 2L, "x", "y".repeat(50))),
                new Event(1L << 32, Map.of("n", 3L))));
    assertThatThrownBy(() -> delivery.emit("t", stream))
        .isInstanceOf(EmitException.class)
        .hasMessageContaining("bytes record (nth: 1) is larger than buffer chunk limit size (40)");
    delivery.stop();
    assertThat(receiver.got).containsExactly(1L, 3L);
    assertThat(figure("dropped_oversize_records")).isEqualTo(1);
    assertThat(figure("stored_records")).isEqualTo(2);
  }

  @Test
  void oneStuckOutputDoesNotHoldUpTheEmit() throws Exception {
    Receiver receiver = new Receiver();
    receiver.gate = new CountDownLatch(1);
    Delivery delivery = start(receiver, null, "flush_mode", "immediate");
    long begin = System.nanoTime();
    for (long i = 0; i < 500; i++) {
      delivery.emit("t", event(i));
    }
    assertThat(System.nanoTime() - begin).isLessThan(5_000_000_000L);
    receiver.gate.countDown();
    await(() -> receiver.got.size() == 500);
  }
}
