package io.runnel.plugins.client;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Optional;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class ChunkProgressTest {
  @TempDir Path folder;

  @Test
  void outlivesTheProcessInTheNote() throws Exception {
    Optional<Path> note = Optional.of(folder.resolve("chunk.note"));
    ChunkProgress first = ChunkProgress.of(note);
    assertThat(first.isEmpty()).isTrue();
    first.done(0);
    first.done(70_000);
    first.save();
    ChunkProgress next = ChunkProgress.of(note);
    assertThat(next.isDone(0)).isTrue();
    assertThat(next.isDone(1)).isFalse();
    assertThat(next.isDone(70_000)).isTrue();
  }

  @Test
  void aDamagedNoteIsAsGoodAsNone() throws Exception {
    Path note = folder.resolve("chunk.note");
    ChunkProgress first = ChunkProgress.of(Optional.of(note));
    first.done(3);
    first.save();
    byte[] bytes = Files.readAllBytes(note);
    for (int i = 0; i < bytes.length; i++) {
      byte[] damaged = bytes.clone();
      damaged[i] ^= 0x10;
      Files.write(note, damaged);
      assertThat(ChunkProgress.of(Optional.of(note)).isEmpty()).as("byte " + i).isTrue();
    }
    Files.write(note, new byte[3]);
    assertThat(ChunkProgress.of(Optional.of(note)).isEmpty()).isTrue();
  }

  @Test
  void withoutAFileNothingIsKept() throws Exception {
    ChunkProgress first = ChunkProgress.of(Optional.empty());
    first.done(1);
    first.save();
    assertThat(ChunkProgress.of(Optional.empty()).isDone(1)).isFalse();
  }
}
