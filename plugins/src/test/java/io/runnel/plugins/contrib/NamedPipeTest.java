package io.runnel.plugins.contrib;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.runnel.config.ConfigException;
import io.runnel.event.EventTime;
import io.runnel.plugin.Input;
import io.runnel.plugin.UnbufferedOutput;
import io.runnel.plugins.BuiltinPlugins;
import io.runnel.testkit.Await;
import io.runnel.testkit.TestContext;
import io.runnel.testkit.TestPlugins;
import java.io.BufferedReader;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.ZoneOffset;
import java.util.Map;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** The inputs named_pipe and pipe, the output named_pipe. */
class NamedPipeTest {
  private static final long TIME = EventTime.pack(1_700_000_000L, 0);

  @TempDir Path folder;

  private final TestContext context = new TestContext(new BuiltinPlugins()).zone(ZoneOffset.UTC);

  @AfterEach
  void close() {
    context.close();
  }

  private Path pipe() {
    return folder.resolve("pipe");
  }

  private Input input(String config) {
    return TestPlugins.input(NamedPipeInput.TYPE, "path " + pipe() + "\n" + config, context);
  }

  private void mkfifo() throws IOException, InterruptedException {
    assertThat(new ProcessBuilder("mkfifo", pipe().toString()).start().waitFor()).isZero();
  }

  @Test
  void readsTheLinesOfSeveralWriters() throws Exception {
    Input input = input("tag t\n<parse>\n@type json\n</parse>");
    input.start();
    try {
      assertThat((Integer) Files.getAttribute(pipe(), "unix:mode") & 0777).isEqualTo(0666);
      Files.writeString(pipe(), "{\"a\":1}\n{\"a\":");
      Files.writeString(pipe(), "2}\nbroken\n");
      Files.writeString(pipe(), "{\"a\":3}\n");
      Await.await(() -> context.emitter().records().size() == 3);
      assertThat(context.emitter().records())
          .containsExactly(Map.of("a", 1L), Map.of("a", 2L), Map.of("a", 3L));
      assertThat(context.emitter().events()).allMatch(event -> event.tag().equals("t"));
      assertThat(context.log().texts()).anyMatch(text -> text.contains("pattern not matched"));
    } finally {
      input.stop();
      input.close();
    }
  }

  @Test
  void aLineWithoutEndIsTakenWhenItStops() throws Exception {
    Input input = input("tag t\n<parse>\n@type none\n</parse>");
    input.start();
    Files.writeString(pipe(), "first\nlast");
    Await.await(() -> context.emitter().records().size() == 1);
    input.stop();
    assertThat(context.emitter().records())
        .containsExactly(Map.of("message", "first"), Map.of("message", "last"));
    input.close();
  }

  @Test
  void pipeWantsAPipeThatIsThere() throws Exception {
    assertThatThrownBy(() -> pipeInput("tag p\n<parse>\n@type none\n</parse>"))
        .isInstanceOf(ConfigException.class)
        .hasMessageContaining("File not found " + pipe());
    mkfifo();
    Input input = pipeInput("tag p\n<parse>\n@type none\n</parse>");
    input.start();
    Files.writeString(pipe(), "x\n");
    Await.await(() -> !context.emitter().events().isEmpty());
    input.stop();
    input.close();
    assertThat(context.emitter().events().getFirst().tag()).isEqualTo("p");
    assertThat(context.emitter().records()).containsExactly(Map.of("message", "x"));
    assertThatThrownBy(
            () -> pipeInput("tag p\n<parse>\n@type multiline\nformat1 /(?<x>.*)/\n</parse>"))
        .isInstanceOf(ConfigException.class)
        .hasMessageContaining("multiline is not possible here");
  }

  private Input pipeInput(String config) {
    return TestPlugins.input(NamedPipeInput.PIPE, "path " + pipe() + "\n" + config, context);
  }

  @Test
  void aFileOfAnotherKindIsRefused() throws Exception {
    Files.writeString(pipe(), "text");
    assertThatThrownBy(() -> input("tag t\n<parse>\n@type none\n</parse>"))
        .isInstanceOf(ConfigException.class)
        .hasMessageContaining("is no named pipe");
    assertThatThrownBy(() -> output("")).isInstanceOf(ConfigException.class);
  }

  @Test
  void aPipeThatCannotBeMadeEndsTheStart() {
    Input input =
        TestPlugins.input(
            NamedPipeInput.TYPE,
            "path " + folder + "/no/pipe\ntag t\n<parse>\n@type none\n</parse>",
            context);
    assertThatThrownBy(input::start)
        .isInstanceOf(IOException.class)
        .hasMessageContaining("mkfifo failed");
    input.stop();
    input.close();
  }

  private UnbufferedOutput output(String config) {
    return (UnbufferedOutput)
        TestPlugins.output(NamedPipeOutput.TYPE, "path " + pipe() + "\n" + config, context);
  }

  @Test
  void writesLines() throws Exception {
    UnbufferedOutput output = output("");
    UnbufferedOutput json = output("<format>\n@type json\n</format>");
    output.start();
    json.start();
    output.process("a.b", TestPlugins.stream(TIME, Map.of("k", "v")));
    json.process("a.b", TestPlugins.stream(TIME, Map.of("k", "w")));
    try (BufferedReader reader = Files.newBufferedReader(pipe())) {
      assertThat(reader.readLine()).isEqualTo("2023-11-14T22:13:20+00:00\ta.b\t{\"k\":\"v\"}");
      assertThat(reader.readLine()).isEqualTo("{\"k\":\"w\"}");
    }
    json.process("a.b", TestPlugins.stream(TIME, Map.of("k", "nobody reads")));
    output.stop();
    json.stop();
  }

  @Test
  void waitsWhileThePipeIsFullAndEndsWithTheOutput() throws Exception {
    UnbufferedOutput output = output("<format>\n@type json\n</format>");
    output.start();
    String text = "x".repeat(200_000); // more than a pipe takes
    Thread writer =
        context.start(
            "test",
            () -> {
              try {
                output.process("t", TestPlugins.stream(TIME, Map.of("k", text)));
              } catch (Exception e) {
                throw new IllegalStateException(e);
              }
            });
    try (BufferedReader reader = Files.newBufferedReader(pipe())) {
      assertThat(reader.readLine().length()).isEqualTo(text.length() + "{\"k\":\"\"}".length());
    }
    writer.join(10_000);
    assertThat(writer.isAlive()).isFalse();
    Thread stuck =
        context.start(
            "test",
            () -> {
              try {
                output.process("t", TestPlugins.stream(TIME, Map.of("k", text)));
              } catch (Exception e) {
                // the output was closed
              }
            });
    Await.await(() -> stuck.getState() == Thread.State.RUNNABLE);
    output.stop();
    stuck.join(10_000);
    assertThat(stuck.isAlive()).isFalse();
  }
}
