package io.runnel.cli;

import static org.assertj.core.api.Assertions.assertThat;

import io.runnel.buffer.BufferReport;
import io.runnel.buffer.ChunkFormat;
import io.runnel.buffer.Compression;
import io.runnel.buffer.FileLayout;
import io.runnel.buffer.FileSettings;
import io.runnel.buffer.FileStore;
import io.runnel.event.Json;
import io.runnel.host.Clock;
import io.runnel.host.Disk;
import io.runnel.plugin.Input;
import io.runnel.plugins.BuiltinPlugins;
import io.runnel.plugins.input.ForwardInput;
import io.runnel.testkit.Emitted;
import io.runnel.testkit.TestContext;
import io.runnel.testkit.TestPlugins;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.InputStream;
import java.io.PrintStream;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.TreeMap;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/** {@code runnel buffer} on directories as Fluentd leaves them, sound and damaged. */
@Timeout(60)
class BufferCommandsTest {
  @TempDir Path dir;

  private String out;
  private String err;

  private int runnel(Object... arguments) {
    ByteArrayOutputStream outBytes = new ByteArrayOutputStream();
    ByteArrayOutputStream errBytes = new ByteArrayOutputStream();
    List<String> all = new ArrayList<>();
    all.add("buffer");
    for (Object argument : arguments) {
      all.add(argument.toString());
    }
    int status =
        Main.run(
            all,
            Map.of("RUNNEL_ROOT", dir.resolve("root").toString()),
            new PrintStream(outBytes, true, StandardCharsets.UTF_8),
            new PrintStream(errBytes, true, StandardCharsets.UTF_8));
    out = outBytes.toString(StandardCharsets.UTF_8);
    err = errBytes.toString(StandardCharsets.UTF_8);
    return status;
  }

  private Map<?, ?> json() {
    return (Map<?, ?>) Json.parse(out);
  }

  private static Map<?, ?> chunk(Map<?, ?> result, int index) {
    return (Map<?, ?>) ((List<?>) result.get("chunks")).get(index);
  }

  /** Name and content of every file of a folder. */
  private static Map<String, String> files(Path folder) throws IOException {
    Map<String, String> content = new TreeMap<>();
    try (Stream<Path> tree = Files.walk(folder)) {
      for (Path file : tree.filter(Files::isRegularFile).toList()) {
        content.put(
            folder.relativize(file).toString(),
            new String(Files.readAllBytes(file), StandardCharsets.ISO_8859_1));
      }
    }
    return content;
  }

  @Test
  void listsChunksOfBufFile() throws Exception {
    Path buffer = Files.createDirectory(dir.resolve("buffer"));
    FluentdChunks.file(buffer, 'q', 1, "app.web", FluentdChunks.events(0, 3));
    FluentdChunks.file(buffer, 'b', 2, "app.db", FluentdChunks.events(3, 2));
    assertThat(runnel("list", buffer, "--json")).isZero();
    Map<?, ?> result = json();
    assertThat((List<?>) result.get("chunks")).hasSize(2);
    assertThat(chunk(result, 0).get("state")).isEqualTo("queued");
    assertThat(chunk(result, 0).get("tag")).isEqualTo("app.web");
    assertThat(chunk(result, 0).get("events")).isEqualTo(3L);
    assertThat(chunk(result, 0).get("type")).isEqualTo("file");
    assertThat(chunk(result, 0).get("checksums")).isEqualTo("none");
    assertThat(chunk(result, 0).get("metadata")).isEqualTo("ok");
    assertThat(chunk(result, 0).get("created")).isEqualTo("2023-11-14T22:13:21Z");
    assertThat(chunk(result, 1).get("state")).isEqualTo("staged");
    assertThat(runnel("list", buffer, "--tag", "app.w*")).isZero();
    assertThat(out).contains("app.web").doesNotContain("app.db").contains("1 chunks, ");
    assertThat(runnel("list", buffer.resolve("buffer.*.log"))).isZero();
    assertThat(out).contains("app.web", "app.db");
  }

