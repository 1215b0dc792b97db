package io.runnel.plugins.output;

import static org.assertj.core.api.Assertions.assertThat;

import io.runnel.config.ConfigElement;
import io.runnel.event.EventTime;
import io.runnel.plugin.BufferedOutput;
import io.runnel.plugins.BuiltinPlugins;
import io.runnel.testkit.Await;
import io.runnel.testkit.MemoryChunk;
import io.runnel.testkit.TestContext;
import io.runnel.testkit.TestPlugins;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class ExecOutputTest {
  @TempDir Path dir;
  private final TestContext context = new TestContext(new BuiltinPlugins());
  private BufferedOutput output;

  @AfterEach
  void stop() {
    if (output != null) {
      output.stop();
      output.close();
    }
    context.close();
  }

  private void open(String command, String more) throws Exception {
    output =
        (BufferedOutput)
            TestPlugins.output(
                ExecOutput.TYPE,
                "command " + command + "\n<format>\nkeys at,tag,user,n\n</format>\n" + more,
                context);
    output.start();
  }

  private static MemoryChunk chunk(BufferedOutput output) throws Exception {
    Map<String, Object> second = new LinkedHashMap<>();
    second.put("user", "eve");
    second.put("n", null);
    return MemoryChunk.of(
        "app.o",
        TestPlugins.stream(EventTime.pack(1700000000, 0), Map.of("user", "bob", "n", 1L), second),
        output.chunkFormat());
  }

  /** The end of a delivery: null for a commit. */
  private static CompletableFuture<Throwable> deliver(BufferedOutput output) throws Exception {
    CompletableFuture<Throwable> end = new CompletableFuture<>();
    output.tryWrite(
        chunk(output),
        new BufferedOutput.Commit() {
          @Override
          public void commit() {
            end.complete(null);
          }

          @Override
          public void rollback(Throwable error) {
            end.complete(error);
          }
        });
    return end;
  }

  @Test
  void runsTheCommandWithTheFileOfTheChunk() throws Exception {
    Files.writeString(dir.resolve("take.sh"), "cat \"$1\" > " + dir + "/taken\n");
    open(
        "sh " + dir + "/take.sh",
        "<inject>\ntag_key tag\ntime_key at\ntime_format %Y-%m-%d %H:%M:%S\n</inject>");
    assertThat(output.isDelayedCommit()).isTrue();
    assertThat(deliver(output).get(20, TimeUnit.SECONDS)).isNull();
    assertThat(Files.readString(dir.resolve("taken")))
        .isEqualTo("2023-11-14 22:13:20\tapp.o\tbob\t1\n2023-11-14 22:13:20\tapp.o\teve\t\n");
  }

  @Test
  void givesTheChunkBackWhereTheCommandFails() throws Exception {
    open("\"exit 3;\"", "");
    assertThat(deliver(output).get(20, TimeUnit.SECONDS))
        .isInstanceOf(IOException.class)
        .hasMessageContaining("3");
    assertThat(context.log().contains("command exits with error code")).isTrue();
  }

  @Test
  void killsACommandThatRunsTooLong() throws Exception {
    open("\"sleep 60;\"", "command_timeout 0.2");
    assertThat(deliver(output).get(20, TimeUnit.SECONDS)).isInstanceOf(IOException.class);
  }

  @Test
  void leavesNoTemporaryFile() throws Exception {
    open("\"echo\"", "");
    Files.writeString(dir.resolve("p.sh"), "echo \"$1\" > " + dir + "/path\n");
    open("sh " + dir + "/p.sh", "");
    assertThat(deliver(output).get(20, TimeUnit.SECONDS)).isNull();
    Path temporary = Path.of(Files.readString(dir.resolve("path")).strip());
    Await.await(() -> !Files.exists(temporary));
  }

  @Test
  void chunkKeyIsTheTimeForOldFlatParametersOnly() {
    ConfigElement flat = TestPlugins.section("match", "command x\nbuffer_type memory");
    ConfigElement section = TestPlugins.section("match", "command x\n<buffer>\n</buffer>");
    assertThat(ExecOutput.TYPE.buffer().apply(flat).chunkKeys()).isEqualTo(List.of("time"));
    assertThat(ExecOutput.TYPE.buffer().apply(section).chunkKeys()).isEmpty();
  }
}
