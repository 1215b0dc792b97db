package io.runnel.buffer;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.runnel.host.Clock;
import io.runnel.host.Disk;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import java.util.stream.Stream;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** More staged chunks than files may be open. */
class OpenChunksTest {
  private static final int OPEN_FILES = 800;
  private static final int MOST = OPEN_FILES / 8;
  private static final int CHUNKS = MOST + 60;

  @TempDir Path directory;
  private final Samples.Report report = new Samples.Report();

  @BeforeEach
  void forgetOtherTests() {
    PendingSync.forget();
  }

  private Buffer open() throws IOException {
    FileLayout layout = FileLayout.ofPattern(directory.resolve("buffer.*.log"), List.of(), null);
    FileSettings settings =
        new FileSettings(
            layout, Compression.TEXT, ChunkFormat.EVENTS, null, null, true, false, true);
    Clock clock = Clock.system();
    FileStore store =
        new FileStore(
            Disk.local(),
            settings,
            clock,
            new Random(3),
            report,
            new MessageMemory(clock),
            OPEN_FILES);
    Buffer buffer =
        new Buffer(Samples.limits(1 << 20, Integer.MAX_VALUE), store, report, clock::millis);
    buffer.resume();
    return buffer;
  }

  private static Metadata tag(int number) {
    return Metadata.of(null, "t" + number, null);
  }

  private static List<Batch> batches(int from, int to, int first, int count) {
    List<Batch> batches = new ArrayList<>();
    for (int i = from; i < to; i++) {
      batches.add(Samples.events(tag(i), first, count, 20));
    }
    return batches;
  }

  /** Files below the folder that this process has open. */
  private long openFiles() throws IOException {
    long count = 0;
    try (Stream<Path> links = Files.list(Path.of("/proc/self/fd"))) {
      for (Path link : (Iterable<Path>) links::iterator) {
        try {
          count += Files.readSymbolicLink(link).startsWith(directory) ? 1 : 0;
        } catch (NoSuchFileException e) {
          // closed meanwhile
        }
      }
    }
    return count;
  }

  @Test
  void allGrowAndFewAreOpen() throws IOException {
    Buffer buffer = open();
    for (int round = 0; round < 3; round++) {
      for (int i = 0; i < CHUNKS; i++) {
        buffer.append(batches(i, i + 1, 5 * round, 5), false);
      }
      assertThat(openFiles()).isBetween(1L, 2L * MOST);
      PendingSync.awaitAll();
    }
    buffer.close();
    assertThat(openFiles()).isZero();

    Buffer again = open();
    assertThat(again.records()).isEqualTo(15L * CHUNKS);
    assertThat(openFiles()).isLessThanOrEqualTo(2L * MOST);
    again.append(batches(0, CHUNKS, 15, 5), false);
    again.enqueue(chunk -> true, true);
    int chunks = 0;
    for (StoredChunk chunk; (chunk = again.take()) != null; chunks++) {
      assertThat(chunk.records()).isEqualTo(20);
      assertThat(Samples.numbers(chunk)).hasSize(20).startsWith(0L, 1L, 2L).endsWith(18L, 19L);
      again.purge(chunk, Fate.DELIVERED);
    }
    assertThat(chunks).isEqualTo(CHUNKS);
    again.close();
  }

  @Test
  void aWriteToManyIsTakenBackFromThoseThatWereClosedMeanwhile() throws IOException {
    Buffer buffer = open();
    buffer.append(batches(0, CHUNKS, 0, 5), false);
    StoredChunk gone = buffer.staged().getFirst(); // closed long ago
    Path file = gone.file().orElseThrow();
    byte[] content = Files.readAllBytes(file);
    Files.delete(file);
    List<Batch> many = batches(1, CHUNKS, 5, 5);
    many.add(Samples.events(tag(0), 5, 5, 20));
    assertThatThrownBy(() -> buffer.append(many, false)).isInstanceOf(IOException.class);
    Files.write(file, content);

    assertThat(buffer.records()).isEqualTo(5L * CHUNKS);
    buffer.append(batches(0, CHUNKS, 5, 5), false);
    buffer.close();
    Buffer again = open();
    assertThat(again.records()).isEqualTo(10L * CHUNKS);
    again.close();
  }
}