  @Test
  void listsChunksOfBufFileSingleAndOfWorkers() throws Exception {
    Path buffer = Files.createDirectories(dir.resolve("buffer/worker1"));
    FluentdChunks.single(buffer, 'b', 1, "app%2Fx", FluentdChunks.events(0, 2));
    assertThat(runnel("list", dir.resolve("buffer"), "--json")).isZero();
    assertThat(chunk(json(), 0).get("tag")).isEqualTo("app/x");
    assertThat(chunk(json(), 0).get("type")).isEqualTo("file_single");
    assertThat(runnel("list", dir.resolve("buffer"), "--json", "--key", "user")).isZero();
    assertThat(chunk(json(), 0).get("variables")).isEqualTo(Map.of("user", "app/x"));
  }

  @Test
  void tagsCannotControlTheTerminal() throws Exception {
    Path buffer = Files.createDirectory(dir.resolve("buffer"));
    FluentdChunks.file(buffer, 'q', 1, "a\u001b[2J\u009b31m", FluentdChunks.events(0, 1));
    assertThat(runnel("list", buffer)).isZero();
    assertThat(out).doesNotContain("\u001b").doesNotContain("\u009b").contains("u001b");
    assertThat(runnel("inspect", buffer)).isZero();
    assertThat(out).doesNotContain("\u001b").doesNotContain("\u009b");
  }

  @Test
  void inspectsEventsUpToALimit() throws Exception {
    Path buffer = Files.createDirectory(dir.resolve("buffer"));
    FluentdChunks.file(buffer, 'q', 1, "app.web", FluentdChunks.events(0, 3));
    FluentdChunks.file(buffer, 'b', 2, "app.db", FluentdChunks.gzip(FluentdChunks.events(3, 2)));
    assertThat(runnel("inspect", buffer, "--json", "--limit", "4")).isZero();
    List<String> lines = out.lines().toList();
    assertThat(lines).hasSize(4);
    assertThat(lines.getFirst())
        .isEqualTo(
            "{\"chunk\":\""
                + FluentdChunks.id(1)
                + "\",\"tag\":\"app.web\",\"time\":\"2023-11-14T22:13:20.000000005Z\","
                + "\"record\":{\"n\":0}}");
    assertThat(runnel("inspect", buffer, "--tag", "app.db")).isZero();
    assertThat(out)
        .isEqualTo(
            "2023-11-14T22:13:20.000000005Z\tapp.db\t{\"n\":3}\n"
                + "2023-11-14T22:13:20.000000005Z\tapp.db\t{\"n\":4}\n");
  }

  @Test
  void inspectsLinesOfAFormatter() throws Exception {
    Path buffer = Files.createDirectory(dir.resolve("buffer"));
    byte[] lines = "{\"a\":1}\nfree text\n".getBytes(StandardCharsets.UTF_8);
    FluentdChunks.file(buffer, 'q', 1, "t", lines);
    assertThat(runnel("inspect", buffer)).isZero();
    assertThat(out)
        .isEqualTo("-\tt\t{\"message\":\"{\\\"a\\\":1}\"}\n-\tt\t{\"message\":\"free text\"}\n");
  }

  @Test
  void verifySaysWhatIsDamagedAndHowMuchCanBeRead() throws Exception {
    Path buffer = Files.createDirectory(dir.resolve("buffer"));
    byte[] events = FluentdChunks.events(0, 10);
    FluentdChunks.file(buffer, 'q', 1, "sound", events);
    assertThat(runnel("verify", buffer)).isZero();
    assertThat(out).isEqualTo("1 chunks, all sound, 10 events can be read\n");
    int third = FluentdChunks.events(0, 3).length;
    byte[] torn = Arrays.copyOf(events, third + 4);
    FluentdChunks.file(buffer, 'q', 2, "torn", torn);
    byte[] zeros = Arrays.copyOf(Arrays.copyOf(events, third), 4096);
    FluentdChunks.file(buffer, 'b', 3, "zeros", zeros);
    byte[] gzip = FluentdChunks.join(FluentdChunks.gzip(events), FluentdChunks.gzip(events));
    gzip[gzip.length - 9] ^= 0x55;
    FluentdChunks.file(buffer, 'b', 4, "gzip", gzip);
    assertThat(runnel("verify", buffer, "--json")).isOne();
    Map<?, ?> result = json();
    assertThat(result.get("readable_events")).isEqualTo(10L + 3 + 3 + 10);
    assertThat(result.get("damaged_chunks")).isEqualTo(3L);
    assertThat(chunk(result, 0).get("ok")).isEqualTo(true);
    assertThat(chunk(result, 1).get("sound_bytes")).isEqualTo((long) third);
    assertThat(chunk(result, 1).get("problem")).asString().contains("3 are left");
    assertThat(chunk(result, 2).get("readable_events")).isEqualTo(3L);
    assertThat(chunk(result, 3).get("readable_events")).isEqualTo(10L);
  }

