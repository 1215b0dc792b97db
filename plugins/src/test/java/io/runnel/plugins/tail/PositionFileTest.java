package io.runnel.plugins.tail;

import static org.assertj.core.api.Assertions.assertThat;

import io.runnel.log.Log;
import io.runnel.testkit.RecordedLog;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.List;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class PositionFileTest {
  @TempDir Path dir;
  private Path path;

  @BeforeEach
  void name() {
    path = dir.resolve("in.pos");
  }

  private PositionFile open() throws IOException {
    return PositionFile.open(
        path, true, PosixFilePermissions.fromString("rw-r-----"), "boot", Log.none());
  }

  private String content() throws IOException {
    return Files.readString(path);
  }

  @Test
  void writesFluentdsBytes() throws IOException {
    try (PositionFile file = open()) {
      PositionFile.Entry a = file.add("/var/log/a.log", 0x21a30a, 0);
      PositionFile.Entry b = file.add("/var/log/b.log", 0x21a332, 12);
      file.update(a, 6);
      file.unwatch(b);
    }
    assertThat(content())
        .isEqualTo(
            "/var/log/a.log\t0000000000000006\t000000000021a30a\n"
                + "/var/log/b.log\tffffffffffffffff\t000000000021a332\n");
    assertThat(PosixFilePermissions.toString(Files.getPosixFilePermissions(path)))
        .isEqualTo("rw-r-----");
  }

  @Test
  void changesInPlaceCountBytesOfThePath() throws IOException {
    try (PositionFile file = open()) {
      PositionFile.Entry a = file.add("/log/é€.log", 1, 0);
      file.add("/log/b", 2, 0);
      file.update(a, 255);
    }
    assertThat(content())
        .isEqualTo(
            "/log/é€.log\t00000000000000ff\t0000000000000001\n"
                + "/log/b\t0000000000000000\t0000000000000002\n");
  }

  @Test
  void readsWhatFluentdHasLeft() throws IOException {
    Files.writeString(
        path,
        "/a\t0000000000000006\t000000000021a30a\n"
            + "garbage\n"
            + "/gone\tffffffffffffffff\t000000000021a332\n"
            + "/a\t0000000000000007\t000000000021A30A\n"
            + "/a\t1\t2\n"
            + "/torn\t00000000000000");
    RecordedLog log = new RecordedLog();
    try (PositionFile file = PositionFile.open(path, true, null, "boot", log)) {
      assertThat(file.saved())
          .containsExactly(
              new PositionFile.Saved("/a", 7, 0x21a30a), new PositionFile.Saved("/a", 1, 2));
      assertThat(log.contains("Unparsable line in pos_file: garbage")).isTrue();
      file.add("/b", 3, 4);
    }
    assertThat(content()).endsWith("\n/b\t0000000000000004\t0000000000000003\n");
  }

  @Test
  void compactionKeepsWhatIsFollowedAndGoesOnInPlace() throws IOException {
    try (PositionFile file = open()) {
      PositionFile.Entry a = file.add("/a", 1, 10);
      PositionFile.Entry b = file.add("/bb", 2, 20);
      PositionFile.Entry c = file.add("/c", 3, 30);
      file.unwatch(a);
      file.compact();
      file.update(b, 21);
      file.update(c, 31);
      file.addOlder("/old", 4, 5);
      file.update(c, 32);
    }
    assertThat(content())
        .isEqualTo(
            "/old\t0000000000000005\t0000000000000004\n"
                + "/bb\t0000000000000015\t0000000000000002\n"
                + "/c\t0000000000000020\t0000000000000003\n");
    try (var names = Files.list(dir)) {
      assertThat(names).containsExactlyInAnyOrder(path, dir.resolve("in.pos.emitted"));
    }
  }

  @Test
  void afterAKillReadingGoesOnBehindWhatWasEmitted() throws IOException {
    PositionFile file = open();
    PositionFile.Entry a = file.add("/a", 1, 10);
    PositionFile.Entry b = file.add("/b", 2, 10);
    PositionFile.Entry gone = file.add("/gone", 3, 10);
    file.emitted(a, 30);
    file.emitted(b, 30);
    file.emitted(gone, 30);
    file.update(b, 20); // truncated since, say
    file.unwatch(gone);
    file.close(); // nothing more was written than at a kill
    try (PositionFile next = open()) {
      assertThat(next.saved())
          .containsExactly(
              new PositionFile.Saved("/a", 30, 1), new PositionFile.Saved("/b", 20, 2));
    }
    try (PositionFile again = open()) { // killed once more before anything was written
      assertThat(again.saved()).contains(new PositionFile.Saved("/a", 30, 1));
    }
  }

  @Test
  void afterAPowerLossOrWorkOfOthersOnlyThePosFileCounts() throws IOException {
    try (PositionFile file = open()) {
      file.emitted(file.add("/a", 1, 10), 30);
      file.emitted(file.add("/b", 2, 10), 30);
    }
    Path copy = dir.resolve("copy");
    Files.copy(path, copy);
    Files.copy(dir.resolve("in.pos.emitted"), dir.resolve("copy.emitted"));
    try (PositionFile rebooted = PositionFile.open(copy, true, null, "other boot", Log.none())) {
      assertThat(rebooted.saved()).extracting(PositionFile.Saved::position).containsOnly(10L);
    }
    Files.writeString(path, content().replaceFirst("000a", "000f")); // Fluentd went on with /a
    try (PositionFile file = open()) {
      assertThat(file.saved()).extracting(PositionFile.Saved::position).containsExactly(15L, 30L);
    }
  }

  @Test
  void deadLinesDoNotPileUp() throws IOException {
    try (PositionFile file = open()) {
      PositionFile.Entry kept = file.add("/kept", 1, 1);
      for (int i = 0; i < 2500; i++) {
        file.unwatch(file.add("/short-lived", 2 + i, 0));
      }
      file.update(kept, 2);
    }
    assertThat(content().lines().count()).isLessThan(1100);
    assertThat(content()).startsWith("/kept\t0000000000000002\t");
  }

  @Test
  void keepsEntriesOfFilesThatCannotBeReadYet() throws IOException {
    PositionFile.Saved saved = new PositionFile.Saved("/a", 5, 6);
    try (PositionFile file = open()) {
      file.retain(saved);
      file.compact();
      assertThat(content()).isEqualTo("/a\t0000000000000005\t0000000000000006\n");
      file.add("/a", 6, 5);
      file.drop(saved);
    }
    assertThat(content())
        .isEqualTo(
            "/a\tffffffffffffffff\t0000000000000006\n"
                + "/a\t0000000000000005\t0000000000000006\n");
  }

  @Test
  void aPathThatTheFormatCannotHoldIsOnlyRemembered() throws IOException {
    try (PositionFile file = open()) {
      PositionFile.Entry entry = file.add("/a\tb", 1, 0);
      file.update(entry, 9);
      file.compact();
      file.update(entry, 10);
      assertThat(entry.position()).isEqualTo(10);
    }
    assertThat(content()).isEmpty();
  }

  @Test
  void remembersWithoutAFile() throws IOException {
    try (PositionFile file = PositionFile.inMemory()) {
      PositionFile.Entry entry = file.add("/a", 1, 0);
      file.update(entry, 9);
      file.sync();
      assertThat(entry.position()).isEqualTo(9);
      assertThat(file.saved()).isEqualTo(List.of());
    }
  }
}
