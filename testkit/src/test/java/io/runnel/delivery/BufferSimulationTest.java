package io.runnel.delivery;

import static org.assertj.core.api.Assertions.assertThat;

import io.runnel.buffer.Fate;
import io.runnel.buffer.PendingSync;
import io.runnel.config.ConfigElement;
import io.runnel.config.Place;
import io.runnel.config.Problems;
import io.runnel.event.Event;
import io.runnel.event.EventStream;
import io.runnel.event.EventTime;
import io.runnel.plugin.BufferDefaults;
import io.runnel.plugin.BufferedOutput;
import io.runnel.plugin.Chunk;
import io.runnel.plugin.EmitException;
import io.runnel.testkit.FaultyDisk;
import io.runnel.testkit.ManualClock;
import io.runnel.testkit.Seeds;
import io.runnel.testkit.TestContext;
import java.io.IOException;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.Set;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/**
 * Random emits, commits, flushes, failures, crashes and power losses against a model. What was
 * committed must be delivered, nothing may be delivered altered, order holds within a chunk, and
 * the books balance. A failure names its seed.
 */
class BufferSimulationTest {
  private static final int SEEDS_PER_BLOCK = 500;
  private static final int ACTIONS = 60;

  @ParameterizedTest
  @ValueSource(ints = {0, 1, 2, 3, 4, 5})
  void nothingCommittedIsLost(int block) {
    Seeds.each(
        BufferSimulationTest.class,
        block * 1000L,
        SEEDS_PER_BLOCK,
        Duration.ofSeconds(6),
        seed -> {
          Simulation simulation = new Simulation(seed);
          try {
            simulation.run();
            return simulation.faults;
          } catch (AssertionError | Exception e) {
            String history = String.join("\n  ", simulation.history);
            throw new AssertionError(e.getMessage() + "\n  " + history, e);
          }
        });
  }

  /** One run. */
  private static final class Simulation {
    private final Random random;
    private final ManualClock clock = ManualClock.standard();
    private final FaultyDisk disk;
    private final BufferSettings settings;
    private final Set<Integer> accepted = new HashSet<>();
    private final Set<Integer> sinceCommit = new HashSet<>();
    private final Set<Integer> committed = new HashSet<>();
    private final Map<Integer, Integer> delivered = new HashMap<>();
    private final List<String> history = new ArrayList<>();
    private TestContext context;
    private Delivery delivery;
    private boolean outputFails;
    private boolean crashed;
    private boolean booksMayLag;
    private int next = 1;
    private long faults;

    Simulation(long seed) {
      random = new Random(seed);
      disk = new FaultyDisk(random, clock);
      settings = settings();
    }

    private BufferSettings settings() {
      ConfigElement output = new ConfigElement("match", "**", Place.NONE);
      ConfigElement buffer =
          new ConfigElement("buffer", pick("tag", "[]", "tag,k", "time", "$.n.k"), Place.NONE);
      boolean single = buffer.argument().equals("tag") && random.nextBoolean();
      buffer.set("@type", single ? "file_single" : "file");
      buffer.set("path", "/data/buf");
      buffer.set("chunk_limit_size", pick("300", "2000", "20000"));
      buffer.set("retry_forever", "true");
      buffer.set("compress", pick("text", "text", "text", "gzip", "zstd"));
      if (buffer.argument().equals("time")) {
        buffer.set("timekey", "10");
        buffer.set("timekey_wait", "5");
      } else {
        buffer.set("flush_mode", pick("interval", "immediate", "lazy"));
      }
      output.add(buffer);
      return BufferSettings.resolve(output, BufferDefaults.none(), true, new Problems());
    }

    private String pick(String... choices) {
      return choices[random.nextInt(choices.length)];
    }

    void run() throws Exception {
      open();
      for (int i = 0; i < ACTIONS; i++) {
        int chance = random.nextInt(100);
        if (chance < 6) {
          faults++;
          disk.stopAfter(random.nextInt(12));
        }
        try {
          act();
          checkBooks();
        } catch (FaultyDisk.Stopped e) {
          crash();
        }
      }
      finish();
    }

    private void act() throws Exception {
      switch (random.nextInt(16)) {
        case 0, 1, 2, 3, 4 -> emit();
        case 5, 6 -> commit();
        case 7, 8, 9 -> flush();
        case 10 -> clock.advanceMillis(random.nextInt(30_000));
        case 11 -> outputFails = random.nextInt(3) == 0;
        case 12 -> {
          boolean full = random.nextInt(3) == 0;
          booksMayLag |= full;
          disk.space(full ? random.nextInt(3000) : Long.MAX_VALUE);
        }
        case 13 -> disk.failSyncs(random.nextInt(4) == 0 ? 1 : 0);
        case 14 -> delivery.flushNow();
        default -> {
          if (random.nextInt(4) == 0) {
            restart();
          }
        }
      }
    }

    private void open() throws IOException {
      context =
          new TestContext()
              .clock(clock)
              .random(random)
              .id("sim")
              .system(
                  new io.runnel.plugin.SystemSettings(
                      "sim",
                      "sim.conf",
                      java.util.Optional.of(Path.of("/data/root")),
                      Path.of("/data/backup"),
                      java.util.Optional.empty(),
                      java.util.Optional.empty(),
                      false,
                      "host"));
      delivery = new Delivery(settings, new Output(), null, context, disk);
      delivery.startWithoutThreads();
      history.add("opened: " + context.log().texts());
    }