  @Test
  void aBrokenOrMissingMetaFileIsNamed() throws Exception {
    Path buffer = Files.createDirectory(dir.resolve("buffer"));
    Path first = FluentdChunks.file(buffer, 'q', 1, "t", FluentdChunks.events(0, 1));
    Files.write(FluentdChunks.meta(first), new byte[] {(byte) 0xc1, 0, 0, 0, 9, 9, 1});
    Path second = FluentdChunks.file(buffer, 'q', 2, "t", FluentdChunks.events(0, 1));
    Files.delete(FluentdChunks.meta(second));
    assertThat(runnel("verify", buffer)).isOne();
    assertThat(out).contains("metadata: damaged", "metadata: missing", "2 damaged, 2 events");
  }

  @Test
  void salvageWritesABufferDirectoryAndChangesNothing() throws Exception {
    Path buffer = Files.createDirectory(dir.resolve("buffer"));
    byte[] events = FluentdChunks.events(0, 10);
    FluentdChunks.file(buffer, 'q', 1, "sound", events);
    int third = FluentdChunks.events(0, 3).length;
    FluentdChunks.file(buffer, 'b', 2, "torn", Arrays.copyOf(events, third + 4));
    FluentdChunks.single(buffer, 'b', 3, "single", FluentdChunks.events(7, 1));
    Map<String, String> before = files(buffer);
    Path target = dir.resolve("new");
    assertThat(runnel("salvage", buffer, "--into", target)).isOne();
    assertThat(out).contains("3 events saved, the rest is in", "14 events of 3 chunks saved");
    assertThat(files(buffer)).isEqualTo(before);
    assertThat(target.resolve("buffer.q" + FluentdChunks.id(1) + ".log")).hasBinaryContent(events);
    assertThat(target.resolve("buffer.b" + FluentdChunks.id(2) + ".log"))
        .hasBinaryContent(Arrays.copyOf(events, third));
    assertThat(target.resolve("fsb.single.b" + FluentdChunks.id(3) + ".buf")).exists();
    assertThat(dir.resolve("new.damaged/" + FluentdChunks.id(2) + ".damaged"))
        .hasBinaryContent(Arrays.copyOfRange(events, third, third + 4));
    assertThat(runnel("verify", target, "--json")).isZero();
    assertThat(json().get("readable_events")).isEqualTo(14L);
    assertThat(chunk(json(), 1).get("tag")).isEqualTo("torn");
    assertThat(chunk(json(), 1).get("checksums")).isEqualTo("complete");
    assertThat(resumed(target)).containsExactlyInAnyOrder("sound 10", "torn 3");
    assertThat(runnel("salvage", buffer, "--into", target)).isOne();
    assertThat(err).contains("is not empty");
  }

  /** What the buffer of a daemon finds there. */
  private static List<String> resumed(Path directory) throws IOException {
    FileLayout layout = FileLayout.ofPattern(directory.resolve("buffer.*.log"), List.of(), null);
    FileSettings settings =
        new FileSettings(
            layout, Compression.TEXT, ChunkFormat.EVENTS, null, null, true, false, true);
    FileStore store =
        new FileStore(Disk.local(), settings, Clock.system(), new Random(1), new Refusing());
    var found = store.resume();
    return Stream.concat(found.staged().stream(), found.queued().stream())
        .map(chunk -> chunk.metadata().tag() + " " + chunk.records())
        .toList();
  }

  /** A buffer that has nothing to say. */
  private static final class Refusing implements BufferReport {
    @Override
    public void warn(String message, Throwable error, Object... attributes) {
      throw new AssertionError(message + " " + List.of(attributes));
    }

    @Override
    public void info(String message, Object... attributes) {}

    @Override
    public void debug(String message, Object... attributes) {}

    @Override
    public String setAside(String hexId, InputStream content) {
      throw new AssertionError(hexId);
    }
  }

