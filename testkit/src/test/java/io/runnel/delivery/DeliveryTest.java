package io.runnel.delivery;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.runnel.buffer.Balance;
import io.runnel.buffer.Fate;
import io.runnel.buffer.StoredBooks;
import io.runnel.config.ConfigElement;
import io.runnel.config.Place;
import io.runnel.config.Problems;
import io.runnel.event.Event;
import io.runnel.event.EventStream;
import io.runnel.host.BufferMemory;
import io.runnel.host.Disk;
import io.runnel.host.MemoryBudget;
import io.runnel.host.ProcessMemory;
import io.runnel.log.Level;
import io.runnel.plugin.BufferDefaults;
import io.runnel.plugin.BufferOverflowException;
import io.runnel.plugin.BufferedOutput;
import io.runnel.plugin.Chunk;
import io.runnel.plugin.EmitException;
import io.runnel.plugin.SystemSettings;
import io.runnel.plugin.UnrecoverableException;
import io.runnel.testkit.TestContext;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.function.BooleanSupplier;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** One output with its threads, at the machine's clock. */
class DeliveryTest {
  @TempDir Path directory;
  private final List<Delivery> open = new ArrayList<>();
  private TestContext context;

  @AfterEach
  void close() {
    open.forEach(Delivery::close);
    if (context != null) {
      context.close();
    }
  }

  private Delivery start(BufferedOutput primary, BufferedOutput secondary, String... pairs)
      throws IOException {
    ConfigElement output = new ConfigElement("match", "**", Place.NONE);
    ConfigElement buffer = new ConfigElement("buffer", "tag", Place.NONE);
    for (int i = 0; i < pairs.length; i += 2) {
      buffer.set(pairs[i], pairs[i + 1]);
    }
    output.add(buffer);
    BufferSettings settings =
        BufferSettings.resolve(output, BufferDefaults.none(), true, new Problems());
    context =
        new TestContext()
            .id("out one")
            .memory(memory)
            .system(
                new SystemSettings(
                    "test",
                    "test.conf",
                    Optional.of(directory.resolve("root")),
                    directory.resolve("backup"),
                    Optional.empty(),
                    Optional.empty(),
                    false,
                    "host"));
    Delivery delivery = new Delivery(settings, primary, secondary, context);
    if (held) {
      delivery.startHeld();
    } else {
      delivery.start();
    }
    open.add(delivery);
    return delivery;
  }

  /** Start without delivering. */
  private boolean held;

  /** A process that has so little memory for buffers. */
  private ProcessMemory memory = ProcessMemory.ofHeap();

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

  private static EventStream event(long n) {
    return EventStream.of(new Event(1_700_000_000L << 32, Map.of("n", n)));
  }

  private static void await(BooleanSupplier condition) throws InterruptedException {
    long end = System.nanoTime() + Duration.ofSeconds(10).toNanos();
    while (!condition.getAsBoolean()) {
      assertThat(System.nanoTime()).as("deadline").isLessThan(end);
      Thread.sleep(2);
    }
  }

  private long figure(String name) {
    return context.metrics().snapshot().get(name);
  }

  private String log() {
    return String.join("\n", context.log().texts());
  }

  /** Keeps what it is given; fails as it is told. */
  private static class Receiver implements BufferedOutput {
    final List<Long> got = Collections.synchronizedList(new ArrayList<>());
    final List<Exception> failures = new CopyOnWriteArrayList<>();
    volatile boolean dead;
    volatile CountDownLatch gate;

    @Override
    public void write(Chunk chunk) throws Exception {
      if (gate != null) {
        gate.await(10, TimeUnit.SECONDS);
      }
      if (dead) {
        throw new IOException("Connection refused");
      }
      if (!failures.isEmpty()) {
        throw failures.removeFirst();
      }
      chunk.eachStream(s -> s.events().forEach(e -> got.add((Long) e.record().get("n"))));
    }
  }

  private static final class Other extends Receiver {}

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

  /** A fault of a plugin that ends the thread it happens in. */
  private static final class Bug extends Error {
    private static final long serialVersionUID = 1L;
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
  void aFailedFlushIsRetriedAndSucceeds() throws Exception {
    Receiver receiver = new Receiver();
    receiver.failures.add(new IOException("first"));
    receiver.failures.add(new IOException("second"));
    Delivery delivery =
        start(
            receiver,
            null,
            "flush_mode",
            "immediate",
            "retry_wait",
            "0.05",
            "retry_type",
            "periodic");
    delivery.emit("t", event(1));
    await(() -> receiver.got.size() == 1);
    await(() -> log().contains("retry succeeded. chunk_id="));
    assertThat(log())
        .contains("failed to flush the buffer. retry_times=0 next_retry_time=")
        .contains("failed to flush the buffer. retry_times=1")
        .contains("error=\"first\"");
    assertThat(delivery.retryState()).isEmpty();
    assertThat(figure("rollback_count")).isEqualTo(2);
    assertThat(figure("num_errors")).isEqualTo(2);
  }

  @Test
  void theRetryStateCanBeAskedFor() throws Exception {
    Receiver receiver = new Receiver();
    receiver.dead = true;
    Delivery delivery = start(receiver, null, "flush_mode", "immediate", "retry_wait", "1h");
    delivery.emit("t", event(1));
    await(() -> !delivery.retryState().isEmpty());
    assertThat(delivery.retryState()).containsOnlyKeys("start", "steps", "next_time");
    assertThat(delivery.retryState().get("steps")).isEqualTo(0L);
    assertThat((String) delivery.retryState().get("next_time"))
        .matches("\\d{4}-\\d\\d-\\d\\d \\d\\d:\\d\\d:\\d\\d [+-]\\d{4}");
  }

