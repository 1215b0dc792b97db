package io.runnel.plugins.tail;

import static org.assertj.core.api.Assertions.assertThat;

import io.runnel.config.ConfigElement;
import io.runnel.config.ConfigSpec;
import io.runnel.metrics.Metrics;
import io.runnel.testkit.ManualClock;
import io.runnel.testkit.RecordedEmitter;
import io.runnel.testkit.RecordedLog;
import io.runnel.testkit.TestPlugins;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** What is hard to arrange with real files. */
class TailLoopTest {
  @TempDir Path dir;
  private final FakeFiles files = new FakeFiles();
  private final ManualClock clock = ManualClock.at(1_700_000_000_000L);
  private final RecordedLog log = new RecordedLog();
  private final RecordedEmitter emitter = new RecordedEmitter();
  private final Metrics metrics = new Metrics();
  private PositionFile positions;
  private TailLoop loop;

  private void start(String parameters) throws IOException {
    ConfigElement section =
        TestPlugins.section(
            "source",
            "tag t.*\nread_from_head true\nrefresh_interval 5\nrotate_wait 2\n"
                + parameters
                + "\n<parse>\n@type line\n</parse>");
    TailConfig config = ConfigSpec.of(TailConfig.class).bind(section, false);
    positions = PositionFile.open(dir.resolve("pos"), false, null, "boot", log);
    loop =
        Tail.create(
            new Tail.Parts(
                config,
                new LineParser(),
                false,
                null,
                null,
                LineEncoding.of(config.fromEncoding(), config.encoding()),
                text -> text,
                files,
                files,
                emitter,
                new TailMetrics(metrics),
                clock,
                log),
            positions,
            new FileHeads(dir.resolve("pos.heads"), log));
    turns(1);
  }

  private void turns(int count) {
    for (int i = 0; i < count; i++) {
      loop.turn(files.await(0));
      clock.advanceMillis(1000);
    }
  }

  private void stop() throws IOException {
    loop.finish(files.await(0));
    positions.close();
  }

  private FakeFiles.Node write(String path, String text) {
    FakeFiles.Node node = files.exists(path) ? files.node(path) : files.create(path);
    files.append(node, text.getBytes(StandardCharsets.UTF_8));
    return node;
  }

  private List<Object> messages() {
    return emitter.records().stream().map(record -> record.get("message")).toList();
  }

  @Test
  void anUnreadableFileIsTriedAgainAndKeepsItsPosition() throws IOException {
    write("/l/a.log", "one\n");
    start("path /l/*.log");
    turns(1);
    stop();
    write("/l/a.log", "two\n");
    files.unreadable.add("/l/a.log");
    start("path /l/*.log");
    turns(12);
    assertThat(log.texts().toString())
        .contains("/l/a.log unreadable. It is excluded and would be examined next time.");
    assertThat(Files.readString(dir.resolve("pos"))).contains("/l/a.log\t0000000000000004\t");
    files.unreadable.clear();
    turns(6);
    assertThat(messages()).containsExactly("one", "two");
  }

  @Test
  void anUnreadableFileIsWarnedAboutOnceWhereThatIsWanted() throws IOException {
    write("/l/a.log", "one\n");
    files.unreadable.add("/l/a.log");
    start("path /l/a.log\nignore_repeated_permission_error true");
    turns(20);
    assertThat(log.texts().stream().filter(text -> text.contains("unreadable"))).hasSize(1);
  }

  @Test
  void compressedFilesThatAWildcardMatchesAreLeftOut() throws IOException {
    write("/l/a.log", "one\n");
    files.append(files.create("/l/a.log.1.gz"), new byte[] {0x1f, (byte) 0x8b, 8, 0, 0, 0, '\n'});
    write("/l/notes.gz", "a text\n");
    start("path /l/*");
    turns(2);
    FakeFiles.Node growing = files.create("/l/a.log.2.xz"); // as a compressor makes it
    turns(2);
    files.append(growing, new byte[] {(byte) 0xfd, '7', 'z'});
    turns(12);
    files.append(growing, new byte[] {'X', 'Z', 0, '\n'});
    FakeFiles.Node text = files.create("/l/late.zip");
    turns(12);
    files.append(text, "late\n is a text\n".getBytes(StandardCharsets.UTF_8));
    turns(12);
    assertThat(messages()).containsExactly("one", "a text", "late", " is a text");
    assertThat(log.texts().stream().filter(line -> line.contains("skip a compressed file")))
        .hasSize(2);
  }

  @Test
  void aCompressedFileThatPathNamesIsReadAsItIs() throws IOException {
    write("/l/a.gz", "\u001fx\n");
    files.append(
        files.create("/l/b.zst"), new byte[] {0x28, (byte) 0xb5, 0x2f, (byte) 0xfd, 1, 2, '\n'});
    start("path /l/a.gz,/l/b.zst");
    turns(2);
    assertThat(messages()).hasSize(2);
  }

  @Test
  void twoNamesOfOneFileAreReadOnceAndOneMayGo() throws IOException {
    write("/l/real.log", "one\n");
    files.link("/l/real.log", "/l/alias.log");
    start("path /l/*.log");
    turns(2);
    assertThat(messages()).containsExactly("one");
    files.rename("/l/real.log", "/m/elsewhere");
    files.link("/m/elsewhere", "/l/alias.log");
    files.append(files.node("/m/elsewhere"), "two\n".getBytes(StandardCharsets.UTF_8));
    turns(10);
    assertThat(messages()).containsExactly("one", "two");
  }

  @Test
  void aFileThatIsTooOldForNowGoesOnWhereItWas() throws IOException {
    files.modifiedMillis = clock.millis();
    write("/l/a.log", "one\n");
    start("path /l/*.log\nlimit_recently_modified 10s");
    turns(30);
    assertThat(metrics.snapshot()).containsEntry("closed_file_count", 1L);
    files.modifiedMillis = clock.millis();
    write("/l/a.log", "two\n");
    turns(8);
    assertThat(messages()).containsExactly("one", "two");
  }

  @Test
  void theLastLineOfARotatedFileNeedsNoNewline() throws IOException {
    write("/l/a.log", "one\nrest");
    start("path /l/a.log");
    turns(3);
    assertThat(messages()).containsExactly("one");
    files.rename("/l/a.log", "/l/a.log.1");
    turns(5);
    assertThat(messages()).containsExactly("one", "rest");
    assertThat(Files.readString(dir.resolve("pos"))).contains("\tffffffffffffffff\t");
    assertThat(metrics.snapshot())
        .containsEntry("opened_file_count", 1L)
        .containsEntry("closed_file_count", 1L)
        .containsEntry("rotated_file_count", 1L)
        .containsEntry("tracked_file_count", 0L);
  }

  @Test
  void aReusedInodeIsANewFile() throws IOException {
    FakeFiles.Node old = write("/l/a.log", "old line\n");
    start("path /l/*.log");
    turns(2);
    stop();
    files.delete("/l/a.log");
    FakeFiles.Node fresh = write("/l/b.log", "new line\nand more\n");
    assertThat(fresh.inode).isEqualTo(old.inode);
    start("path /l/*.log");
    turns(2);
    assertThat(messages()).containsExactly("old line", "new line", "and more");
  }

  @Test
  void manyFilesShareACommit() throws IOException {
    for (int i = 0; i < 500; i++) {
      write("/l/" + i + ".log", "a\nb\n");
    }
    start("path /l/*.log");
    assertThat(messages()).hasSize(1000);
    assertThat(emitter.commits()).isEqualTo(1);
    assertThat(emitter.events().getFirst().tag()).isEqualTo("t.l.0.log");
  }
}