  @Test
  void salvageWritesFiles() throws Exception {
    Path buffer = Files.createDirectory(dir.resolve("buffer"));
    FluentdChunks.file(buffer, 'q', 1, "a", FluentdChunks.events(0, 2));
    assertThat(runnel("salvage", buffer, "--json-lines", dir.resolve("x.json"), "--json")).isZero();
    assertThat(json().get("saved_events")).isEqualTo(2L);
    assertThat(dir.resolve("x.json")).content().contains("\"record\":{\"n\":1}}\n");
    assertThat(Files.getPosixFilePermissions(dir.resolve("x.json")))
        .isEqualTo(BufferSalvageCommand.PRIVATE);
    assertThat(runnel("salvage", buffer, "--msgpack", dir.resolve("x.mp"))).isZero();
    assertThat(Files.readAllBytes(dir.resolve("x.mp"))).startsWith(0x93, 0xa1, 'a', 0xd7, 0);
    assertThat(runnel("salvage", buffer)).isEqualTo(2);
    assertThat(runnel("salvage", buffer, "--msgpack", dir.resolve("x.mp"))).isOne();
    assertThat(err).contains("FileAlreadyExists");
  }

  @Test
  void whatARunningInstanceUsesIsOnlyRead() throws Exception {
    Path buffer = Files.createDirectory(dir.resolve("buffer"));
    FluentdChunks.file(buffer, 'q', 1, "a", FluentdChunks.events(0, 2));
    try (var lock = OwnerOfAnotherProcess.start(buffer)) {
      assertThat(runnel("list", buffer, "--json")).isZero();
      assertThat(out).contains("\"instance\": \"other\"", "\"pid\": " + lock.pid());
      assertThat(runnel("verify", buffer)).isZero();
      assertThat(err).contains("note: instance other");
      assertThat(runnel("salvage", buffer, "--into", dir.resolve("new"))).isOne();
      assertThat(err).contains("is used by another instance: other");
      assertThat(runnel("replay", buffer, "--into", dir.resolve("new"))).isOne();
    }
  }

  @Test
  void whatFluentdHasOpenIsOnlyRead() throws Exception {
    Path buffer = Files.createDirectory(dir.resolve("buffer"));
    Path chunk = FluentdChunks.file(buffer, 'b', 1, "a", FluentdChunks.events(0, 2));
    Process holder =
        new ProcessBuilder("sh", "-c", "exec 3<\"$1\"; echo open; exec sleep 60", "sh", "" + chunk)
            .start();
    try {
      assertThat(holder.inputReader().readLine()).isEqualTo("open");
      assertThat(runnel("replay", buffer, "--into", dir.resolve("new"))).isOne();
      assertThat(err).contains("is open in process " + holder.pid());
      assertThat(runnel("inspect", buffer)).isZero();
    } finally {
      holder.destroyForcibly().waitFor();
    }
  }

  @Test
  void replayAddsToABufferDirectory() throws Exception {
    Path buffer = Files.createDirectory(dir.resolve("buffer"));
    Path target = Files.createDirectory(dir.resolve("target"));
    FluentdChunks.file(buffer, 'q', 1, "a", FluentdChunks.events(0, 2));
    FluentdChunks.file(target, 'b', 2, "b", FluentdChunks.events(2, 2));
    assertThat(runnel("replay", buffer, "--into", target)).isZero();
    assertThat(out).contains("2 events of 1 of 1 chunks taken over");
    assertThat(resumed(target)).containsExactlyInAnyOrder("a 2", "b 2");
    assertThat(runnel("replay", buffer, "--into", target)).isOne();
    assertThat(out).contains("it is there already");
  }

