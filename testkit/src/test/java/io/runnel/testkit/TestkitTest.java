package io.runnel.testkit;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.runnel.config.PluginSection;
import io.runnel.event.Event;
import io.runnel.event.EventStream;
import io.runnel.event.EventTime;
import io.runnel.plugin.EmitException;
import io.runnel.plugin.UnrecoverableException;
import io.runnel.time.Zone;
import java.io.IOException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.zip.GZIPInputStream;
import org.junit.jupiter.api.Test;

class TestkitTest {
  @Test
  void sleepersWakeWhenTheClockIsMoved() throws InterruptedException {
    ManualClock clock = ManualClock.standard();
    List<Long> woken = new ArrayList<>();
    Thread thread =
        Thread.ofVirtual()
            .start(
                () -> {
                  try {
                    clock.sleep(Duration.ofSeconds(10).toNanos());
                    woken.add(clock.millis());
                  } catch (InterruptedException e) {
                    throw new AssertionError(e);
                  }
                });
    Await.await(() -> clock.sleepers() == 1);
    clock.advance(Duration.ofSeconds(9));
    assertThat(thread.join(Duration.ofMillis(20))).isFalse();
    clock.advance(Duration.ofSeconds(1));
    thread.join();
    assertThat(woken).containsExactly(1_700_000_010_000L);
  }

  @Test
  void anAdvancingClockIsMovedByItsSleepers() throws InterruptedException {
    ManualClock clock = ManualClock.advancing(5_000);
    clock.sleep(1_500_000_000L);
    assertThat(clock.millis()).isEqualTo(6_500);
    assertThat(clock.eventTime()).isEqualTo(EventTime.pack(6, 500_000_000));
    clock.setMillis(1_000);
    assertThat(clock.nanos()).isEqualTo(1_500_000_000L);
    assertThat(clock.millis()).isEqualTo(1_000);
  }

  @Test
  void chunksExpandPlaceholders() {
    MemoryChunk chunk =
        MemoryChunk.of("a.b.c", new Event(EventTime.pack(7, 0), Map.of("k", "v")))
            .withTimekey(1_700_000_000L, Zone.parse("+09:00"))
            .withVariables(Map.of("key", "x"));
    assertThat(chunk.expand("/p/${tag}/${tag[1]}/${tag[-1]}/${key}/%Y%m%d%H/${other}"))
        .isEqualTo("/p/a.b.c/b/c/x/2023111507/${other}");
    assertThat(chunk.expand("${chunk_id}")).hasSize(32).isEqualTo(chunk.hexId());
  }

  @Test
  void chunksGiveTheirEventsInBatches() throws IOException {
    List<Event> events = new ArrayList<>();
    for (int i = 0; i < 250; i++) {
      events.add(new Event(EventTime.pack(i, 0), Map.of("n", (long) i)));
    }
    MemoryChunk chunk = MemoryChunk.of("t", EventStream.of(events));
    List<Event> seen = new ArrayList<>();
    chunk.eachStream(stream -> seen.addAll(stream.events()));
    assertThat(seen).isEqualTo(events);
    assertThat(chunk.records()).isEqualTo(250);
    try (GZIPInputStream in = new GZIPInputStream(chunk.gzipped().openRaw())) {
      assertThat(in.readAllBytes()).isEqualTo(chunk.open().readAllBytes());
    }
    MemoryChunk broken = MemoryChunk.ofContent(new byte[] {(byte) 0x92, 1}, 1);
    assertThatThrownBy(() -> broken.eachStream(stream -> {}))
        .isInstanceOf(UnrecoverableException.class);
  }

  @Test
  void theEmitterKeepsOrRefuses() {
    try (TestContext context = new TestContext()) {
      RecordedEmitter emitter = context.emitter();
      emitter.emit("t", TestPlugins.stream(EventTime.pack(7, 0), Map.of("a", 1L)));
      assertThat(emitter.await(1)).containsExactly(Emitted.of("t", 7, Map.of("a", 1L)));
      emitter.refuse(new EmitException("full"));
      assertThatThrownBy(() -> emitter.emit("t", TestPlugins.stream(0, Map.of())))
          .hasMessage("full");
      emitter.commit();
      assertThat(emitter.committedEvents()).isEqualTo(1);
    }
  }

  @Test
  void whatThreadsThrowIsLogged() {
    try (TestContext context = new TestContext()) {
      context.start(
          "fails",
          () -> {
            throw new IllegalStateException("boom");
          });
      Await.await(() -> context.log().contains("boom"));
    }
  }

  @Test
  void unknownPluginsAreRefused() {
    try (TestContext context = new TestContext()) {
      PluginSection section =
          new PluginSection(TestPlugins.section("parse", "@type nope"), "nope", true);
      assertThatThrownBy(() -> context.parser(section))
          .hasMessageContaining("Unknown parser plugin 'nope'");
    }
  }
}
