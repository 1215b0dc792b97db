package io.runnel.plugins.output;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.github.luben.zstd.ZstdInputStream;
import io.runnel.config.ConfigException;
import io.runnel.log.Level;
import io.runnel.plugin.BufferConfig;
import io.runnel.plugin.Chunk;
import io.runnel.testkit.MemoryChunk;
import io.runnel.testkit.TestContext;
import io.runnel.testkit.TestPlugins;
import io.runnel.time.Zone;
import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.io.InputStream;
import java.nio.channels.FileChannel;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.stream.Stream;
import java.util.zip.GZIPInputStream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class FileOutputTest {
  private static final long DAY = 1_700_000_000L;

  @TempDir Path dir;

  private TestContext context(BufferConfig buffer) {
    return new TestContext(new FakeFormats()).buffer(buffer);
  }

  private FileOutput output(BufferConfig buffer, String config) {
    return (FileOutput) TestPlugins.output(FileOutput.TYPE, config, context(buffer));
  }

  private static MemoryChunk chunk(String text) {
    return MemoryChunk.ofContent(text.getBytes(UTF_8), 1).withTimekey(DAY, Zone.UTC);
  }

  private List<String> files() throws IOException {
    try (Stream<Path> all = Files.walk(dir)) {
      return all.filter(Files::isRegularFile)
          .map(path -> dir.relativize(path).toString())
          .sorted()
          .toList();
    }
  }

  @Test
  void eachChunkGetsTheNextNumber() throws Exception {
    FileOutput output = output(Buffers.keys("time"), "path " + dir + "/app");
    output.write(chunk("a\n"));
    output.write(chunk("b\n"));
    assertThat(files()).containsExactly("app.20231114_0.log", "app.20231114_1.log");
    assertThat(dir.resolve("app.20231114_1.log")).hasContent("b\n");
  }

  @Test
  void appendedChunksShareOneFile() throws Exception {
    FileOutput output = output(Buffers.keys("time"), "path " + dir + "/x/app\nappend true");
    output.write(chunk("a\n"));
    output.write(StoredChunk.in(dir.resolve("chunk"), chunk("b\n")));
    assertThat(dir.resolve("x/app.20231114.log")).hasContent("a\nb\n");
  }

  @Test
  void namesFollowTheTable() {
    assertThat(name("/p/a", 3600, true, "")).isEqualTo("/p/a.%Y%m%d%H.log");
    assertThat(name("/p/a", 60, false, "")).isEqualTo("/p/a.%Y%m%d%H%M_**.log");
    assertThat(name("/p/a", 59, true, ".gz")).isEqualTo("/p/a.%Y%m%d%H%M%S.log.gz");
    assertThat(name("/p/a.*.txt", 86_400, false, ".gz")).isEqualTo("/p/a.%Y%m%d_**.txt.gz");
    assertThat(name("/p/%Y/%m/%d", 86_400, true, "")).isEqualTo("/p/%Y/%m/%d.log");
    assertThatThrownBy(() -> name("/p/%Y", 86_400, true, ""))
        .isInstanceOf(ConfigException.class)
        .hasMessageStartingWith("insufficient timestamp placeholders in path");
    assertThatThrownBy(() -> FileNames.of("/p/*", Optional.empty(), null, true, "", ""))
        .hasMessage("path including '*' must be used with buffer chunk key 'time'");
  }

  private static String name(String path, long timekey, boolean append, String compressed) {
    return FileNames.of(
            path, Optional.of(Duration.ofSeconds(timekey)), null, append, ".log", compressed)
        .template();
  }

  @Test
  void timeSliceFormatOfOldConfigurationsIsKept() throws Exception {
    FileOutput output =
        output(
            Buffers.of(List.of("time"), 3600, "text"),
            "path " + dir + "/app\nappend true\ntime_slice_format %Y%m%dT%H");
    output.write(chunk("a\n"));
    assertThat(files()).containsExactly("app.20231114T22.log");
  }

  @Test
  void gzipMakesOneMemberPerChunk() throws Exception {
    FileOutput output =
        output(Buffers.keys("tag"), "path " + dir + "/${tag}\nappend true\ncompress gz");
    output.write(chunk("a\n").withTag("t"));
    output.write(chunk("b\n").withTag("t").gzipped());
    assertThat(unzipped(dir.resolve("t.log.gz"))).isEqualTo("a\nb\n");
  }

  @Test
  void compressedChunksAreCopiedAsTheyAreUnlessRecompressed() throws Exception {
    Chunk stored = StoredChunk.in(dir.resolve("chunk"), chunk("a\n").gzipped());
    output(Buffers.keys(), "path " + dir + "/raw\ncompress gzip").write(stored);
    assertThat(dir.resolve("raw_0.log.gz")).hasSameBinaryContentAs(dir.resolve("chunk"));
    output(Buffers.keys(), "path " + dir + "/plain").write(stored);
    assertThat(dir.resolve("plain_0.log")).hasContent("a\n");
    output(Buffers.keys(), "path " + dir + "/again\ncompress gzip\nrecompress true").write(stored);
    assertThat(unzipped(dir.resolve("again_0.log.gz"))).isEqualTo("a\n");
    MemoryChunk many = MemoryChunk.ofContent("a\n".repeat(9_000).getBytes(UTF_8), 9_000);
    byte[] loose = deflated(many.content());
    Chunk wasteful = StoredChunk.in(dir.resolve("loose"), many.gzipped());
    Files.write(dir.resolve("loose"), loose);
    output(Buffers.keys(), "path " + dir + "/small\ncompress gzip\nrecompress true")
        .write(wasteful);
    assertThat(Files.size(dir.resolve("small_0.log.gz"))).isLessThan(loose.length / 2);
  }

  private static String unzipped(Path path) throws IOException {
    try (InputStream in = new GZIPInputStream(new ByteArrayInputStream(Files.readAllBytes(path)))) {
      return new String(in.readAllBytes(), UTF_8);
    }
  }

  @Test
  void zstdFilesCanBeReadBack() throws Exception {
    output(Buffers.keys(), "path " + dir + "/z\ncompress zstd").write(chunk("a\n"));
    try (InputStream in = new ZstdInputStream(Files.newInputStream(dir.resolve("z_0.log.zstd")))) {
      assertThat(new String(in.readAllBytes(), UTF_8)).isEqualTo("a\n");
    }
  }

  @Test
  void anAppendThatFailsHalfWayIsTakenBack() throws Exception {
    FileOutput output = output(Buffers.keys(), "path " + dir + "/app\nappend true");
    output.write(chunk("first\n"));
    assertThatThrownBy(() -> output.write(StoredChunk.broken(chunk("second\n"), 3)))
        .hasMessage("No space left on device");
    assertThat(dir.resolve("app.log")).hasContent("first\n");
    output.write(chunk("second\n"));
    assertThat(dir.resolve("app.log")).hasContent("first\nsecond\n");
  }

  @Test
  void aNewFileThatFailsHalfWayIsRemoved() throws Exception {
    FileOutput output = output(Buffers.keys(), "path " + dir + "/app");
    assertThatThrownBy(() -> output.write(StoredChunk.broken(chunk("second\n"), 3)))
        .isInstanceOf(IOException.class);
    assertThat(files()).isEmpty();
    output.write(chunk("second\n"));
    assertThat(files()).containsExactly("app_0.log");
  }

  @Test
  void appendWaitsForAnotherWriterOfTheFile() throws Exception {
    FileOutput output = output(Buffers.keys(), "path " + dir + "/app\nappend true");
    Path path = dir.resolve("app.log");
    Thread writer;
    try (FileChannel other =
        FileChannel.open(path, StandardOpenOption.CREATE, StandardOpenOption.WRITE)) {
      other.lock();
      writer = Thread.ofPlatform().start(() -> assertThatCode(output));
      Thread.sleep(30); // time for a writer that does not wait to do harm
      assertThat(path).isEmptyFile();
    }
    writer.join(10_000);
    assertThat(path).hasContent("a\n");
  }

  private static void assertThatCode(FileOutput output) {
    try {
      output.write(chunk("a\n"));
    } catch (Exception e) {
      throw new IllegalStateException(e);
    }
  }

  @Test
  void placeholdersOfKeysMakeFolders() throws Exception {
    FileOutput output =
        output(Buffers.keys("user", "$.k.n"), "path " + dir + "/${user}/${$.k.n}\nappend true");
    output.write(chunk("a\n").withVariables(Map.of("user", "bob", "$.k.n", "one")));
    assertThat(files()).containsExactly("bob/one.log");
  }

  @Test
  void pathsAreCheckedWhenConfigured() throws Exception {
    TestContext context = context(Buffers.keys("time"));
    TestPlugins.output(FileOutput.TYPE, "path " + dir + "/app", context);
    assertThat(context.validatedPlaceholders())
        .containsExactly("path=" + dir + "/app.%Y%m%d_**.log");
    Files.writeString(dir.resolve("file"), "x");
    assertThatThrownBy(() -> output(Buffers.keys(), "path " + dir + "/file/app"))
        .isInstanceOf(ConfigException.class)
        .hasMessage("out_file: `" + dir + "/file/app_0.log` is not writable");
  }

  @Test
  void symlinkLeadsToTheNewestStagedChunk() throws Exception {
    Path link = dir.resolve("links/current");
    FileOutput output =
        output(
            Buffers.keys("time"),
            "path " + dir + "/app\nsymlink_path " + link + "\nsymlink_path_use_relative true");
    Path newer = dir.resolve("newer");
    output.staged(StoredChunk.in(newer, chunk("n\n").withTimekey(DAY + 86_400, Zone.UTC)));
    assertThat(Files.readSymbolicLink(link)).isEqualTo(Path.of("../newer"));
    output.staged(StoredChunk.in(dir.resolve("older"), chunk("o\n")));
    assertThat(link).hasContent("n\n");
    output.staged(
        StoredChunk.in(dir.resolve("next"), chunk("x\n").withTimekey(DAY + 86_400, Zone.UTC)));
    assertThat(link).hasContent("x\n");
  }

  @Test
  void aMissingTimekeyIsWarnedOfInFluentdsCases() throws Exception {
    String path = "path " + dir + "/a\n";
    String some = "default timekey interval (1d) will be used. To change";
    assertThat(warnings(path)).contains("because of missing <buffer> section");
    assertThat(warnings(path + "<buffer time>\n</buffer>")).contains(some);
    assertThat(warnings(path + "<buffer>\nflush_interval 1s\n</buffer>")).contains(some);
    assertThat(warnings(path + "<buffer tag>\n</buffer>")).contains(some);
    assertThat(warnings(path + "<buffer []>\n</buffer>")).isEmpty();
    assertThat(warnings(path + "<buffer time>\ntimekey 1h\n</buffer>")).isEmpty();
    assertThat(warnings(path + "localtime\n<buffer []>\n</buffer>"))
        .startsWith("'localtime' is deprecated for output plugin.");
  }

  private String warnings(String config) throws Exception {
    TestContext context = context(Buffers.keys("time"));
    TestPlugins.output(FileOutput.TYPE, config, context);
    return String.join("\n", context.log().texts(Level.WARN));
  }

  @Test
  void symlinkIsRefusedInSecondary() {
    TestContext context = context(Buffers.keys("time")).secondary(true);
    assertThatThrownBy(
            () ->
                TestPlugins.output(
                    FileOutput.TYPE, "path " + dir + "/a\nsymlink_path " + dir + "/l", context))
        .hasMessageStartingWith("symlink_path option is unavailable in <secondary>");
  }

  @Test
  void theBufferStandsBesideTheFilesByDefault() {
    var defaults =
        FileOutput.TYPE.buffer().apply(TestPlugins.section("match", "path /var/log/${tag[0]}/x"));
    assertThat(defaults.chunkKeys()).containsExactly("time");
    assertThat(defaults.parameters())
        .containsEntry("@type", "file")
        .containsEntry("timekey", "86400")
        .containsEntry("path", "/var/log/_tag_0_/x");
  }

  /** Gzip that saves nothing. */
  private static byte[] deflated(byte[] content) throws IOException {
    var out = new java.io.ByteArrayOutputStream();
    try (var gzip =
        new java.util.zip.GZIPOutputStream(out) {
          {
            def.setLevel(java.util.zip.Deflater.NO_COMPRESSION);
          }
        }) {
      gzip.write(content);
    }
    return out.toByteArray();
  }

  @Test
  void theSuffixOfNamesMayBeAnotherOrNone() throws Exception {
    output(Buffers.keys(), "path " + dir + "/a\npath_suffix .txt").write(chunk("x\n"));
    output(Buffers.keys(), "path " + dir + "/b\nadd_path_suffix false").write(chunk("x\n"));
    assertThat(files()).containsExactly("a_0.txt", "b_0");
  }
}
