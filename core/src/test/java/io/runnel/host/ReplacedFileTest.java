package io.runnel.host;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class ReplacedFileTest {
  @TempDir Path folder;

  private void write(Path file, String text) throws IOException {
    ReplacedFile.write(
        file,
        text.getBytes(StandardCharsets.UTF_8),
        PosixFilePermissions.fromString("rw-r-----"),
        true);
  }

  private long files() throws IOException {
    try (Stream<Path> all = Files.list(folder)) {
      return all.count();
    }
  }

  @Test
  void replacesTheTextAndLeavesNothingElse() throws IOException {
    Path file = folder.resolve("state");
    write(file, "a longer text");
    write(file, "short");
    assertThat(file).hasContent("short");
    assertThat(Files.getPosixFilePermissions(file))
        .isEqualTo(PosixFilePermissions.fromString("rw-r-----"));
    assertThat(files()).isEqualTo(1);
  }

  @Test
  void plantedLinksAreNotFollowed() throws IOException {
    Path victim = Files.writeString(folder.resolve("victim"), "precious");
    Path file = folder.resolve("state");
    Files.createSymbolicLink(folder.resolve(".state.new"), victim);
    Files.createSymbolicLink(file, victim);
    write(file, "text");
    assertThat(victim).hasContent("precious");
    assertThat(file).hasContent("text");
    assertThat(Files.isSymbolicLink(file)).isFalse();
  }

  @Test
  void aFailureLeavesTheOldFile() throws IOException {
    Path file = Files.createDirectory(folder.resolve("state"));
    Files.writeString(file.resolve("inside"), "x");
    assertThatThrownBy(() -> write(file, "text")).isInstanceOf(IOException.class);
    assertThat(file.resolve("inside")).hasContent("x");
    assertThat(files()).isEqualTo(1);
  }
}