    private void emit() {
      List<Event> events = new ArrayList<>();
      List<Integer> numbers = new ArrayList<>();
      for (int i = random.nextInt(12); i >= 0; i--) {
        Map<String, Object> record = new LinkedHashMap<>();
        record.put("seq", (long) next);
        record.put("k", "v" + random.nextInt(2));
        record.put("n", Map.of("k", (long) random.nextInt(2)));
        record.put("pad", pad(next));
        numbers.add(next++);
        long seconds = 1_700_000_000L + random.nextInt(30);
        events.add(new Event(EventTime.pack(seconds, 0), record));
      }
      history.add("emit " + numbers);
      try {
        delivery.emit("tag" + random.nextInt(2), EventStream.of(events));
        accepted.addAll(numbers);
        sinceCommit.addAll(numbers);
      } catch (EmitException e) {
        history.add("  refused: " + e.getMessage());
        if (!e.getMessage().contains("is larger than")) {
          refused.addAll(numbers);
        }
      }
    }

    private final Set<Integer> refused = new HashSet<>();

    private static String pad(int number) {
      return ("p" + number + "-").repeat(number * 7 % 23);
    }

    private void commit() {
      try {
        PendingSync.awaitAll();
        committed.addAll(sinceCommit);
        history.add("commit " + sinceCommit);
      } catch (IOException e) {
        history.add("commit failed: " + e.getMessage());
      }
      sinceCommit.clear();
    }

    private void flush() {
      delivery.enqueuer().step();
      for (int i = random.nextInt(4); i > 0 && delivery.flusher().waitMillis() == 0; i--) {
        delivery.flusher().flushOne();
      }
    }

    private void restart() throws IOException {
      history.add("restart");
      delivery.buffer().close();
      newProcess();
    }

    private void crash() throws IOException {
      crashed = true;
      boolean power = random.nextBoolean();
      history.add(power ? "power fails" : "killed");
      if (power) {
        booksMayLag = true; // they are not synced
        disk.powerFails();
      }
      newProcess();
    }

    private void newProcess() throws IOException {
      disk.processEnds();
      disk.space(Long.MAX_VALUE);
      try {
        PendingSync.awaitAll();
      } catch (IOException ignored) {
        // of the process that is gone
      }
      sinceCommit.clear();
      open();
    }

    private void checkBooks() {
      Map<String, Long> m = context.metrics().snapshot();
      long in = m.get("stored_records") + m.get("resumed_records");
      long out =
          m.get("delivered_records")
              + m.get("buffered_records")
              + m.get("dropped_unrecoverable_records")
              + m.get("dropped_damaged_records");
      assertThat(out).as("books: %s", m).isEqualTo(in);
      assertThat(delivery.balance().missing()).as("books over all runs").isZero();
    }

    private void finish() throws Exception {
      outputFails = false;
      disk.stopAfter(Long.MAX_VALUE);
      disk.failSyncs(0);
      commit();
      restart();
      for (int i = 0; i < 3; i++) {
        clock.advanceMillis(100_000);
        delivery.flushNow();
        while (delivery.flusher().flushOne()) {
          checkBooks();
        }
      }
      assertThat(delivery.buffer().records()).as("left over").isZero();
      for (int number : committed) {
        assertThat(delivered).as("committed").containsKey(number);
      }
      if (!crashed) {
        for (int number : accepted) {
          assertThat(delivered.get(number)).as("event %d", number).isEqualTo(1);
        }
        for (int number : refused) {
          assertThat(delivered).as("refused").doesNotContainKey(number);
        }
      }
      assertThat(disk.list(Path.of("/data/buf")))
          .as("files left")
          .allMatch(file -> file.getFileName().toString().endsWith(".books"));
      if (!booksMayLag) {
        long total = delivered.values().stream().mapToLong(count -> count).sum();
        assertThat(delivery.balance().removed(Fate.DELIVERED))
            .as("delivered, by the books")
            .isBetween((long) delivered.size(), total);
      }
    }

    /** Takes every chunk apart; fails now and then after it has read all. */
    private final class Output implements BufferedOutput {
      @Override
      public void write(Chunk chunk) throws IOException {
        Map<Integer, Integer> found = new HashMap<>();
        int[] last = {0};
        chunk.eachStream(
            stream -> {
              for (Event event : stream.events()) {
                int number = ((Long) event.record().get("seq")).intValue();
                assertThat(event.record().get("pad")).isEqualTo(pad(number));
                assertThat(number).as("order in chunk").isGreaterThan(last[0]);
                last[0] = number;
                found.merge(number, 1, Integer::sum);
              }
            });
        assertThat(found).as("records of %s", chunk).hasSize(chunk.records());
        if (outputFails) {
          throw new IOException("the receiver is away");
        }
        history.add("delivered " + found.keySet());
        found.forEach((number, count) -> delivered.merge(number, count, Integer::sum));
      }
    }
  }
}
