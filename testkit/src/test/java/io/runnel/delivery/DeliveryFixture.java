package io.runnel.delivery;

import static org.assertj.core.api.Assertions.assertThat;

import io.runnel.config.ConfigElement;
import io.runnel.config.Place;
import io.runnel.config.Problems;
import io.runnel.event.Event;
import io.runnel.event.EventStream;
import io.runnel.host.ProcessMemory;
import io.runnel.plugin.BufferDefaults;
import io.runnel.plugin.BufferedOutput;
import io.runnel.plugin.Chunk;
import io.runnel.plugin.SystemSettings;
import io.runnel.testkit.TestContext;
import java.io.IOException;
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
import java.util.function.BooleanSupplier;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.io.TempDir;

/** One output with its threads, at the machine's clock, for the tests of delivery. */
abstract class DeliveryFixture {
  @TempDir Path directory;
  final List<Delivery> open = new ArrayList<>();
  TestContext context;

  @AfterEach
  void close() {
    open.forEach(Delivery::close);
    if (context != null) {
      context.close();
    }
  }

  Delivery start(BufferedOutput primary, BufferedOutput secondary, String... pairs)
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
  boolean held;

  /** A process that has so little memory for buffers. */
  ProcessMemory memory = ProcessMemory.ofHeap();

  static EventStream event(long n) {
    return EventStream.of(new Event(1_700_000_000L << 32, Map.of("n", n)));
  }

  static void await(BooleanSupplier condition) throws InterruptedException {
    long end = System.nanoTime() + Duration.ofSeconds(10).toNanos();
    while (!condition.getAsBoolean()) {
      assertThat(System.nanoTime()).as("deadline").isLessThan(end);
      Thread.sleep(2);
    }
  }

  long figure(String name) {
    return context.metrics().snapshot().get(name);
  }

  String log() {
    return String.join("\n", context.log().texts());
  }

  /** Keeps what it is given; fails as it is told. */
  static class Receiver implements BufferedOutput {
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
}
