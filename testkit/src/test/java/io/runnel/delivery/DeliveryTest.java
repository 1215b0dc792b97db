package io.runnel.delivery;

import static org.assertj.core.api.Assertions.assertThat;

import io.runnel.buffer.Balance;
import io.runnel.buffer.Fate;
import io.runnel.buffer.StoredBooks;
import io.runnel.config.ConfigElement;
import io.runnel.config.Place;
import io.runnel.config.Problems;
import io.runnel.event.Event;
import io.runnel.event.EventStream;
import io.runnel.host.Disk;
import io.runnel.plugin.BufferDefaults;
import io.runnel.plugin.BufferedOutput;
import io.runnel.plugin.Chunk;
import io.runnel.testkit.TestContext;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;

/**
 * One output with its threads: when chunks are delivered, what a stop and a restart keep, the
 * books.
 */
class DeliveryTest extends DeliveryFixture {
  /** Notes each delivery before it begins, and ends in the middle of it. */
  private static final class Interrupted implements BufferedOutput {
    final CountDownLatch begun = new CountDownLatch(1);

    @Override
    public void write(Chunk chunk) throws Exception {
      Files.writeString(chunk.note().orElseThrow(), "begun");
      begun.countDown();
      throw new IOException("the machine is on fire");
    }
  }

  /** Says of noted chunks that they were delivered, or not. */
  private record Resuming(boolean wasDelivered, List<String> seen) implements BufferedOutput {
    @Override
    public boolean resume(Chunk chunk) throws Exception {
      seen.add("resume " + Files.readString(chunk.note().orElseThrow()));
      return wasDelivered;
    }

    @Override
    public void write(Chunk chunk) {
      seen.add("write " + chunk.records());
    }
  }

  /** A fault of a plugin that ends the thread it happens in. */
  private static final class Bug extends Error {
    private static final long serialVersionUID = 1L;
  }

  @Test
  void aHeldDeliveryKeepsEventsOverAStopAndFlushesAtAStopOnceItIsReleased() throws Exception {
    List<String> seen = new CopyOnWriteArrayList<>();
    Resuming output = new Resuming(false, seen);
    String path = directory.resolve("held").toString();
    String[] pairs = {"@type", "file", "path", path, "flush_at_shutdown", "true"};
    held = true;
    Delivery first = start(output, null, pairs);
    first.emit("a", event(1));
    first.flushNow();
    first.close();
    assertThat(seen).isEmpty();
    assertThat(first.isEmpty()).isFalse();

    Delivery second = start(output, null, pairs[0], pairs[1], pairs[2], pairs[3]);
    second.emit("a", event(2));
    assertThat(second.isHealthy()).isTrue();
    second.release();
    second.stop();
    assertThat(seen).containsExactly("write 1", "write 1");
    assertThat(second.isEmpty()).isTrue();
  }

  @Test
  void anOutputIsAskedAboutDeliveriesThatARunHasBegun() throws Exception {
    String path = directory.resolve("buffer").toString();
    String[] pairs = {"@type", "file", "path", path, "flush_interval", "0.01s"};
    for (boolean wasDelivered : List.of(true, false)) {
      Interrupted first = new Interrupted();
      Delivery broken = start(first, null, pairs);
      broken.emit("a", event(1));
      assertThat(first.begun.await(10, TimeUnit.SECONDS)).isTrue();
      broken.close();

      Resuming next = new Resuming(wasDelivered, new CopyOnWriteArrayList<>());
      Delivery resumed = start(next, null, pairs);
      await(() -> context.metrics().snapshot().get("delivered_records") == 1L);
      assertThat(next.seen())
          .containsExactlyElementsOf(
              wasDelivered ? List.of("resume begun") : List.of("resume begun", "write 1"));
      assertThat(context.metrics().snapshot().get("resumed_records")).isEqualTo(1L);
      assertThat(context.metrics().snapshot().get("buffered_records")).isZero();
      resumed.close();
      try (Stream<Path> files = Files.list(Path.of(path))) {
        assertThat(
                files
                    .map(file -> file.getFileName().toString())
                    .filter(name -> name.contains(".out") || name.endsWith(".log")))
            .isEmpty();
      }
    }
  }

  @Test
  void immediateModeDeliversAtOnce() throws Exception {
    Receiver receiver = new Receiver();
    Delivery delivery = start(receiver, null, "flush_mode", "immediate");
    for (long i = 0; i < 5; i++) {
      delivery.emit("t", event(i));
    }
    await(() -> receiver.got.size() == 5);
    assertThat(receiver.got).containsExactly(0L, 1L, 2L, 3L, 4L);
    await(() -> figure("delivered_records") == 5);
    assertThat(figure("emit_records")).isEqualTo(5);
    assertThat(figure("emit_count")).isEqualTo(5);
    assertThat(figure("buffer_total_queued_size")).isZero();
  }

  @Test
  void aFlushThreadThatDiesIsNoticedAndReplaced() throws Exception {
    CountDownLatch died = new CountDownLatch(1);
    Receiver receiver =
        new Receiver() {
          @Override
          public void write(Chunk chunk) throws Exception {
            if (died.getCount() > 0) {
              Thread.currentThread().setUncaughtExceptionHandler((thread, e) -> died.countDown());
              throw new Bug();
            }
            super.write(chunk);
          }
        };
    Delivery delivery = start(receiver, null, "flush_mode", "immediate");
    assertThat(delivery.isHealthy()).isTrue();
    delivery.emit("t", event(1));
    assertThat(died.await(10, TimeUnit.SECONDS)).isTrue();
    await(() -> !delivery.isHealthy());
    delivery.emit("t", event(2));
    await(() -> receiver.got.contains(2L));
    assertThat(delivery.isHealthy()).isTrue();
  }

