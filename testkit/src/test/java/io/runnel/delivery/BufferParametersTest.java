package io.runnel.delivery;

import static org.assertj.core.api.Assertions.assertThat;

import io.runnel.config.ConfigElement;
import io.runnel.config.Problems;
import io.runnel.event.Event;
import io.runnel.event.EventStream;
import io.runnel.plugin.BufferDefaults;
import io.runnel.plugin.BufferedOutput;
import io.runnel.plugin.Chunk;
import io.runnel.plugin.SystemSettings;
import io.runnel.plugin.UnrecoverableException;
import io.runnel.testkit.Await;
import io.runnel.testkit.ManualClock;
import io.runnel.testkit.TestContext;
import io.runnel.testkit.TestPlugins;
import java.io.IOException;
import java.io.InputStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import java.util.function.Predicate;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** What each parameter of {@code <buffer>} changes for an operator, by a clock set by hand. */
class BufferParametersTest {
  private static final long NOW = 1_700_000_000L;

  @TempDir Path directory;
  private final ManualClock clock = ManualClock.standard();
  private final List<Delivery> open = new ArrayList<>();
  private final Receiver receiver = new Receiver();
  private TestContext context;

  @AfterEach
  void close() {
    open.forEach(Delivery::close);
    if (context != null) {
      context.close();
    }
  }

  /** Keeps what it is given, or fails. */
  private static class Receiver implements BufferedOutput {
    final List<String> got = new CopyOnWriteArrayList<>();
    volatile Exception failure;

    @Override
    public void write(Chunk chunk) throws Exception {
      if (failure != null) {
        throw failure;
      }
      try (InputStream content = chunk.open()) {
        got.add(new String(content.readAllBytes(), StandardCharsets.ISO_8859_1));
      }
    }
  }

  /**
   * An output with this buffer, whose threads do not run: a test says what happens when.
   *
   * @param buffer content of the section
   */
  private Delivery stepped(String keys, String buffer) throws IOException {
    Delivery delivery = delivery(receiver, null, keys, buffer, true);
    delivery.startWithoutThreads();
    return delivery;
  }

  private Delivery running(Receiver primary, String buffer) throws IOException {
    Delivery delivery = delivery(primary, null, "tag", buffer, false);
    delivery.start();
    return delivery;
  }

  private Delivery delivery(
      Receiver primary, Receiver secondary, String keys, String buffer, boolean manual) {
    ConfigElement output =
        TestPlugins.section("match", "<buffer " + keys + ">\n" + buffer + "\n</buffer>");
    BufferSettings settings =
        BufferSettings.resolve(output, BufferDefaults.none(), true, new Problems());
    context = new TestContext().id("out").system(system());
    if (manual) {
      context.clock(clock);
    }
    Delivery delivery = new Delivery(settings, primary, secondary, context);
    open.add(delivery);
    return delivery;
  }

  private SystemSettings system() {
    return new SystemSettings(
        "test",
        "test.conf",
        Optional.of(directory.resolve("root")),
        directory.resolve("backup"),
        Optional.empty(),
        Optional.empty(),
        false,
        "host");
  }

  /** A file buffer in the folder {@code b}. */
  private String file(String more) {
    return "@type file\npath " + directory.resolve("b") + "\n" + more;
  }

  private List<Path> files(Predicate<String> wanted) throws IOException {
    try (Stream<Path> files = Files.list(directory.resolve("b"))) {
      return files.filter(file -> wanted.test(file.getFileName().toString())).toList();
    }
  }

  private static EventStream events(int count) {
    List<Event> events = new ArrayList<>();
    for (int i = 0; i < count; i++) {
      events.add(new Event(NOW << 32, Map.of("m", "x".repeat(20))));
    }
    return EventStream.of(events);
  }

  private static EventStream at(long seconds) {
    return EventStream.of(new Event(seconds << 32, Map.of("m", 1L)));
  }

  /** Fails once and says for how long the next try has to wait, in milliseconds. */
  private long fail(Delivery delivery) {
    receiver.failure = new IOException("refused");
    delivery.flusher().flushOne();
    return delivery.flusher().waitMillis();
  }

  /** The waits after several failures, one after the other, in milliseconds. */
  private List<Long> waits(String buffer, int count) throws IOException {
    Delivery delivery = stepped("", "flush_mode immediate\n" + buffer);
    delivery.emit("t", events(1));
    List<Long> waits = new ArrayList<>();
    for (int i = 0; i < count; i++) {
      waits.add(fail(delivery));
      clock.advanceMillis(waits.getLast());
    }
    return waits;
  }

