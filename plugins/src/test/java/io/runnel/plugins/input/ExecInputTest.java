package io.runnel.plugins.input;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.runnel.config.ConfigException;
import io.runnel.plugin.BufferOverflowException;
import io.runnel.plugin.Input;
import io.runnel.plugins.BuiltinPlugins;
import io.runnel.testkit.Await;
import io.runnel.testkit.Emitted;
import io.runnel.testkit.TestContext;
import io.runnel.testkit.TestPlugins;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class ExecInputTest {
  @TempDir Path dir;
  private final TestContext context = new TestContext(new BuiltinPlugins());
  private Input input;

  @AfterEach
  void stop() {
    if (input != null) {
      input.stop();
      input.close();
    }
    context.close();
  }

  private void start(String config) throws Exception {
    input = TestPlugins.input(ExecInput.TYPE, config, context);
    input.start();
  }

  private List<Map<String, Object>> await(int count) {
    context.emitter().await(count);
    return context.emitter().records();
  }

  @Test
  void parsesTabSeparatedOutputWithTypesAndTime() throws Exception {
    start(
        """
        command "printf 'a\\\\t1\\\\t1700000000\\\\nb\\\\t2\\\\t1700000001\\\\n'"
        tag app.exec
        <parse>
          keys name,n,t
          types n:integer
          time_key t
          time_type unixtime
        </parse>
        """);
    List<Emitted> events = context.emitter().await(2);
    assertThat(events)
        .containsExactly(
            Emitted.of("app.exec", 1700000000, Map.of("name", "a", "n", 1L)),
            Emitted.of("app.exec", 1700000001, Map.of("name", "b", "n", 2L)));
  }

  @Test
  void takesTagAndTimeFromTheRecord() throws Exception {
    Files.writeString(
        dir.resolve("in.json"),
        "{\"tag\":\"app.one\",\"when\":\"2023-11-14 22:13:20 +0000\",\"m\":1}"
            + "{\"tag\":\"app.two\",\"when\":\"2023-11-14 22:13:21 +0100\",\"m\":2}\n");
    start(
        "command cat "
            + dir.resolve("in.json")
            + "\n<parse>\n@type json\n</parse>\n<extract>\ntag_key tag\ntime_key when\n"
            + "time_format %Y-%m-%d %H:%M:%S %z\n</extract>\n");
    assertThat(context.emitter().await(2))
        .containsExactly(
            Emitted.of("app.one", 1700000000, Map.of("m", 1L)),
            Emitted.of("app.two", 1699996401, Map.of("m", 2L)));
  }

  @Test
  void runsAgainAtEachIntervalAndNotBeforeTheFirst() throws Exception {
    start("command echo x\nrun_interval 0.1\ntag t\n<parse>\n@type none\n</parse>\n");
    assertThat(await(3)).startsWith(Map.of("message", "x"));
  }

  @Test
  void skipsARunWhileTheOneBeforeGoesOn() throws Exception {
    start("command sleep 30\nrun_interval 0.05\ntag t\n<parse>\n@type none\n</parse>\n");
    Await.await(() -> context.log().contains("previous child process is still running. skipped."));
  }

  @Test
  void goesOnAfterACommandThatDoesNotExist() throws Exception {
    start(
        "command /nowhere/to/be/found\nrun_interval 0.05\ntag t\n<parse>\n@type none\n</parse>\n");
    Await.await(
        () -> context.log().texts().stream().filter(t -> t.contains("not found")).count() >= 2);
  }

  @Test
  void aScriptThatKillsItsParentDoesNotHitThisProcess() throws Exception {
    Path script = dir.resolve("once.sh");
    Files.writeString(
        script,
        "if [ ! -e "
            + dir
            + "/done ]; then echo x > "
            + dir
            + "/done; kill -9 $PPID; fi\necho tick\n");
    start("command sh " + script + "\nrun_interval 0.05\ntag t\n<parse>\n@type none\n</parse>\n");
    assertThat(await(2)).startsWith(Map.of("message", "tick"), Map.of("message", "tick"));
    assertThat(dir.resolve("done")).exists();
  }

  @Test
  void readsTheErrorOutputWhereWanted() throws Exception {
    start(
        "command \"echo oops >&2\"\nconnect_mode read_with_stderr\ntag t\n"
            + "<parse>\n@type none\n</parse>\n");
    assertThat(await(1)).containsExactly(Map.of("message", "oops"));
  }

  @Test
  void aBrokenObjectCostsNoMoreThanItsLine() throws Exception {
    start(
        "command \"printf '{\\\"a\\\":1}\\\\n{broken\\\\n{\\\"a\\\":2}\\\\n'\"\ntag t\n"
            + "<parse>\n@type json\n</parse>\n");
    assertThat(await(2)).containsExactly(Map.of("a", 1L), Map.of("a", 2L));
    assertThat(context.log().contains("pattern not matched")).isTrue();
  }

  @Test
  void waitsForAFullBuffer() throws Exception {
    context.emitter().refuse(new BufferOverflowException("full"));
    start("command echo x\ntag t\n<parse>\n@type none\n</parse>\n");
    Thread.yield();
    context.emitter().refuse(null);
    assertThat(await(1)).containsExactly(Map.of("message", "x"));
  }

  @Test
  void stopEndsTheWholeTreeOfProcesses() throws Exception {
    start(
        "command \"sh -c 'echo $$; exec sleep 60' & sleep 60\"\ntag t\n"
            + "<parse>\n@type none\n</parse>\n");
    long pid = Long.parseLong((String) await(1).getFirst().get("message"));
    assertThat(ProcessHandle.of(pid)).isPresent();
    long begun = System.nanoTime();
    input.stop();
    assertThat(Duration.ofNanos(System.nanoTime() - begun)).isLessThan(Duration.ofSeconds(5));
    Await.await(() -> ProcessHandle.of(pid).filter(ProcessHandle::isAlive).isEmpty());
  }

  @Test
  void needsATag() {
    assertThatThrownBy(() -> start("command true\n<parse>\n@type none\n</parse>\n"))
        .isInstanceOf(ConfigException.class)
        .hasMessageContaining("'tag' or 'tag_key' option is required on exec input");
  }
}
