package io.runnel.plugins.input;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.runnel.config.ConfigException;
import io.runnel.config.ConfigSpec;
import io.runnel.testkit.Await;
import io.runnel.testkit.ManualClock;
import io.runnel.testkit.TestContext;
import io.runnel.testkit.TestPlugins;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.time.Duration;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class MultiprocessInputTest {
  private final TestContext context = new TestContext();

  @TempDir Path dir;

  @AfterEach
  void close() {
    context.close();
  }

  /** A program that writes its arguments and what signals it gets into a file. */
  private String program(String onTerm) throws IOException {
    Path script = dir.resolve("it's a program");
    Files.writeString(
        script,
        """
        #!/bin/sh
        trap 'echo TERM >> "$1.signals"; %s' TERM
        shift_name="$1"
        printf '%%s|' "$@" > "$shift_name"
        while :; do sleep 0.02; done
        """
            .formatted(onTerm));
    Files.setPosixFilePermissions(script, PosixFilePermissions.fromString("rwxr-xr-x"));
    return script.toString();
  }

  private MultiprocessInput input(String config, String launcher) {
    var element = TestPlugins.section("source", config);
    var bound = ConfigSpec.of(MultiprocessInput.Config.class).bind(element, false);
    return new MultiprocessInput(bound, context.element(element), launcher);
  }

  private String process(String name, String more) {
    return "<process>\ncmdline "
        + dir
        + "/"
        + name
        + " "
        + more
        + "\npid_file "
        + dir
        + "/"
        + name
        + ".pid\n</process>\n";
  }

  private boolean isWritten(String name) {
    try {
      return Files.exists(dir.resolve(name)) && Files.size(dir.resolve(name)) > 0;
    } catch (IOException e) {
      return false;
    }
  }

  @Test
  void childrenRunWithTheirCommandLineUntilTheStop() throws Exception {
    MultiprocessInput input =
        input(process("one", "-c 'a b.conf'") + process("two", ""), program("exit 0"));
    input.start();
    Await.await(() -> isWritten("one") && isWritten("two"));
    assertThat(dir.resolve("one")).hasContent(dir + "/one|-c|a b.conf|");
    long pid = Long.parseLong(Files.readString(dir.resolve("one.pid")));
    assertThat(ProcessHandle.of(pid)).hasValueSatisfying(ProcessHandle::isAlive);
    input.stop();
    assertThat(ProcessHandle.of(pid).filter(ProcessHandle::isAlive)).isEmpty();
    assertThat(dir.resolve("one.pid")).doesNotExist();
    assertThat(context.log().texts())
        .containsExactly(
            "info: launching child fluentd " + dir + "/two",
            "info: launching child fluentd " + dir + "/one -c 'a b.conf'",
            "info: shutting down child fluentd " + dir + "/one -c 'a b.conf'",
            "info: shutting down child fluentd " + dir + "/two");
  }

  @Test
  void aChildThatDoesNotStopIsToldAgainAndKilled() throws Exception {
    MultiprocessInput input =
        input(
            "graceful_kill_interval 0.1\ngraceful_kill_interval_increment 0\n"
                + "graceful_kill_timeout 1\n"
                + process("one", ""),
            program("true"));
    input.start();
    Await.await(() -> isWritten("one"));
    long pid = Long.parseLong(Files.readString(dir.resolve("one.pid")));
    input.stop();
    assertThat(ProcessHandle.of(pid).filter(ProcessHandle::isAlive)).isEmpty();
    assertThat(Files.readAllLines(dir.resolve("one.signals"))).hasSizeGreaterThan(2);
    assertThat(context.log().contains("killing child fluentd that does not stop")).isTrue();
  }

  @Test
  void childrenAreStartedAndStoppedAfterTheirPauses() throws Exception {
    ManualClock clock = ManualClock.advancing(0);
    context.clock(clock);
    String pauses = "sleep_before_start 5\nsleep_before_shutdown 7\n</process>";
    MultiprocessInput input =
        input(process("one", "").replace("</process>", pauses), program("exit 0"));
    input.start();
    assertThat(Duration.ofNanos(clock.nanos())).isEqualTo(Duration.ofSeconds(5));
    Await.await(() -> isWritten("one"));
    input.stop();
    assertThat(Duration.ofNanos(clock.nanos())).isEqualTo(Duration.ofSeconds(12));
  }

  @Test
  void withoutALauncherTheConfigurationIsRefused() {
    assertThatThrownBy(() -> input(process("one", ""), null))
        .isInstanceOf(ConfigException.class)
        .hasMessageContaining("RUNNELD");
  }
}