  // --- waits between tries

  @Test
  void retryWaitIsTheFirstWaitAndTheUnitOfTheOthers() throws IOException {
    assertThat(waits("retry_randomize false\nretry_wait 3s", 3))
        .containsExactly(3000L, 6000L, 12_000L);
  }

  @Test
  void retryTypePeriodicWaitsEquallyLong() throws IOException {
    assertThat(waits("retry_randomize false\nretry_type periodic", 3))
        .containsExactly(1000L, 1000L, 1000L);
  }

  @Test
  void retryExponentialBackoffBaseIsTheFactorBetweenWaits() throws IOException {
    assertThat(waits("retry_randomize false\nretry_exponential_backoff_base 3", 3))
        .containsExactly(1000L, 3000L, 9000L);
  }

  @Test
  void retryMaxIntervalIsTheLongestWait() throws IOException {
    assertThat(waits("retry_randomize false\nretry_max_interval 3s", 4))
        .containsExactly(1000L, 2000L, 3000L, 3000L);
  }

  @Test
  void retryRandomizeFalseMakesWaitsExact() throws IOException {
    assertThat(waits("retry_randomize false", 5))
        .containsExactly(1000L, 2000L, 4000L, 8000L, 16_000L);
    clock.advanceMillis(1);
    assertThat(waits("retry_randomize true", 5)).isNotEqualTo(waits("retry_randomize false", 5));
  }

  @Test
  void retrySecondaryThresholdSaysWhenTheSecondaryTakesOver() throws IOException {
    Receiver secondary = new Receiver();
    receiver.failure = new IOException("refused");
    Delivery delivery =
        delivery(
            receiver,
            secondary,
            "",
            "flush_mode immediate\nretry_timeout 100s\nretry_secondary_threshold 0.1",
            true);
    delivery.startWithoutThreads();
    delivery.emit("t", events(1));
    delivery.flusher().flushOne();
    clock.advanceMillis(9_999);
    delivery.flusher().flushOne();
    assertThat(secondary.got).isEmpty();
    clock.advanceMillis(1);
    delivery.flusher().flushOne();
    assertThat(secondary.got).hasSize(1);
  }

  // --- what is queued, and when

  @Test
  void chunkLimitRecordsEndsAChunk() throws IOException {
    Delivery delivery = stepped("", "chunk_limit_records 3");
    for (int i = 0; i < 4; i++) {
      delivery.emit("t", events(1));
    }
    assertThat(delivery.buffer().queuedRecords()).isEqualTo(3);
    assertThat(delivery.buffer().records()).isEqualTo(4);
  }

  @Test
  void chunkFullThresholdQueuesAChunkBeforeItIsFull() throws IOException {
    Delivery delivery = stepped("", "chunk_limit_records 10\nchunk_full_threshold 0.5");
    delivery.emit("t", events(4));
    assertThat(delivery.buffer().hasQueued()).isFalse();
    delivery.emit("t", events(1));
    assertThat(delivery.buffer().queuedRecords()).isEqualTo(5);
  }

  @Test
  void queuedChunksLimitSizeIsHowManyChunksAreQueuedAtOnce() throws IOException {
    Delivery delivery = stepped("tag", "flush_interval 1s\nqueued_chunks_limit_size 2");
    for (String tag : List.of("a", "b", "c")) {
      delivery.emit(tag, events(1));
    }
    clock.advanceMillis(1000);
    delivery.enqueuer().step();
    assertThat(delivery.buffer().queueLength()).isEqualTo(2);
  }

  @Test
  void timekeyWaitKeepsASliceOpenForLateEvents() throws IOException {
    Delivery delivery = stepped("time", "timekey 100s\ntimekey_wait 30s");
    delivery.emit("t", at(NOW));
    clock.advanceMillis(129_999);
    delivery.enqueuer().step();
    assertThat(delivery.buffer().hasQueued()).isFalse();
    clock.advanceMillis(1);
    delivery.enqueuer().step();
    assertThat(delivery.buffer().hasQueued()).isTrue();
  }

  @Test
  void timekeyUseUtcCutsDaysAtMidnightOfUtc() throws IOException {
    String zone = "timekey 1d\ntimekey_zone +09:00\n"; // 22:13:20 UTC is the next day there
    Delivery local = stepped("time", zone);
    local.emit("t", at(NOW));
    assertThat(local.timekeys()).containsExactly(1_699_974_000L);
    Delivery utc = stepped("time", zone + "timekey_use_utc true");
    utc.emit("t", at(NOW));
    assertThat(utc.timekeys()).containsExactly(1_699_920_000L);
  }

