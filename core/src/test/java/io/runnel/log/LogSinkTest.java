package io.runnel.log;

import static org.assertj.core.api.Assertions.assertThat;

import io.runnel.config.ConfigException;
import io.runnel.event.EventTime;
import io.runnel.event.Json;
import io.runnel.host.Clock;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;

class LogSinkTest {
  private final StringBuilder written = new StringBuilder();
  private final Time clock = new Time();

  private static final class Time implements Clock {
    private long millis = 1_700_000_000_000L;

    @Override
    public long millis() {
      return millis;
    }

    @Override
    public long nanos() {
      return millis * 1_000_000;
    }

    @Override
    public void sleep(long nanos) {}
  }

  private final LogTarget target =
      new LogTarget() {
        @Override
        public void write(byte[] bytes, int offset, int length) {
          written.append(new String(bytes, offset, length, StandardCharsets.UTF_8));
        }

        @Override
        public void reopen() {}

        @Override
        public void close() {}
      };

  private LogSink sink(LogSettings settings) {
    return new LogSink(target, clock, settings);
  }

  private List<String> lines() {
    return written.toString().lines().toList();
  }

  @Test
  void textLinesLookLikeFluentds() {
    LogSink sink = sink(LogSettings.defaults());
    sink.log(0, "my_id", null).info("fluentd worker is now running", "worker", 0);
    sink.log(-1, null, null).warn("no patterns matched", "tag", "a\"b");
    assertThat(lines().get(0))
        .matches(
            "2023-11-1[45] \\d\\d:\\d\\d:\\d\\d [+-]\\d{4} \\[info]: #0 \\[my_id] fluentd worker is"
                + " now running worker=0");
    assertThat(lines().get(1)).endsWith("[warn]: no patterns matched tag=\"a\\\"b\"");
  }

  @Test
  void errorsShowFluentdsClassAndNoStackWhereItIsNoBug() {
    sink(LogSettings.defaults())
        .log(0, null, null)
        .error(
            "config error", new ConfigException("'path' parameter is required"), "file", "x.conf");
    assertThat(lines()).hasSize(1);
    assertThat(lines().getFirst())
        .endsWith(
            "config error file=\"x.conf\" error_class=Fluent::ConfigError error=\"'path' parameter"
                + " is required\"");
  }

  @Test
  void aBugShowsItsStackOnce() {
    Log log = sink(LogSettings.defaults()).log(0, null, null);
    NullPointerException bug = new NullPointerException("x");
    log.error("unexpected error", bug);
    int first = lines().size();
    log.error("unexpected error", bug);
    assertThat(first).isGreaterThan(1);
    assertThat(lines()).hasSize(first + 2);
    assertThat(lines().getLast()).contains("suppressed same stacktrace");
  }

  @Test
  void lineBreaksOfForeignTextCannotForgeALine() {
    sink(LogSettings.defaults()).log(0, null, null).warn("bad\n2023 [info]: forged", "k", "a\nb");
    assertThat(lines()).hasSize(1);
  }

  @Test
  void jsonLinesAreJson() {
    LogSettings json =
        new LogSettings(Level.INFO, true, null, true, Duration.ZERO, Duration.ZERO, null, 0);
    sink(json).log(1, null, null).info("hello \"you\"", "k", 1);
    assertThat(Json.parse(lines().getFirst()))
        .asInstanceOf(org.assertj.core.api.InstanceOfAssertFactories.MAP)
        .containsEntry("message", "hello \"you\" k=1")
        .containsEntry("level", "info")
        .containsEntry("worker_id", 1L);
  }

  @Test
  void levelsAreObeyedAndAPluginCanHaveItsOwn() {
    LogSink sink = sink(LogSettings.defaults().withLevel(Level.WARN));
    sink.log(0, null, null).info("no");
    sink.log(0, null, Level.DEBUG).debug("yes");
    assertThat(written.toString()).doesNotContain("no").contains("yes");
  }

  @Test
  void repeatedMessagesAreLeftOutForTheInterval() {
    LogSettings settings =
        new LogSettings(
            Level.INFO, false, null, true, Duration.ofSeconds(10), Duration.ZERO, null, 0);
    Log log = sink(settings).log(0, null, null);
    log.info("same");
    log.info("same");
    clock.millis += 11_000;
    log.info("same");
    assertThat(lines()).hasSize(2);
  }

  @Test
  void anyKnownMessageIsLeftOutForTheSameInterval() {
    LogSettings settings =
        new LogSettings(
            Level.INFO, false, null, true, Duration.ZERO, Duration.ofSeconds(10), null, 0);
    Log log = sink(settings).log(0, null, null);
    log.info("one");
    log.info("two");
    log.info("one");
    assertThat(lines()).hasSize(2);
  }

  @Test
  void aFloodIsCountedAndTheCountIsSaid() {
    LogSink sink = sink(LogSettings.defaults());
    Log log = sink.log(0, "in_tail", null);
    for (int i = 0; i < 1000; i++) {
      log.warn("pattern not matched: " + i, "path", "/a");
      log.warn("something else " + i % 7 + " of another kind " + i);
    }
    log.error("pattern not matched: of another level");
    assertThat(lines().stream().filter(line -> line.contains("pattern not matched"))).hasSize(101);
    assertThat(lines().stream().filter(line -> line.contains("log_flood_limit"))).hasSize(2);
    clock.millis += 9_999;
    sink.reportFloods();
    assertThat(written.toString()).doesNotContain("left out");
    clock.millis += 1;
    sink.reportFloods();
    assertThat(lines())
        .anyMatch(
            line ->
                line.endsWith(
                    "[warn]: #0 [in_tail] 900 messages like \"pattern not matched\" were left out"
                        + " (log_flood_limit)"));
  }

  @Test
  void aFloodThatGoesOnGetsLessRoom() {
    LogSink sink = sink(LogSettings.defaults());
    Log log = sink.log(0, null, null);
    for (int window = 0; window < 3; window++) {
      for (int i = 0; i < 200; i++) {
        log.warn("again: " + i);
      }
      clock.millis += 10_000;
    }
    assertThat(lines().stream().filter(line -> line.contains("again: "))).hasSize(120);
    sink.reportAllFloods();
    assertThat(written.toString()).contains("100 messages like", "190 messages like");
    clock.millis += 20_000;
    sink.reportFloods();
    log.warn("again: later");
    assertThat(written.toString()).contains("again: later");
  }

  @Test
  void whoAsksForDetailsGetsAllOfThem() {
    Log log = sink(LogSettings.defaults().withLevel(Level.DEBUG)).log(0, null, null);
    for (int i = 0; i < 300; i++) {
      log.debug("step: " + i);
    }
    assertThat(lines()).hasSize(300);
  }

  @Test
  void linesOfWorkersAreEvents() {
    LogSink sink = sink(LogSettings.defaults());
    List<Map<String, Object>> events = new ArrayList<>();
    List<Long> times = new ArrayList<>();
    sink.addEvents(
        (worker, level, time, record) -> {
          events.add(record);
          times.add(time);
        });
    sink.log(0, null, null).warn("disk", "free", 5L, "path", "/x");
    sink.log(-1, null, null).warn("not a worker's");
    assertThat(events)
        .containsExactly(Map.of("free", 5L, "path", "/x", "message", "disk free=5 path=\"/x\""));
    assertThat(EventTime.seconds(times.getFirst())).isEqualTo(1_700_000_000L);
  }
}
