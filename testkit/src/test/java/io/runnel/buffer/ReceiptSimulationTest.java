package io.runnel.buffer;

import static org.assertj.core.api.Assertions.assertThat;

import io.runnel.event.EventBuilder;
import io.runnel.event.EventStream;
import io.runnel.testkit.FaultyDisk;
import io.runnel.testkit.ManualClock;
import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.TreeMap;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/**
 * A sender that sends each message until it is acknowledged, and a receiver that dies at every
 * single operation of the disk. After the end of the process each event is there once; after a
 * power loss none that was acknowledged is missing.
 */
class ReceiptSimulationTest {
  private static final int MESSAGES = 8;
  private static final int OPERATIONS_AT_MOST = 2_000;
  private static final Metadata[] KEYS = {
    Metadata.of(null, "a", null), Metadata.of(null, "b", null)
  };

  private final ManualClock clock = ManualClock.standard();

  /** By chunk: one whose deletion is cut short comes again under its id. */
  private final Map<String, List<Long>> delivered = new TreeMap<>();

  private final List<Integer> acknowledged = new ArrayList<>();
  private Random random;
  private FaultyDisk disk;
  private Buffer buffer;
  private MessageMemory memory;

  @BeforeEach
  void forgetWhatOtherTestsTouched() {
    PendingSync.forget();
    Origin.leave();
  }

  private void begin(long seed) {
    delivered.clear();
    acknowledged.clear();
    random = new Random(seed);
    disk = new FaultyDisk(random, clock);
  }

  private void open() throws IOException {
    PendingSync.forget();
    Origin.leave();
    memory = new MessageMemory(clock);
    FileLayout layout = FileLayout.ofPattern(Path.of("/b/buffer.*.log"), List.of(), null);
    FileSettings settings =
        new FileSettings(
            layout, Compression.TEXT, ChunkFormat.EVENTS, null, null, true, false, true);
    FileStore store = new FileStore(disk, settings, clock, random, new Quiet(), memory);
    // small chunks: a message goes into several of them
    buffer =
        new Buffer(
            new BufferLimits(300, 1000, 0.95, 1 << 30, 1), store, new Quiet(), clock::millis);
    buffer.resume();
  }

  /** The events of a message: numbers that say which message and which event. */
  private static List<Batch> events(int message) {
    List<Batch> batches = new ArrayList<>();
    for (int key = 0; key < KEYS.length; key++) {
      EventBuilder builder = new EventBuilder();
      int count = 2 + message % 5;
      for (int n = 0; n < count; n++) {
        builder.add(1L << 32, Map.of("n", message * 1000L + key * 100 + n, "pad", "x".repeat(40)));
      }
      EventStream stream = builder.take();
      batches.add(
          new Batch(KEYS[key], stream.bytes(), stream.offset(), stream.length(), count, null));
    }
    return batches;
  }

  private void send(int message) throws IOException, InterruptedException {
    byte[] id = ("chunk-" + message).getBytes(StandardCharsets.US_ASCII);
    try (MessageMemory.Message taken = memory.begin(id, 0, id.length, 0, id.length)) {
      if (!taken.isKnown()) {
        for (Batch batch : events(message)) { // as if filters had split it: two emits
          List<Batch> one = List.of(batch);
          buffer.append(one, false, Receipt.of(buffer, one));
        }
        PendingSync.awaitAll();
        taken.safe();
      }
    }
    acknowledged.add(message);
  }

  /** Something that nobody sends again grows in the same chunks. */
  private void other(int number) throws IOException {
    EventBuilder builder = new EventBuilder();
    builder.add(1L << 32, Map.of("n", -1L - number));
    EventStream stream = builder.take();
    Batch batch = new Batch(KEYS[0], stream.bytes(), stream.offset(), stream.length(), 1, null);
    buffer.append(List.of(batch), false);
  }

  private void deliver(boolean all) throws IOException {
    buffer.enqueue(chunk -> all || random.nextBoolean(), true);
    for (StoredChunk chunk = buffer.take(); chunk != null; chunk = buffer.take()) {
      List<Long> numbers = new ArrayList<>();
      try (PackedReader reader = new PackedReader(chunk.openRaw(), true)) {
        while (reader.next()) {
          EventStream.packed(reader.bytes(), 0, reader.length(), reader.count())
              .events()
              .forEach(event -> numbers.add((Long) event.record().get("n")));
        }
      }
      delivered.put(chunk.hexId(), numbers);
      buffer.purge(chunk, Fate.DELIVERED);
    }
  }

  private void run(int first) throws IOException, InterruptedException {
    for (int message = first; message < MESSAGES; message++) {
      other(message);
      send(message);
      if (message % 3 == 2) {
        deliver(false);
      }
    }
  }

  private void finish(int first) throws IOException, InterruptedException {
    open();
    if (first > 0) {
      send(first - 1); // its acknowledgement got lost
    }
    run(first);
    deliver(true);
    buffer.close();
  }

  private int firstUnanswered() {
    return acknowledged.isEmpty() ? 0 : acknowledged.getLast() + 1;
  }

  private static List<Long> expected() {
    List<Long> numbers = new ArrayList<>();
    for (int message = 0; message < MESSAGES; message++) {
      for (int key = 0; key < KEYS.length; key++) {
        for (int n = 0; n < 2 + message % 5; n++) {
          numbers.add(message * 1000L + key * 100 + n);
        }
      }
    }
    return numbers;
  }