  // --- threads

  @Test
  void flushThreadCountIsHowManyChunksAreDeliveredAtOnce() throws Exception {
    CountDownLatch both = new CountDownLatch(2);
    Receiver meeting =
        new Receiver() {
          @Override
          public void write(Chunk chunk) throws Exception {
            both.countDown();
            if (both.await(Await.DEADLINE.toMillis(), TimeUnit.MILLISECONDS)) {
              super.write(chunk);
            }
          }
        };
    Delivery delivery = running(meeting, "flush_mode immediate\nflush_thread_count 2");
    delivery.emit("a", events(1));
    delivery.emit("b", events(1));
    Await.await(() -> meeting.got.size() == 2);
  }

  @Test
  void flushThreadBurstIntervalIsAPauseBetweenChunks() throws Exception {
    CountDownLatch queued = new CountDownLatch(1);
    List<Long> times = new CopyOnWriteArrayList<>();
    Receiver timed =
        new Receiver() {
          @Override
          public void write(Chunk chunk) throws Exception {
            queued.await(10, TimeUnit.SECONDS);
            times.add(System.nanoTime());
          }
        };
    Delivery delivery = running(timed, "flush_mode immediate\nflush_thread_burst_interval 0.3");
    delivery.emit("a", events(1));
    delivery.emit("b", events(1));
    queued.countDown();
    Await.await(() -> times.size() == 2);
    assertThat(times.get(1) - times.get(0)).isGreaterThan(300_000_000L);
  }

  // --- files

  @Test
  void compressMakesTheFilesSmaller() throws IOException {
    Delivery delivery = stepped("", file("compress gzip"));
    delivery.emit("t", events(50));
    Path chunk = files(name -> name.endsWith(".log")).getFirst();
    assertThat(Files.readAllBytes(chunk)).startsWith(0x1f, 0x8b);
    delivery.flushNow();
    delivery.flusher().flushOne();
    assertThat(receiver.got).singleElement().asString().contains("x".repeat(20)); // as it was
  }

  @Test
  void decompressionSizeLimitProtectsTheReader() throws IOException {
    Delivery delivery =
        stepped("", file("compress gzip\ndecompression_size_limit 1k\nflush_mode immediate"));
    delivery.emit("t", events(100));
    delivery.flusher().flushOne();
    assertThat(receiver.got).isEmpty();
    assertThat(context.log().texts().toString()).contains("1024");
  }

  @Test
  void pathSuffixEndsTheNamesOfTheFiles() throws IOException {
    stepped("", file("path_suffix .buf")).emit("t", events(1));
    assertThat(files(name -> name.matches("buffer\\.b[0-9a-f]{32}\\.buf"))).hasSize(1);
  }

  @Test
  void dirPermissionIsThatOfTheFolder() throws IOException {
    stepped("", file("dir_permission 0710")).emit("t", events(1));
    assertThat(PosixFilePermissions.toString(Files.getPosixFilePermissions(directory.resolve("b"))))
        .isEqualTo("rwx--x---");
  }

  @Test
  void disableChunkBackupThrowsAwayWhatCannotBeDelivered() throws IOException {
    Delivery delivery = stepped("", "flush_mode immediate\ndisable_chunk_backup true");
    delivery.emit("t", events(1));
    receiver.failure = new UnrecoverableException("bad data");
    delivery.flusher().flushOne();
    assertThat(context.log().contains("disable_chunk_backup is true.")).isTrue();
    assertThat(delivery.buffer().records()).isZero();
    assertThat(directory.resolve("root")).doesNotExist();
  }

  /** A chunk of lines as Fluentd leaves it: without our checksums. */
  private String fluentdsLines() throws IOException {
    Path folder = Files.createDirectories(directory.resolve("b"));
    Path chunk = folder.resolve("fsb.app.b0123456789abcdef0123456789abcdef.buf");
    Files.writeString(chunk, "one\ntwo\nthree\n");
    return "@type file_single\nchunk_format text\npath " + folder + "\n";
  }

  @Test
  void chunkFormatSaysHowChunksOfFluentdAreCounted() throws IOException {
    assertThat(stepped("tag", fluentdsLines()).buffer().records()).isEqualTo(3);
  }

  @Test
  void calcNumRecordsFalseLeavesLinesUncounted() throws IOException {
    Delivery delivery = stepped("tag", fluentdsLines() + "calc_num_records false");
    assertThat(delivery.buffer().records()).isZero();
    assertThat(delivery.buffer().staged()).hasSize(1);
  }
}