  @Test
  void theBooksBalanceAtAnyInstant() throws Exception {
    Receiver receiver = new Receiver();
    String path = directory.resolve("buffer").toString();
    Delivery delivery =
        start(receiver, null, "@type", "file", "path", path, "flush_interval", "0.01s");
    AtomicBoolean done = new AtomicBoolean();
    List<Thread> writers = new ArrayList<>();
    for (int t = 0; t < 3; t++) {
      writers.add(
          Thread.startVirtualThread(
              () -> {
                for (long i = 0; i < 300; i++) {
                  delivery.emit("t" + i % 7, event(i));
                }
              }));
    }
    Thread watcher =
        Thread.startVirtualThread(
            () -> {
              for (Thread writer : writers) {
                while (writer.isAlive()) {
                  assertThat(delivery.balance().missing()).isZero();
                  Thread.yield();
                }
              }
              done.set(true);
            });
    watcher.join(20_000);
    assertThat(done).isTrue();
    await(() -> delivery.balance().removed(Fate.DELIVERED) == 900);
    delivery.close();
    Delivery next = start(receiver, null, "@type", "file", "path", path, "flush_interval", "0.01s");
    next.emit("t", event(1));
    await(() -> next.balance().removed(Fate.DELIVERED) == 901);
    assertThat(next.balance().in()).isEqualTo(901); // over both runs
    assertThat(figure("delivered_records")).isEqualTo(1);
    Balance fromOutside = StoredBooks.read(Disk.local(), Path.of(path), 0);
    assertThat(fromOutside.figures()).isEqualTo(next.balance().figures());
  }

  @Test
  void intervalModeDeliversAfterTheInterval() throws Exception {
    Receiver receiver = new Receiver();
    Delivery delivery = start(receiver, null, "flush_mode", "interval", "flush_interval", "1");
    delivery.emit("t", event(1));
    delivery.emit("t", event(2));
    assertThat(receiver.got).isEmpty();
    await(() -> receiver.got.size() == 2);
    await(() -> figure("write_count") == 1);
  }

  @Test
  void flushNowDoesNotWaitForTheInterval() throws Exception {
    Receiver receiver = new Receiver();
    Delivery delivery = start(receiver, null, "flush_interval", "1h");
    delivery.emit("t", event(1));
    delivery.flushNow();
    await(() -> receiver.got.size() == 1);
  }

  @Test
  void timeSlicesAreFlushedWhenTheyAreOver() throws Exception {
    Receiver receiver = new Receiver();
    ConfigElement output = new ConfigElement("match", "**", Place.NONE);
    ConfigElement buffer = new ConfigElement("buffer", "time", Place.NONE);
    buffer.set("timekey", "1h");
    buffer.set("timekey_wait", "1s");
    output.add(buffer);
    context = new TestContext();
    BufferSettings settings =
        BufferSettings.resolve(output, BufferDefaults.none(), true, new Problems());
    Delivery delivery = new Delivery(settings, receiver, null, context);
    delivery.start();
    open.add(delivery);
    long now = System.currentTimeMillis() / 1000;
    delivery.emit("t", EventStream.of(new Event((now - 10_000) << 32, Map.of("n", 1L))));
    delivery.emit("t", EventStream.of(new Event((now + 7200) << 32, Map.of("n", 2L))));
    await(() -> receiver.got.contains(1L));
    assertThat(receiver.got).doesNotContain(2L);
    assertThat(delivery.timekeys()).hasSize(1);
    assertThat(figure("buffer_oldest_timekey")).isGreaterThan(now);
  }

  @Test
  void aStopFlushesMemoryAndLeavesFiles() throws Exception {
    Receiver receiver = new Receiver();
    Delivery memory = start(receiver, null, "flush_interval", "1h");
    memory.emit("t", event(1));
    memory.stop();
    assertThat(receiver.got).containsExactly(1L);
    String path = directory.resolve("buf").toString();
    Delivery file = start(receiver, null, "@type", "file", "path", path, "flush_interval", "1h");
    file.emit("t", event(2));
    file.close();
    assertThat(receiver.got).containsExactly(1L);
    Delivery again =
        start(
            receiver,
            null,
            "@type",
            "file",
            "path",
            path,
            "flush_interval",
            "1h",
            "flush_at_shutdown",
            "true");
    assertThat(figure("resumed_records")).isEqualTo(1);
    again.emit("t", event(3));
    again.close();
    assertThat(receiver.got).containsExactly(1L, 2L, 3L);
    assertThat(Path.of(path).toFile().list()).containsExactly(".buffer.books");
  }

  @Test
  void severalThreadsFlushAtOnceAndNothingIsLost() throws Exception {
    Receiver receiver = new Receiver();
    Delivery delivery = start(receiver, null, "flush_mode", "immediate", "flush_thread_count", "4");
    List<Thread> threads = new ArrayList<>();
    for (int t = 0; t < 8; t++) {
      long base = t * 1000L;
      threads.add(
          Thread.startVirtualThread(
              () -> {
                for (long i = 0; i < 200; i++) {
                  delivery.emit("t" + i % 3, event(base + i));
                }
              }));
    }
    for (Thread thread : threads) {
      thread.join();
    }
    delivery.stop();
    assertThat(receiver.got).hasSize(1600).doesNotHaveDuplicates();
  }
}
