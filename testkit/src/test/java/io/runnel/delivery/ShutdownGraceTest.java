package io.runnel.delivery;

import static org.assertj.core.api.Assertions.assertThat;

import io.runnel.buffer.Fate;
import io.runnel.config.ConfigElement;
import io.runnel.config.Place;
import io.runnel.config.Problems;
import io.runnel.event.Event;
import io.runnel.event.EventStream;
import io.runnel.log.Level;
import io.runnel.plugin.BufferDefaults;
import io.runnel.plugin.BufferedOutput;
import io.runnel.plugin.Chunk;
import io.runnel.plugin.UnrecoverableException;
import io.runnel.testkit.Await;
import io.runnel.testkit.TestContext;
import java.io.IOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.Semaphore;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** What a stop does about a destination that does not answer. */
class ShutdownGraceTest {
  @TempDir Path directory;
  private final List<Delivery> open = new ArrayList<>();
  private final List<String> written = new CopyOnWriteArrayList<>();
  private final Semaphore begun = new Semaphore(0);
  private final CountDownLatch mayGo = new CountDownLatch(1);
  private final TestContext context = new TestContext();

  @AfterEach
  void close() {
    mayGo.countDown();
    open.forEach(Delivery::close);
    context.close();
  }

  private Delivery start(BufferedOutput output, String... pairs) throws IOException {
    ConfigElement match = new ConfigElement("match", "**", Place.NONE);
    ConfigElement buffer = new ConfigElement("buffer", "tag", Place.NONE);
    for (int i = 0; i < pairs.length; i += 2) {
      buffer.set(pairs[i], pairs[i + 1]);
    }
    match.add(buffer);
    BufferSettings settings =
        BufferSettings.resolve(match, BufferDefaults.none(), true, new Problems());
    Delivery delivery = new Delivery(settings, output, null, context);
    delivery.start();
    open.add(delivery);
    return delivery;
  }

  private String[] file(String grace) {
    String path = directory.resolve("buffer").toString();
    return new String[] {
      "@type", "file", "path", path, "flush_interval", "0.01s", "shutdown_grace", grace
    };
  }

  private static EventStream event(long n) {
    return EventStream.of(new Event(1_700_000_000L << 32, Map.of("n", n)));
  }

  /** Waits for an answer that does not come; ends with this error where it is interrupted. */
  private BufferedOutput hanging(Exception error) {
    return chunk -> {
      begun.release();
      try {
        mayGo.await();
      } catch (InterruptedException e) {
        written.add("interrupted");
        throw error == null ? e : error;
      }
    };
  }

  private void deliversWhatIsLeft() throws Exception {
    Delivery next = start(chunk -> written.add("whole " + chunk.records()), file("20"));
    Await.await(Await.DEADLINE, () -> "is left", next::isEmpty);
  }

  @Test
  void aHangingDeliveryIsInterruptedAndItsChunkStays() throws Exception {
    // whatever the client makes of the interruption: it is no verdict on the chunk
    for (Exception error :
        new Exception[] {null, new IOException("closed"), new UnrecoverableException("no", null)}) {
      written.clear();
      String[] pairs = file("0.1s");
      Delivery delivery = start(hanging(error), pairs);
      delivery.emit("a", event(1));
      begun.acquire();
      delivery.close();
      assertThat(written).containsExactly("interrupted");
      assertThat(delivery.retryState()).isEmpty();
      assertThat(context.log().texts(Level.WARN))
          .anyMatch(text -> text.contains("its chunk stays in the buffer for the next start"));
      deliversWhatIsLeft();
      assertThat(written).containsExactly("interrupted", "whole 1");
    }
  }

  /** A limit of retries that is reached by the interruption drops nothing either. */
  @Test
  void anInterruptionIsNoFailedTry() throws Exception {
    List<String> pairs = new ArrayList<>(List.of(file("0.1s")));
    pairs.addAll(List.of("retry_max_times", "0"));
    Delivery delivery = start(hanging(null), pairs.toArray(String[]::new));
    delivery.emit("a", event(1));
    begun.acquire();
    delivery.close();
    deliversWhatIsLeft();
    assertThat(written).containsExactly("interrupted", "whole 1");
  }

  @Test
  void oneThatTakesNoNoticeIsLeftAloneAndCannotRemoveTheChunkLater() throws Exception {
    CountDownLatch ended = new CountDownLatch(1);
    Delivery delivery =
        start(
            chunk -> {
              begun.release();
              while (mayGo.getCount() > 0) {
                try {
                  mayGo.await();
                } catch (InterruptedException e) {
                  written.add("ignored");
                }
              }
              ended.countDown();
            },
            file("0.1s"));
    delivery.emit("a", event(1));
    begun.acquire();
    delivery.close();
    assertThat(context.log().texts(Level.WARN))
        .anyMatch(text -> text.contains("takes no notice of its interruption"));
    mayGo.countDown();
    ended.await();
    deliversWhatIsLeft();
    assertThat(written).containsExactly("ignored", "whole 1");
  }

  @Test
  void inMemoryTheEventsAreLostAndCounted() throws Exception {
    Delivery delivery =
        start(
            hanging(null), "@type", "memory", "flush_interval", "0.01s", "shutdown_grace", "0.1s");
    delivery.emit("a", event(1));
    begun.acquire();
    delivery.emit("a", event(2));
    delivery.emit("b", event(3));
    delivery.close();
    assertThat(written).containsExactly("interrupted");
    assertThat(delivery.balance().removed(Fate.SHUTDOWN)).isEqualTo(3);
    assertThat(delivery.balance().missing()).isZero();
    assertThat(context.log().texts(Level.WARN))
        .anyMatch(text -> text.contains("its events are lost"))
        .anyMatch(text -> text.contains("buffered data is lost at shutdown"));
  }

  /** The grace is that of one delivery: what goes on slowly is flushed to its end. */
  @Test
  void aSlowDestinationIsNotInterrupted() throws Exception {
    Delivery delivery =
        start(
            new BufferedOutput() {
              @Override
              public void write(Chunk chunk) throws Exception {
                Thread.sleep(300);
                written.add(chunk.tag());
              }
            },
            "@type",
            "memory",
            "flush_interval",
            "60s",
            "shutdown_grace",
            "2s");
    for (int i = 0; i < 10; i++) {
      delivery.emit("tag" + i, event(i));
    }
    delivery.close();
    assertThat(written).hasSize(10);
    assertThat(delivery.balance().removed(Fate.SHUTDOWN)).isZero();
  }
}
