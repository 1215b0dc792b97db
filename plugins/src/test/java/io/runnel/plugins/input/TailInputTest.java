package io.runnel.plugins.input;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.runnel.config.ConfigException;
import io.runnel.plugin.BufferOverflowException;
import io.runnel.plugin.EmitException;
import io.runnel.plugin.Input;
import io.runnel.plugin.PluginCatalog;
import io.runnel.plugin.PluginKind;
import io.runnel.plugin.PluginType;
import io.runnel.plugins.tail.LineParser;
import io.runnel.testkit.Await;
import io.runnel.testkit.Emitted;
import io.runnel.testkit.TestContext;
import io.runnel.testkit.TestPlugins;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.nio.file.StandardOpenOption;
import java.time.Duration;
import java.util.List;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class TailInputTest {
  record NoParameters() {}

  /** The one parser that these tests need. */
  static final class Catalog implements PluginCatalog {
    @Override
    public PluginType<?, ?, ?> find(PluginKind kind, String name) {
      return kind == PluginKind.PARSER
          ? PluginType.<NoParameters>parser(name, NoParameters.class, (c, x) -> new LineParser())
          : null;
    }

    @Override
    public List<String> names(PluginKind kind) {
      return List.of("line");
    }
  }

  private static final String HEAD = "read_from_head true\nrefresh_interval 0.2\nrotate_wait 0.3\n";
  private static final String LINES = "<parse>\n@type line\n</parse>\n";

  @TempDir Path dir;
  private final TestContext context = new TestContext(new Catalog());
  private Input input;

  @AfterEach
  void stop() {
    stopInput();
    context.close();
  }

  private void stopInput() {
    if (input != null) {
      input.stop();
      input.close();
      input = null;
    }
  }

  private void start(String parameters) throws Exception {
    start("in.log", parameters + LINES);
  }

  private void start(String path, String text) throws Exception {
    input =
        TestPlugins.input(
            TailInput.TYPE,
            "path " + dir.resolve(path) + "\npos_file " + pos() + "\ntag t\n" + text,
            context);
    input.start();
  }

  private Path pos() {
    return dir.resolve("pos/in.pos");
  }

  private void append(String name, String text) throws IOException {
    Files.createDirectories(dir.resolve(name).getParent());
    Files.writeString(
        dir.resolve(name), text, StandardOpenOption.CREATE, StandardOpenOption.APPEND);
  }

  private List<String> messages() {
    return context.emitter().records().stream().map(r -> String.valueOf(r.get("message"))).toList();
  }

  private void awaitMessages(String... wanted) {
    Await.await(
        Await.DEADLINE, () -> messages().toString(), () -> messages().size() >= wanted.length);
    assertThat(messages()).containsExactlyInAnyOrder(wanted);
  }

  @Test
  void emitsEachWholeLineAndWaitsForTheRestOfAHalfOne() throws Exception {
    append("in.log", "one\r\n\ntwo\nhal");
    start(HEAD);
    awaitMessages("one", "", "two");
    append("in.log", "f\n");
    awaitMessages("one", "", "two", "half");
  }

  @Test
  void posFileHoldsPathPositionAndInodeInHexadecimal() throws Exception {
    append("in.log", "one\ntwo\n");
    start(HEAD);
    awaitMessages("one", "two");
    stopInput();
    long inode = ((Number) Files.getAttribute(dir.resolve("in.log"), "unix:ino")).longValue();
    assertThat(Files.readString(pos()))
        .isEqualTo(String.format("%s\t%016x\t%016x\n", dir.resolve("in.log"), 8, inode));
  }

  @Test
  void goesOnWhereItStopped() throws Exception {
    append("in.log", "one\n");
    start(HEAD);
    awaitMessages("one");
    stopInput();
    append("in.log", "two\n");
    start(HEAD);
    awaitMessages("one", "two");
  }

  @Test
  void readsFromTheEndWithoutReadFromHead() throws Exception {
    append("in.log", "old\n");
    start("refresh_interval 0.2\n");
    Await.await(() -> context.log().contains("following tail of"));
    append("in.log", "new\n");
    awaitMessages("new");
  }

  @Test
  void readsTheRenamedFileToItsEndAndTheNewOneFromItsBeginning() throws Exception {
    append("in.log", "a\n");
    start(HEAD);
    awaitMessages("a");
    Files.move(dir.resolve("in.log"), dir.resolve("in.log.1"));
    append("in.log.1", "b\n");
    append("in.log", "c\n");
    awaitMessages("a", "b", "c");
    append("in.log", "d\n");
    awaitMessages("a", "b", "c", "d");
    assertThat(context.log().texts().toString()).contains("detected rotation of");
    Await.await(() -> readPos().contains("\tffffffffffffffff\t"));
  }

  private String readPos() {
    try {
      return Files.readString(pos());
    } catch (IOException e) {
      return "";
    }
  }

  @Test
  void readsEachOfSeveralQuickRotations() throws Exception {
    append("in.log", "0\n");
    start(HEAD);
    awaitMessages("0");
    String[] wanted = new String[21];
    wanted[0] = "0";
    for (int i = 1; i <= 20; i++) {
      Files.move(dir.resolve("in.log"), dir.resolve("in.log." + i));
      append("in.log", i + "\n");
      wanted[i] = String.valueOf(i);
    }
    awaitMessages(wanted);
  }

  @Test
  void readsATruncatedFileFromItsBeginning() throws Exception {
    append("in.log", "before 1\nbefore 2\n");
    start(HEAD);
    awaitMessages("before 1", "before 2");
    Files.writeString(dir.resolve("in.log"), "");
    append("in.log", "x\n");
    awaitMessages("before 1", "before 2", "x");
  }

  @Test
  void noticesATruncatedFileThatHasGrownPastTheOldPosition() throws Exception {
    append("in.log", "before\n");
    start(HEAD);
    awaitMessages("before");
    Files.writeString(dir.resolve("in.log"), "after 1\nafter 2\nafter 3\n");
    awaitMessages("before", "after 1", "after 2", "after 3");
  }

  @Test
  void followsASymbolicLinkToItsNewTarget() throws Exception {
    append("a.log", "a\n");
    Files.createSymbolicLink(dir.resolve("in.log"), dir.resolve("a.log"));
    start(HEAD);
    awaitMessages("a");
    append("b.log", "b\n");
    Files.createSymbolicLink(dir.resolve("new"), dir.resolve("b.log"));
    Files.move(dir.resolve("new"), dir.resolve("in.log"), StandardCopyOption.REPLACE_EXISTING);
    awaitMessages("a", "b");
    append("a.log", "late a\n");
    append("b.log", "b2\n");
    Await.await(() -> messages().contains("b2"));
  }

  @Test
  void findsTheFileThatWasRotatedWhileStopped() throws Exception {
    append("in.log", "one\n");
    start(HEAD);
    awaitMessages("one");
    stopInput();
    append("in.log", "two\n");
    Files.move(dir.resolve("in.log"), dir.resolve("in.log.1"));
    append("in.log", "three\n");
    start(HEAD);
    awaitMessages("one", "two", "three");
  }

  @Test
  void takesANewFileWithAnOldInodeForANewOne() throws Exception {
    append("in.log", "old content\n");
    start(HEAD);
    awaitMessages("old content");
    stopInput();
    Files.writeString(dir.resolve("in.log"), "something else\n"); // the same inode
    start(HEAD);
    awaitMessages("old content", "something else");
  }

  @Test
  void followsAllFilesOfAGlobAndTagsThemByTheirPath() throws Exception {
    append("logs/a.log", "a\n");
    append("logs/skip.log", "never\n");
    append("logs/b.txt", "never\n");
    input =
        TestPlugins.input(
            TailInput.TYPE,
            "path "
                + dir
                + "/logs/*.log\npos_file "
                + pos()
                + "\ntag app.*.x\nexclude_path [\""
                + dir
                + "/logs/s*.log\"]\npath_key src\n"
                + HEAD
                + LINES,
            context);
    input.start();
    awaitMessages("a");
    append("logs/late.log", "late\n");
    awaitMessages("a", "late");
    Emitted late = context.emitter().events().getLast();
    String path = dir + "/logs/late.log";
    assertThat(late.tag()).isEqualTo("app" + path.replace('/', '.') + ".x");
    assertThat(late.record()).containsEntry("src", path);
  }

  @Test
  void keepsTheLinesWhileTheBufferIsFull() throws Exception {
    context.emitter().refuse(new BufferOverflowException("buffer space has too many data"));
    append("in.log", "one\ntwo\n");
    start(HEAD);
    Await.await(() -> readPos().contains("in.log"));
    assertThat(readPos()).contains("\t0000000000000000\t");
    context.emitter().refuse(null);
    awaitMessages("one", "two");
  }

  @Test
  void offersTheLinesAgainAfterAFaultOfTheDisk() throws Exception {
    context.emitter().refuse(new EmitException("write", new IOException("no space left")));
    append("in.log", "one\ntwo\n");
    start(HEAD);
    Await.await(() -> context.log().contains("emit failed, the lines are kept"));
    assertThat(readPos()).contains("\t0000000000000000\t");
    context.emitter().refuse(null);
    awaitMessages("one", "two");
    Await.await(() -> readPos().contains("\t0000000000000008\t"));
  }

  @Test
  void goesOnBehindAnEventThatNoBufferTakes() throws Exception {
    context.emitter().refuse(new EmitException("a 9 bytes record is larger than a chunk"));
    append("in.log", "one\n");
    start(HEAD);
    Await.await(() -> context.log().contains("emit failed, these lines are given up"));
    context.emitter().refuse(null);
    append("in.log", "two\n");
    awaitMessages("two");
  }

  @Test
  void movesNoPositionBeforeTheCommit() throws Exception {
    context.emitter().refuseCommit(new EmitException("disk"));
    append("in.log", "one\n");
    start(HEAD);
    awaitMessages("one");
    assertThat(readPos()).contains("\t0000000000000000\t");
    context.emitter().refuseCommit(null);
    Await.await(() -> readPos().contains("\t0000000000000004\t"));
    assertThat(messages()).containsExactly("one");
  }

  @Test
  void stopsAlthoughTheBufferBlocks() throws Exception {
    context.emitter().block(true);
    append("in.log", "one\n");
    start(HEAD);
    Await.await(() -> readPos().contains("in.log"));
    long start = System.nanoTime();
    stopInput();
    assertThat(Duration.ofNanos(System.nanoTime() - start)).isLessThan(Duration.ofSeconds(12));
    assertThat(readPos()).contains("\t0000000000000000\t");
  }

  @Test
  void skipsLinesThatAreTooLong() throws Exception {
    append("in.log", "a\n" + "x".repeat(2000) + "\nb\n" + "y".repeat(600_000) + "\nc\n");
    start(HEAD + "max_line_size 1k\n");
    awaitMessages("a", "b", "c");
    assertThat(context.log().contains("received line length is longer than 1024")).isTrue();
  }

  @Test
  void readsLinesLongerThanABlock() throws Exception {
    String large = "x".repeat(700_000);
    append("in.log", large + "\nb\n");
    start(HEAD);
    awaitMessages(large, "b");
  }

  @Test
  void warnsAboutLinesThatDoNotMatchAndEmitsThemWhereWanted() throws Exception {
    append("in.log", "bad \"line\"\ngood\n");
    start(HEAD + "emit_unmatched_lines true\n");
    Await.await(() -> context.emitter().records().size() == 2);
    assertThat(context.emitter().records().getFirst())
        .containsEntry("unmatched_line", "bad \"line\"");
    assertThat(context.log().contains("pattern not matched: \"bad \\\"line\\\"\"")).isTrue();
  }

  @Test
  void convertsEncodings() throws Exception {
    Files.write(
        dir.resolve("in.log"), ("caf\u00e9\nplain\n").getBytes(StandardCharsets.ISO_8859_1));
    start(HEAD + "from_encoding ISO-8859-1\nencoding UTF-8\n");
    awaitMessages("café", "plain");
  }

  @Test
  void splitsWideEncodingsAtTheirNewlines() throws Exception {
    Files.write(dir.resolve("in.log"), "a\u0a00b\n\u00e9\n".getBytes(StandardCharsets.UTF_16LE));
    start(HEAD + "from_encoding UTF-16LE\nencoding UTF-8\n");
    awaitMessages("a\u0a00b", "\u00e9");
  }

  @Test
  void gathersMultilineEventsAndFlushesTheLastOneAtTheStop() throws Exception {
    append("in.log", "lost\nSTART a\n  b\nSTART c\n d\n");
    start("in.log", HEAD + "<parse>\n@type multiline_x\nformat_firstline /^START/\n</parse>\n");
    awaitMessages("START a\n  b");
    assertThat(context.log().contains("got incomplete line before first line from")).isTrue();
    Await.await(() -> readPos().contains(String.format("\t%016x\t", 17)));
    stopInput();
    awaitMessages("START a\n  b", "START c\n d");
    assertThat(readPos()).contains(String.format("\t%016x\t", 28));
  }

  @Test
  void flushesAMultilineEventByTime() throws Exception {
    append("in.log", "START a\n b\n");
    start(
        "in.log",
        HEAD
            + "multiline_flush_interval 0.3\n"
            + "<parse>\n@type multiline_x\nformat_firstline /^START/\n</parse>\n");
    awaitMessages("START a\n b");
  }

  @Test
  void groupLimitHoldsBackLines() throws Exception {
    append("in.log", "1\n2\n3\n4\n5\n");
    start(
        HEAD
            + "<group>\npattern /(?<name>[a-z]+)\\.log$/\nrate_period 1\n"
            + "<rule>\nmatch {\"name\": \"/^in$/\"}\nlimit 2\n</rule>\n</group>\n");
    awaitMessages("1", "2");
    Await.await(() -> messages().size() == 5);
    assertThat(context.emitter().batches()).containsExactly(2, 2, 1);
  }

  @Test
  void opensOnEveryUpdateAndStillReadsTheRotatedFile() throws Exception {
    append("in.log", "a\n");
    start(HEAD + "open_on_every_update true\n");
    awaitMessages("a");
    append("in.log", "b\n");
    Files.move(dir.resolve("in.log"), dir.resolve("in.log.1"));
    append("in.log", "c\n");
    awaitMessages("a", "b", "c");
  }

  @Test
  void refusesParametersThatDoNotFitTogether() {
    assertThatThrownBy(() -> start("from_encoding UTF-8\n"))
        .isInstanceOf(ConfigException.class)
        .hasMessageContaining("must be specified with 'encoding' parameter");
    assertThatThrownBy(() -> start("enable_watch_timer false\nenable_stat_watcher false\n"))
        .isInstanceOf(ConfigException.class)
        .hasMessageContaining("must be true");
    assertThatThrownBy(() -> start("in.log", ""))
        .isInstanceOf(ConfigException.class)
        .hasMessageContaining("<parse> section is required.");
  }
}