  @Test
  void replaySendsToAForwardServer() throws Exception {
    Path buffer = Files.createDirectory(dir.resolve("buffer"));
    byte[] events = FluentdChunks.events(0, 10);
    FluentdChunks.file(buffer, 'q', 1, "a.b", FluentdChunks.gzip(events));
    int third = FluentdChunks.events(0, 3).length;
    FluentdChunks.file(buffer, 'q', 2, "torn", Arrays.copyOf(events, third + 1));
    FluentdChunks.file(buffer, 'q', 3, "x", "text\n".getBytes(StandardCharsets.UTF_8));
    Map<String, String> before = files(buffer);
    int port = freePort();
    TestContext context = new TestContext(new BuiltinPlugins());
    Input input = forward("bind 127.0.0.1\nport " + port, context);
    input.start();
    try {
      assertThat(runnel("replay", buffer, "--to", "127.0.0.1:" + port)).isOne();
      assertThat(out).contains("13 events of 2 of 3 chunks", "only in part", "--as-messages");
      List<Emitted> got = context.emitter().events();
      assertThat(got).hasSize(13);
      assertThat(got.getFirst().tag()).isEqualTo("a.b");
      assertThat(got.getLast().tag()).isEqualTo("torn");
      assertThat(runnel("replay", buffer, "--to", "127.0.0.1:" + port, "--as", "z", "--tag", "x"))
          .isOne();
      assertThat(
              runnel(
                  "replay",
                  buffer,
                  "--to",
                  "127.0.0.1:" + port,
                  "--as-messages",
                  "--tag",
                  "x",
                  "--as",
                  "z"))
          .isZero();
      assertThat(context.emitter().events().getLast())
          .isEqualTo(Emitted.of("z", 1_700_000_003L, Map.of("message", "text")));
    } finally {
      input.stop();
      input.close();
      context.close();
    }
    assertThat(files(buffer)).isEqualTo(before);
    assertThat(runnel("replay", buffer, "--to", "127.0.0.1:" + port)).isOne();
    assertThat(err).contains("error: ");
  }

  @Test
  void replaySendsLargeChunksInParts() throws Exception {
    Path buffer = Files.createDirectory(dir.resolve("buffer"));
    int count = 600_000;
    FluentdChunks.file(buffer, 'q', 1, "big", FluentdChunks.events(0, count));
    int port = freePort();
    TestContext context = new TestContext(new BuiltinPlugins());
    Path key = Files.writeString(dir.resolve("key"), "s3cret\n");
    Input input =
        forward(
            "bind 127.0.0.1\nport "
                + port
                + "\n<security>\nself_hostname server\nshared_key s3cret\n</security>",
            context);
    input.start();
    try {
      assertThat(
              runnel(
                  "replay",
                  buffer,
                  "--to",
                  "127.0.0.1:" + port,
                  "--shared-key-file",
                  key,
                  "--json"))
          .isZero();
      assertThat(json().get("events")).isEqualTo((long) count);
      assertThat(context.emitter().batches().stream().mapToInt(Integer::intValue).sum())
          .isEqualTo(count);
      assertThat(context.emitter().batches()).hasSizeGreaterThan(1);
      Files.writeString(key, "wrong");
      assertThat(runnel("replay", buffer, "--to", "127.0.0.1:" + port, "--shared-key-file", key))
          .isOne();
      assertThat(err).doesNotContain("wrong").contains("error: ");
    } finally {
      input.stop();
      input.close();
      context.close();
    }
  }

  private static Input forward(String config, TestContext context) throws Exception {
    return TestPlugins.input(ForwardInput.TYPE, config, context);
  }

  private static int freePort() throws IOException {
    try (ServerSocket socket = new ServerSocket(0, 1, InetAddress.getLoopbackAddress())) {
      return socket.getLocalPort();
    }
  }

  @Test
  void theShellCompletesTheCommands() {
    ByteArrayOutputStream bytes = new ByteArrayOutputStream();
    PrintStream stream = new PrintStream(bytes, true, StandardCharsets.UTF_8);
    assertThat(Main.run(List.of("generate-completion"), Map.of(), stream, stream)).isZero();
    assertThat(bytes.toString(StandardCharsets.UTF_8))
        .contains("list ls inspect verify salvage replay")
        .contains("--trust-tail");
  }

  @Test
  void wrongUseIsSaid() throws Exception {
    assertThat(runnel("list")).isEqualTo(2);
    assertThat(err).contains("a PATH or --instance NAME is needed");
    assertThat(runnel("list", dir.resolve("nothing"))).isOne();
    assertThat(err).contains("there is no such directory or chunk");
    assertThat(runnel("replay", dir)).isEqualTo(2);
    assertThat(runnel("replay", dir, "--to", "x")).isOne();
    assertThat(err).contains("HOST:PORT is needed");
    assertThat(runnel("frobnicate")).isEqualTo(2);
  }
}
