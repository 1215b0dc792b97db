package io.runnel.buffer;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.file.Path;
import java.util.List;
import org.junit.jupiter.api.Test;

class FileLayoutTest {
  private static final byte[] ID = ChunkId.parse("60a1b2c3d4e5f60718293a4b5c6d7e8f");
  private final FileLayout layout =
      FileLayout.ofPattern(Path.of("/b/buffer.*.log"), List.of(), null);
  private final FileLayout single = FileLayout.ofPattern(Path.of("/b/fsb.*.buf"), List.of(), "tag");

  @Test
  void namesChunksLikeFluentd() {
    Path staged = layout.staged(ID, "");
    assertThat(staged).hasToString("/b/buffer.b60a1b2c3d4e5f60718293a4b5c6d7e8f.log");
    assertThat(layout.queued(staged, ID))
        .hasToString("/b/buffer.q60a1b2c3d4e5f60718293a4b5c6d7e8f.log");
    assertThat(single.staged(ID, "test.fs"))
        .hasToString("/b/fsb.test.fs.b60a1b2c3d4e5f60718293a4b5c6d7e8f.buf");
  }

  @Test
  void readsTheNamesThatItWrites() {
    FileLayout.Name name = layout.parse(layout.queued(layout.staged(ID, ""), ID));
    assertThat(name.queued()).isTrue();
    assertThat(name.id()).isEqualTo(ID);
    assertThat(single.parse(single.staged(ID, "a/../b %é")).key()).isEqualTo("a/../b %é");
  }

  @Test
  void aKeyNeverLeavesTheFolder() {
    Path path = single.staged(ID, "../../etc/passwd");
    assertThat(path.normalize().getParent()).isEqualTo(Path.of("/b"));
  }

  @Test
  void knowsWhatIsNotItsOwn() {
    for (String alien :
        List.of(
            "notes.txt",
            "buffer.bzzz.log",
            "buffer.b60a1.log",
            "other.b" + "0".repeat(32) + ".log",
            "buffer.x" + "0".repeat(32) + ".log",
            "buffer.b" + "0".repeat(32) + ".log.meta")) {
      assertThat(layout.parse(Path.of("/b/" + alien))).as(alien).isNull();
    }
  }

  @Test
  void readsNamesOfTheOldBuffer() {
    FileLayout.Name name = layout.parse(Path.of("/b/buffer.test.q5138d32ecd8a3ba2.log"));
    assertThat(name.queued()).isTrue();
    assertThat(FileLayout.sibling(name)).hasToString("/b/buffer.test.b5138d32ecd8a3ba2.log");
  }

  @Test
  void hidesTheChecksumsFromGlobs() {
    Path sums = layout.sums(layout.staged(ID, ""), ID);
    assertThat(sums.getFileName().toString()).startsWith(".");
    assertThat(layout.chunkOf(sums)).isEqualTo("60a1b2c3d4e5f60718293a4b5c6d7e8f");
  }
}