  @Test
  void atTheLimitTheQueueIsDroppedAndFilesAreEvacuated() throws Exception {
    Receiver receiver = new Receiver();
    receiver.dead = true;
    Delivery delivery =
        start(
            receiver,
            null,
            "@type",
            "file",
            "path",
            directory.resolve("buf").toString(),
            "flush_mode",
            "immediate",
            "retry_wait",
            "0.01",
            "retry_max_times",
            "2");
    delivery.emit("t", event(1));
    await(() -> figure("dropped_retry_limit_records") == 1);
    assertThat(context.log().texts(Level.ERROR))
        .singleElement()
        .asString()
        .contains("Hit limit for retries. dropping all chunks in the buffer queue.");
    assertThat(log()).contains("chunk files are evacuated to");
    try (Stream<Path> files = Files.list(directory.resolve("root/buffer/out_one"))) {
      assertThat(files).hasSize(2);
    }
    assertThat(directory.resolve("buf").toFile().list()).containsExactly(".buffer.books");
    receiver.dead = false;
    delivery.emit("t", event(2));
    await(() -> receiver.got.contains(2L));
  }

  @Test
  void theSecondaryTakesOverLate() throws Exception {
    Receiver receiver = new Receiver();
    receiver.dead = true;
    Other secondary = new Other();
    Delivery delivery =
        start(
            receiver,
            secondary,
            "flush_mode",
            "immediate",
            "retry_wait",
            "0.02",
            "retry_timeout",
            "0.5");
    delivery.emit("t", event(1));
    await(() -> secondary.got.size() == 1);
    await(() -> log().contains("retry succeeded by secondary."));
    assertThat(figure("write_secondary_count")).isGreaterThan(0);
    assertThat(figure("secondary_records")).isEqualTo(1);
  }

  @Test
  void anUnrecoverableErrorGoesToTheSecondaryAtOnce() throws Exception {
    Receiver receiver = new Receiver();
    receiver.failures.add(new UnrecoverableException("bad data"));
    Other secondary = new Other();
    Delivery delivery = start(receiver, secondary, "flush_mode", "immediate");
    delivery.emit("t", event(1));
    await(() -> secondary.got.size() == 1);
    assertThat(log())
        .contains("got unrecoverable error in primary. Skip retry and flush chunk to secondary");
  }

  @Test
  void anUnrecoverableErrorWithoutSecondaryIsKeptInAFile() throws Exception {
    Receiver receiver = new Receiver();
    receiver.failures.add(new UnrecoverableException("bad data"));
    Delivery delivery = start(receiver, null, "flush_mode", "immediate", "compress", "gzip");
    delivery.emit("t", event(7));
    delivery.emit("t", event(8));
    await(() -> receiver.got.contains(8L));
    await(() -> figure("dropped_unrecoverable_records") == 1);
    assertThat(log())
        .contains("got unrecoverable error in primary and no secondary")
        .contains("bad chunk is moved to");
    try (Stream<Path> files = Files.list(directory.resolve("root/backup/worker0/out_one"))) {
      Path file = files.findFirst().orElseThrow();
      byte[] content = Files.readAllBytes(file);
      assertThat(EventStream.packed(content, 0, content.length, 1).events().getFirst().record())
          .isEqualTo(Map.of("n", 7L));
    }
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

  /** Commits when it is told to. */
  private static final class Later extends Receiver {
    final List<Commit> commits = new CopyOnWriteArrayList<>();

    @Override
    public boolean isDelayedCommit() {
      return true;
    }

    @Override
    public void tryWrite(Chunk chunk, Commit commit) {
      commits.add(commit);
    }
  }

  @Test
  void aDelayedCommitPurges() throws Exception {
    Later later = new Later();
    Delivery delivery = start(later, null, "flush_mode", "immediate");
    delivery.emit("t", event(1));
    await(() -> later.commits.size() == 1);
    assertThat(figure("buffered_records")).isEqualTo(1);
    later.commits.getFirst().commit();
    later.commits.getFirst().rollback(null); // too late, and without effect
    assertThat(figure("buffered_records")).isZero();
    assertThat(figure("delivered_records")).isEqualTo(1);
  }

  @Test
  void aDelayedRollbackIsAFailure() throws Exception {
    Later later = new Later();
    Delivery delivery = start(later, null, "flush_mode", "immediate", "retry_wait", "0.05");
    delivery.emit("t", event(1));
    await(() -> later.commits.size() == 1);
    later.commits.getFirst().rollback(new IOException("nack"));
    await(() -> later.commits.size() == 2);
    assertThat(log()).contains("error=\"nack\"");
    later.commits.get(1).commit();
    assertThat(figure("buffered_records")).isZero();
  }

  @Test
  void aCommitThatDoesNotComeIsTakenBack() throws Exception {
    Later later = new Later();
    Delivery delivery =
        start(
            later,
            null,
            "flush_mode",
            "immediate",
            "delayed_commit_timeout",
            "0.2",
            "retry_wait",
            "0.05");
    delivery.emit("t", event(1));
    await(() -> later.commits.size() == 2);
    assertThat(log()).contains("failed to flush the buffer chunk, timeout to commit. chunk_id=");
    later.commits.getFirst().commit(); // of the first try, which is over
    assertThat(figure("buffered_records")).isEqualTo(1);
    await(
        () -> {
          later.commits.getLast().commit(); // of the present try, which may be over as well by now
          return figure("buffered_records") == 0;
        });
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
