package io.runnel.plugins.input;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.runnel.config.ConfigException;
import io.runnel.plugin.Input;
import io.runnel.plugins.BuiltinPlugins;
import io.runnel.testkit.Await;
import io.runnel.testkit.Emitted;
import io.runnel.testkit.TestContext;
import io.runnel.testkit.TestPlugins;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.ZoneOffset;
import java.time.ZonedDateTime;
import java.time.format.DateTimeFormatter;
import java.util.List;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/** Parameters of the tail input that {@link TailInputTest} has no reason to set. */
@Timeout(60)
class TailParametersTest {
  private static final String REST =
      "read_from_head true\nrefresh_interval 0.2\nrotate_wait 0.2\n<parse>\n@type none\n</parse>\n";

  @TempDir Path dir;
  private final TestContext context = new TestContext(new BuiltinPlugins()).zone(ZoneOffset.UTC);
  private Input input;

  @AfterEach
  void stop() {
    if (input != null) {
      input.stop();
      input.close();
    }
    context.close();
  }

  private void start(String parameters) throws Exception {
    input =
        TestPlugins.input(
            TailInput.TYPE, parameters.replace("DIR", dir.toString()) + "\n" + REST, context);
    input.start();
  }

  private void write(String name, String text) throws IOException {
    Files.writeString(dir.resolve(name), text);
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
  void theTagIsTheOneGiven() throws Exception {
    write("a.log", "a\n");
    start("path DIR/a.log\ntag own.tag");
    awaitMessages("a");
    assertThat(context.emitter().events()).extracting(Emitted::tag).containsExactly("own.tag");
  }

  @Test
  void pathsMayBeSeparatedByAnotherCharacter() throws Exception {
    write("a.log", "a\n");
    write("b,c.log", "b\n");
    start("path DIR/a.log|DIR/b,c.log\npath_delimiter |\ntag t");
    awaitMessages("a", "b");
  }

  @Test
  void moreCharactersMayMakeAGlob() throws Exception {
    write("a1.log", "1\n");
    write("a2.log", "2\n");
    start("path DIR/a[12].log\nglob_policy extended\ntag t");
    awaitMessages("1", "2");
    assertThatThrownBy(() -> start("path DIR/{a,b}.log\nglob_policy always\ntag t"))
        .isInstanceOf(ConfigException.class)
        .hasMessageContaining("path_delimitor");
  }

  @Test
  void lettersOfTimeInPathsHaveATimeZone() throws Exception {
    DateTimeFormatter name = DateTimeFormatter.ofPattern("yyyyMMddHH'.log'");
    ZonedDateTime now = ZonedDateTime.now(ZoneOffset.ofHours(13));
    write(name.format(now), "east\n");
    write(name.format(now.plusHours(1)), "east\n"); // the hour may end meanwhile
    start("path DIR/%Y%m%d%H.log\npath_timezone +13:00\ntag t");
    Await.await(() -> messages().contains("east"));
  }

  @Test
  void posFileIsCompactedFromTimeToTime() throws Exception {
    write("a.log", "a\n");
    Path pos = dir.resolve("a.pos");
    start("path DIR/a.log\npos_file DIR/a.pos\npos_file_compaction_interval 0.2\ntag t");
    awaitMessages("a");
    Files.move(dir.resolve("a.log"), dir.resolve("old"));
    write("a.log", "new\n");
    awaitMessages("a", "new");
    Await.await(() -> context.metrics().counter("closed_file_count").get() == 1);
    Await.await(
        () -> {
          try {
            return !Files.readString(pos).contains("\tffffffffffffffff\t");
          } catch (IOException e) {
            return false; // it is being replaced
          }
        });
  }

  @Test
  void readsNoMoreBytesInASecondThanAllowed() throws Exception {
    write("a.log", "x".repeat(99).concat("\n").repeat(300));
    start("path DIR/a.log\nread_bytes_limit_per_second 8192\ntag t");
    Await.await(() -> context.metrics().counter("throttled_log_count").get() > 0);
    assertThat(messages()).hasSizeLessThan(300);
  }

  @Test
  void emitsNoMoreLinesTogetherThanAllowed() throws Exception {
    write("a.log", "1\n2\n3\n4\n5\n");
    start("path DIR/a.log\nread_lines_limit 2\ntag t");
    awaitMessages("1", "2", "3", "4", "5");
    assertThat(context.emitter().batches()).containsExactly(2, 2, 1);
  }

  @Test
  void theFirstLookMayWait() throws Exception {
    write("a.log", "a\n");
    start("path DIR/a.log\nskip_refresh_on_startup true\ntag t");
    assertThat(context.log().contains("following tail of")).isFalse();
    awaitMessages("a");
  }

  @Test
  void filesMayBeClosedBetweenReads() throws Exception {
    write("a.log", "a\n");
    start("path DIR/a.log\nopen_on_every_update true\ntag t");
    awaitMessages("a");
    Await.await(() -> !isOpen(dir.resolve("a.log")));
  }

  private static boolean isOpen(Path file) {
    try (Stream<Path> open = Files.list(Path.of("/proc/self/fd"))) {
      return open.anyMatch(
          link -> {
            try {
              return Files.readSymbolicLink(link).equals(file);
            } catch (IOException e) {
              return false; // closed meanwhile
            }
          });
    } catch (IOException e) {
      throw new IllegalStateException(e);
    }
  }

  @Test
  void inodesCannotBeFollowedWithoutAPosFile() {
    assertThatThrownBy(() -> start("path DIR/a.log\nfollow_inodes true\ntag t"))
        .isInstanceOf(ConfigException.class)
        .hasMessageContaining("follow inodes without pos_file");
  }
}
