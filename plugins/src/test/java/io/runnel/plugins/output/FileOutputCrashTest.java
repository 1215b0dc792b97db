package io.runnel.plugins.output;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.runnel.event.Bytes;
import io.runnel.testkit.MemoryChunk;
import io.runnel.testkit.TestContext;
import io.runnel.testkit.TestPlugins;
import io.runnel.time.Zone;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.List;
import java.util.Optional;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** The process is killed between any two steps of a write, and the next run goes on. */
class FileOutputCrashTest {
  private static final byte[] OLD = "old\nold\n".getBytes(UTF_8);

  @TempDir Path dir;

  private FileOutput newRun(String config) {
    return (FileOutput)
        TestPlugins.output(
            FileOutput.TYPE,
            "path " + dir + "/out/app\n" + config,
            new TestContext(new FakeFormats()).buffer(Buffers.keys("time")));
  }

  private StoredChunk chunk() throws IOException {
    MemoryChunk content =
        MemoryChunk.ofContent("old\nold\nnew 1\nnew 2\n".getBytes(UTF_8), 4)
            .withTimekey(1_700_000_000L, Zone.UTC);
    return StoredChunk.in(dir.resolve("chunk"), content);
  }

  private List<Path> targets() throws IOException {
    try (Stream<Path> files = Files.list(dir.resolve("out"))) {
      return files.sorted().toList();
    }
  }

  private static void deliver(FileOutput output, StoredChunk chunk) throws Exception {
    if (!output.resume(chunk)) {
      output.write(chunk);
    }
  }

  @ParameterizedTest
  @ValueSource(strings = {"", "compress gzip", "compress zstd"})
  void anAppendThatWasCutShortAnywhereIsThereOnce(String config) throws Exception {
    String append = "append true\n" + config;
    StoredChunk chunk = chunk();
    Path note = chunk.note().orElseThrow();
    newRun(append).write(chunk);
    Path target = targets().getFirst();
    byte[] written = Files.readAllBytes(target);
    Bytes all = new Bytes();
    all.write(OLD);
    all.write(written);
    Files.write(target, OLD);
    newRun(append).write(chunk);
    byte[] noted = Files.readAllBytes(note);
    assertThat(target).hasBinaryContent(all.toByteArray());

    for (int done = 0; done <= written.length; done++) {
      Files.write(note, noted);
      Files.write(target, Arrays.copyOf(all.toByteArray(), OLD.length + done));
      FileOutput next = newRun(append);
      assertThat(next.resume(chunk)).as("after %d bytes", done).isEqualTo(done == written.length);
      if (done < written.length) {
        assertThat(note).doesNotExist();
        next.write(chunk);
      }
      assertThat(target).as("after %d bytes", done).hasBinaryContent(all.toByteArray());
    }
  }

  @Test
  void aNewFileThatWasCutShortAnywhereIsThereOnce() throws Exception {
    StoredChunk chunk = chunk();
    newRun("").write(chunk);
    byte[] noted = Files.readAllBytes(chunk.note().orElseThrow());
    Path target = targets().getFirst();
    byte[] written = Files.readAllBytes(target);
    for (int done = 0; done <= written.length; done++) {
      Files.write(chunk.note().orElseThrow(), noted);
      Files.write(target, Arrays.copyOf(written, done));
      deliver(newRun(""), chunk);
      assertThat(targets()).as("after %d bytes", done).containsExactly(target);
      assertThat(target).hasBinaryContent(written);
    }
  }

  @Test
  void aNoteThatWasCutShortMeansThatNothingWasWritten() throws Exception {
    StoredChunk chunk = chunk();
    Path note = chunk.note().orElseThrow();
    newRun("append true").write(chunk);
    byte[] noted = Files.readAllBytes(note);
    Path target = targets().getFirst();
    byte[] written = Files.readAllBytes(target);
    for (int length = 0; length < noted.length; length++) {
      Files.write(note, Arrays.copyOf(noted, length));
      Files.write(target, new byte[0]);
      deliver(newRun("append true"), chunk);
      assertThat(target).hasBinaryContent(written);
    }
  }

  @Test
  void whatOthersHaveWrittenSinceIsLeftAlone() throws Exception {
    StoredChunk chunk = chunk();
    newRun("append true").write(chunk);
    Path target = targets().getFirst();
    Files.writeString(target, "old\nothers\n");
    deliver(newRun("append true"), chunk);
    assertThat(target).hasContent("old\nothers\nold\nold\nnew 1\nnew 2\n");

    newRun("append true").write(chunk);
    Files.writeString(target, "rotated\n");
    deliver(newRun("append true"), chunk);
    assertThat(target).hasContent("rotated\nold\nold\nnew 1\nnew 2\n");

    Files.delete(target);
    newRun("append true").write(chunk);
    Files.delete(target);
    deliver(newRun("append true"), chunk);
    assertThat(target).hasContent("old\nold\nnew 1\nnew 2\n");
  }

  @Test
  void aWriteThatWasTakenBackLeavesNoNote() throws Exception {
    StoredChunk chunk = chunk();
    StoredChunk broken = new StoredChunk(chunk.chunk().gzipped(), chunk.path(), 6);
    FileOutput output = newRun("append true");
    assertThatThrownBy(() -> output.write(broken)).hasMessageContaining("No space left");
    assertThat(chunk.note().orElseThrow()).doesNotExist();
    assertThatThrownBy(() -> newRun("").write(broken)).hasMessageContaining("No space left");
    assertThat(chunk.note().orElseThrow()).doesNotExist();
  }

  @Test
  void withoutRoomForANoteTheChunkIsWrittenAllTheSame() throws Exception {
    StoredChunk chunk = chunk();
    Files.createDirectory(chunk.note().orElseThrow());
    newRun("append true").write(chunk);
    assertThat(targets().getFirst()).hasContent("old\nold\nnew 1\nnew 2\n");
  }

  @Test
  void aChunkInMemoryHasNoNote() throws Exception {
    MemoryChunk memory = MemoryChunk.ofContent("a\n".getBytes(UTF_8), 1);
    StoredChunk chunk = new StoredChunk(memory, Optional.empty(), Integer.MAX_VALUE);
    assertThat(newRun("append true").resume(chunk)).isFalse();
  }
}
