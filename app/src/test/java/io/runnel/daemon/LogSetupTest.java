package io.runnel.daemon;

import static org.assertj.core.api.Assertions.assertThat;

import io.runnel.config.Problems;
import io.runnel.engine.SystemConfig;
import io.runnel.log.Level;
import io.runnel.log.Log;
import io.runnel.log.LogSink;
import io.runnel.log.LogTarget;
import io.runnel.testkit.ManualClock;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** From the text of {@code <system>} to the text of the log. */
class LogSetupTest {
  @TempDir Path folder;
  private final ManualClock clock = ManualClock.standard();
  private final CollectedLog collected = new CollectedLog();

  private DaemonOptions options(String system, String... more)
      throws IOException, DaemonOptions.UsageException {
    Path file = folder.resolve("fluent.conf");
    Files.writeString(file, "<system>\n" + system + "\n</system>\n");
    List<String> arguments = new ArrayList<>(List.of("-c", file.toString()));
    arguments.addAll(List.of(more));
    return DaemonOptions.parse(arguments);
  }

  private static SystemConfig system(DaemonOptions options) {
    Problems problems = new Problems();
    SystemConfig system = Configuration.load(options, problems).system();
    assertThat(problems.all()).isEmpty();
    return system;
  }

  private Log log(String system, String... more) throws Exception {
    DaemonOptions options = options(system, more);
    return new LogSink(collected, clock, LogSetup.settings(options, system(options)))
        .log(-1, null, null);
  }

  private long count(String text) {
    return collected.text().lines().filter(line -> line.contains(text)).count();
  }

  @Test
  void theLevelOfTheCommandLineWins() throws Exception {
    log("log_level warn").info("quiet");
    log("log_level warn", "-v").debug("loud");
    assertThat(collected.text()).contains("loud").doesNotContain("quiet");
  }

  @Test
  void formAndTime() throws Exception {
    Log log = log("<log>\nformat json\ntime_format %Y!\n</log>");
    log.info("hello");
    assertThat(collected.text())
        .matches("\\{\"time\":\"\\d{4}!\",\"level\":\"info\",\"message\":\"hello\"}\n");
  }

  @Test
  void messagesAreLeftOutForAWhile() throws Exception {
    Log repeated = log("ignore_repeated_log_interval 10s");
    repeated.info("a");
    repeated.info("a");
    clock.advance(Duration.ofSeconds(11));
    repeated.info("a");
    assertThat(count("a")).isEqualTo(2);
    Log same = log("ignore_same_log_interval 10s");
    same.info("b");
    same.info("c");
    same.info("b");
    assertThat(count("]: b")).isEqualTo(1);
  }

  @Test
  void floodsAreCounted() throws Exception {
    Log log = log("log_flood_limit 3");
    for (int i = 0; i < 10; i++) {
      log.warn("pattern not matched: line " + i);
    }
    assertThat(count("pattern not matched: line")).isEqualTo(3);
    Log all = log("log_flood_limit 0");
    for (int i = 0; i < 200; i++) {
      all.warn("no limit: " + i);
    }
    assertThat(count("no limit: ")).isEqualTo(200);
  }

  @Test
  void equalStacksAreWrittenOnceUnlessAllAreWanted() throws Exception {
    Exception error = new IllegalStateException("bug");
    Log once = log("log_level debug");
    once.warn("x", error);
    once.warn("y", error);
    assertThat(count("suppressed same stacktrace")).isEqualTo(1);
    Log all = log("log_level debug\nsuppress_repeated_stacktrace false");
    all.warn("x", error);
    all.warn("y", error);
    assertThat(count("suppressed same stacktrace")).isEqualTo(1);
  }

  @Test
  void stacksCanHaveALevelOfTheirOwn() throws Exception {
    Log log = log("log_level debug\n<log>\nforced_stacktrace_level debug\n</log>");
    log.error("failed", new IllegalStateException("bug"));
    assertThat(collected.text())
        .contains("[error]: failed")
        .containsPattern("\\[debug]: .*LogSetupTest");
  }

  @Test
  void theFileIsRotatedAsAskedFor() throws Exception {
    Path file = folder.resolve("own.log");
    DaemonOptions options =
        options("<log>\npath " + file + "\nrotate_age 2\nrotate_size 100\n</log>");
    try (LogTarget target = LogSetup.target(options, system(options), collected)) {
      Log log =
          new LogSink(target, clock, LogSetup.settings(options, system(options)))
              .log(-1, null, Level.INFO);
      for (int i = 0; i < 4; i++) {
        log.info("x".repeat(80));
      }
    }
    assertThat(folder.resolve("own.log.1")).exists();
    assertThat(folder.resolve("own.log.2")).doesNotExist();
  }
}
