package io.runnel.plugins.tail;

import static org.assertj.core.api.Assertions.assertThat;

import io.runnel.testkit.RecordedLog;
import io.runnel.testkit.fuzz.FuzzTarget;
import io.runnel.testkit.fuzz.FuzzTargets;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.DirectoryStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;

/** Position files and path patterns. */
public final class TailFuzz implements FuzzTargets {
  private static final byte[] POSITIONS =
      "/var/log/a\t0000000000000010\t00000000000a1b2c\n/b\t0000000000000020\t0000000000000002\n"
          .getBytes(StandardCharsets.US_ASCII);

  @Override
  public List<FuzzTarget> targets() {
    return List.of(
        FuzzTarget.of(
            "pos_file",
            List.of(
                "/var/log/a\t0000000000000010\t00000000000a1b2c\n/b c\tffffffffffffffff\t0\n",
                "/a\t10\t2\n/a\t20\t2\n/torn\t00"),
            List.of("\t", "\n", "ffffffffffffffff", "/a", "0", "\t\t", "\u00c3\u00a9", "g"),
            input -> positions(input, null)),
        new FuzzTarget("pos_emitted", emitted(), List.of(), input -> positions(POSITIONS, input)));
  }

  /** What stands beside a pos_file that was in use. */
  private static List<byte[]> emitted() {
    try {
      Path folder = Files.createTempDirectory("runnel-fuzz");
      Path file = Files.write(folder.resolve("pos"), POSITIONS);
      PositionFile.open(file, false, null, "boot", new RecordedLog()).close();
      Path beside = folder.resolve("pos.emitted");
      byte[] content = Files.exists(beside) ? Files.readAllBytes(beside) : new byte[0];
      delete(folder);
      return List.of(content);
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  private static void delete(Path folder) throws IOException {
    try (DirectoryStream<Path> files = Files.newDirectoryStream(folder)) {
      for (Path file : files) {
        Files.delete(file);
      }
    }
    Files.delete(folder);
  }

  /**
   * @param emitted what stands beside the file; null for nothing
   */
  private static int positions(byte[] content, byte[] emitted) throws IOException {
    Path folder = Files.createTempDirectory("runnel-fuzz");
    try {
      Path file = Files.write(folder.resolve("pos"), content);
      if (emitted != null) {
        Files.write(folder.resolve("pos.emitted"), emitted);
      }
      RecordedLog log = new RecordedLog();
      List<PositionFile.Saved> saved;
      try (PositionFile positions = PositionFile.open(file, false, null, "boot", log)) {
        saved = positions.saved();
        PositionFile.Entry entry = positions.add("/new", 7, 0);
        positions.update(entry, 42);
      }
      Files.deleteIfExists(folder.resolve("pos.emitted"));
      try (PositionFile again = PositionFile.open(file, false, null, "boot", new RecordedLog())) {
        assertThat(again.saved()).contains(new PositionFile.Saved("/new", 42, 7));
        if (emitted == null) {
          assertThat(again.saved())
              .containsAll(saved.stream().filter(one -> one.inode() != 7).toList());
        }
      }
      return Math.min(20, saved.size()) * 31 + Math.min(20, log.lines().size());
    } finally {
      delete(folder);
    }
  }
}
