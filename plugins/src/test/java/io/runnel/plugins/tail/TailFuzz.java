package io.runnel.plugins.tail;

import static org.assertj.core.api.Assertions.assertThat;

import io.runnel.testkit.RecordedLog;
import io.runnel.testkit.fuzz.FuzzTarget;
import io.runnel.testkit.fuzz.FuzzTargets;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;

/** Position files and path patterns. */
public final class TailFuzz implements FuzzTargets {
  @Override
  public List<FuzzTarget> targets() {
    return List.of(
        FuzzTarget.of(
            "pos_file",
            List.of(
                "/var/log/a\t0000000000000010\t00000000000a1b2c\n/b c\tffffffffffffffff\t0\n",
                "/a\t10\t2\n/a\t20\t2\n/torn\t00"),
            List.of("\t", "\n", "ffffffffffffffff", "/a", "0", "\t\t", "\u00c3\u00a9", "g"),
            this::positions));
  }

  private int positions(byte[] input) throws IOException {
    Path file = Files.createTempFile("runnel-fuzz", ".pos");
    try {
      Files.write(file, input);
      RecordedLog log = new RecordedLog();
      List<PositionFile.Saved> saved;
      try (PositionFile positions = PositionFile.open(file, false, null, log)) {
        saved = positions.saved();
        PositionFile.Entry entry = positions.add("/new", 7, 0);
        positions.update(entry, 42);
      }
      try (PositionFile again = PositionFile.open(file, false, null, new RecordedLog())) {
        assertThat(again.saved()).contains(new PositionFile.Saved("/new", 42, 7));
        assertThat(again.saved())
            .containsAll(
                saved.stream()
                    .filter(one -> !(one.path().equals("/new") && one.inode() == 7))
                    .toList());
      }
      return Math.min(20, saved.size()) * 31 + Math.min(20, log.lines().size());
    } finally {
      Files.delete(file);
    }
  }
}