  @Test
  void aReceiverThatDiesAnywhereStoresEachMessageOnce() throws Exception {
    int operations = 0;
    boolean stopped = true;
    while (stopped && operations < OPERATIONS_AT_MOST) {
      begin(operations);
      open();
      disk.stopAfter(operations);
      stopped = false;
      try {
        run(0);
      } catch (FaultyDisk.Stopped e) {
        stopped = true;
      }
      disk.processEnds();
      finish(firstUnanswered());
      assertThat(numbers())
          .as("stopped at operation %d", operations)
          .containsExactlyElementsOf(expected());
      operations++;
    }
    assertThat(operations).isBetween(100, OPERATIONS_AT_MOST - 1);
  }

  /** The events of messages that were delivered. */
  private List<Long> numbers() {
    return delivered.values().stream()
        .flatMap(List::stream)
        .filter(number -> number >= 0)
        .sorted()
        .toList();
  }

  @Test
  void afterAPowerLossNothingAcknowledgedIsMissing() throws Exception {
    for (int seed = 0; seed < 400; seed++) {
      begin(seed);
      open();
      disk.stopAfter(random.nextInt(400));
      try {
        run(0);
      } catch (FaultyDisk.Stopped e) {
        // on to the power loss
      }
      disk.powerFails();
      finish(firstUnanswered());
      assertThat(numbers()).as("seed %d", seed).containsAll(expected());
    }
  }

  @Test
  void anIdThatIsUsedAgainForOtherEventsLosesNothing() throws Exception {
    begin(1);
    open();
    byte[] id = {1, 2, 3, 'a', 'b'};
    for (int message = 0; message < 2; message++) {
      try (MessageMemory.Message taken = memory.begin(id, 0, 3, 3, 4 + message)) {
        assertThat(taken.isKnown()).isFalse();
        List<Batch> batches = events(message).subList(0, 1);
        AppendResult result = buffer.append(batches, false, Receipt.of(buffer, batches));
        assertThat(result.repeated()).isFalse();
        taken.safe();
      }
    }
    assertThat(buffer.records()).isEqualTo(2 + 3);
    buffer.close();
  }

  @Test
  void ofTwoConnectionsThatSendTheSameOneWaits() throws Exception {
    begin(1);
    open();
    byte[] id = {1, 2, 3};
    List<Thread> threads = new ArrayList<>();
    for (int i = 0; i < 8; i++) {
      threads.add(
          Thread.startVirtualThread(
              () -> {
                try (MessageMemory.Message taken = memory.begin(id, 0, 3, 0, 3)) {
                  if (!taken.isKnown()) {
                    List<Batch> batches = events(1).subList(0, 1);
                    buffer.append(batches, false, Receipt.of(buffer, batches));
                    PendingSync.awaitAll();
                    taken.safe();
                  }
                } catch (IOException e) {
                  throw new UncheckedIOException(e);
                } catch (InterruptedException e) {
                  Thread.currentThread().interrupt();
                }
              }));
    }
    for (Thread thread : threads) {
      assertThat(thread.join(Duration.ofSeconds(20))).isTrue();
    }
    assertThat(buffer.records()).isEqualTo(3);
    buffer.close();
  }

  @Test
  void buffersOfOneFamilyStandInForEachOther() throws Exception {
    begin(1);
    open();
    buffer.receipts().join("out");
    Buffer first = buffer;
    MemoryStore store =
        new MemoryStore(
            Compression.TEXT, clock, random, new io.runnel.host.BufferMemory(1 << 20), memory);
    Buffer second =
        new Buffer(new BufferLimits(9999, 99, 1, 9999, 1), store, new Quiet(), clock::millis);
    second.receipts().join("out");
    List<Batch> batches = events(1).subList(0, 1);
    byte[] id = {7};
    try (MessageMemory.Message taken = memory.begin(id, 0, 1, 0, 1)) {
      first.append(batches, false, Receipt.of(first, batches));
    }
    try (MessageMemory.Message taken = memory.begin(id, 0, 1, 0, 1)) {
      assertThat(taken.isKnown()).isFalse(); // it was not said to be safe
      assertThat(second.append(batches, false, Receipt.of(second, batches)).repeated()).isTrue();
    }
    first.close();
    second.close();
  }

  @Test
  void whatIsOldOrTooMuchIsForgotten() throws Exception {
    begin(1);
    open();
    memory.want(3, Duration.ofHours(1));
    List<Batch> batches = events(0).subList(0, 1);
    for (long id = 0; id < 5; id++) {
      buffer.append(batches, false, new Receipt(id, 1));
    }
    assertThat(buffer.append(batches, false, new Receipt(1, 1)).repeated()).isFalse();
    assertThat(buffer.append(batches, false, new Receipt(4, 1)).repeated()).isTrue();
    clock.advance(Duration.ofMinutes(61));
    assertThat(buffer.append(batches, false, new Receipt(4, 1)).repeated()).isFalse();
    buffer.close();
  }

  /** Says nothing and keeps nothing. */
  private static final class Quiet implements BufferReport {
    @Override
    public void warn(String message, Throwable error, Object... attributes) {}

    @Override
    public void info(String message, Object... attributes) {}

    @Override
    public void debug(String message, Object... attributes) {}

    @Override
    public String setAside(String hexId, InputStream content) throws IOException {
      content.readAllBytes();
      return "nowhere";
    }
  }
}
