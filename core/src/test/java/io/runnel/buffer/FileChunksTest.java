package io.runnel.buffer;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.HexFormat;
import java.util.List;
import java.util.stream.LongStream;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** The files of chunks: what is written, what is read back, and what becomes of damage. */
class FileChunksTest {
  private static final Metadata TAG = Metadata.of(null, "app.web", null);
  private static final String ID = "60a1b2c3d4e5f60718293a4b5c6d7e8f";

  @TempDir Path directory;
  private final Samples.Report report = new Samples.Report();

  private Buffer open() throws IOException {
    return Samples.files(directory, report, ChunkFormat.EVENTS);
  }

  private List<String> visible() throws IOException {
    try (Stream<Path> files = Files.list(directory)) {
      return files
          .map(f -> f.getFileName().toString())
          .filter(n -> !n.startsWith("."))
          .sorted()
          .toList();
    }
  }

  private Path only(String start) throws IOException {
    try (Stream<Path> files = Files.list(directory)) {
      return files
          .filter(f -> f.getFileName().toString().startsWith(start))
          .filter(f -> !f.toString().endsWith(".meta"))
          .findFirst()
          .orElseThrow();
    }
  }

  /** One staged chunk of 200 events in four appends, closed as at a stop. */
  private Path chunkOf200() throws IOException {
    Buffer buffer = open();
    for (int i = 0; i < 4; i++) {
      buffer.append(List.of(Samples.events(TAG, i * 50, 50, 20)), false);
    }
    buffer.close();
    return only("buffer.b");
  }

  private StoredChunk resumeOne() throws IOException {
    Buffer buffer = open();
    buffer.enqueue(chunk -> true, true);
    return buffer.take();
  }

  private static Long[] upTo(long count) {
    return LongStream.range(0, count).boxed().toArray(Long[]::new);
  }

  @Test
  void stagedAndQueuedFilesAreNamedLikeFluentds() throws IOException {
    Buffer buffer = open();
    buffer.append(List.of(Samples.events(TAG, 0, 3, 0)), false);
    assertThat(visible())
        .hasSize(2)
        .allMatch(n -> n.matches("buffer\\.b[0-9a-f]{32}\\.log(\\.meta)?"));
    buffer.enqueue(chunk -> true, true);
    assertThat(visible())
        .hasSize(2)
        .allMatch(n -> n.matches("buffer\\.q[0-9a-f]{32}\\.log(\\.meta)?"));
    MetaFile.Content meta =
        MetaFile.decode(Files.readAllBytes(directory.resolve(visible().getLast())));
    assertThat(meta.records()).isEqualTo(3);
    assertThat(meta.metadata()).isEqualTo(TAG);
    buffer.purge(buffer.take(), Fate.DELIVERED);
    assertThat(directory.toFile().list()).containsExactly(".buffer.books");
  }

  @Test
  void filesHaveTheirPermissions() throws IOException {
    FileLayout layout = FileLayout.ofPattern(directory.resolve("d/x.*.y"), List.of(), null);
    FileSettings settings =
        new FileSettings(
            layout,
            Compression.TEXT,
            ChunkFormat.EVENTS,
            PosixFilePermissions.fromString("rw-rw-rw-"),
            PosixFilePermissions.fromString("rwxrwxrwx"),
            true,
            false,
            true);
    FileStore store =
        new FileStore(
            io.runnel.host.Disk.local(),
            settings,
            io.runnel.host.Clock.system(),
            new java.util.Random(),
            report);
    store.resume();
    StoredChunk chunk = store.create(TAG);
    Path file = chunk.file().orElseThrow();
    assertThat(PosixFilePermissions.toString(Files.getPosixFilePermissions(file)))
        .isEqualTo("rw-rw-rw-");
    assertThat(PosixFilePermissions.toString(Files.getPosixFilePermissions(file.getParent())))
        .isEqualTo("rwxrwxrwx");
    chunk.close();
  }

  @Test
  void aStagedChunkGoesOnAfterARestart() throws IOException {
    chunkOf200();
    Buffer buffer = open();
    assertThat(buffer.stageLength()).isEqualTo(1);
    assertThat(buffer.records()).isEqualTo(200);
    buffer.append(List.of(Samples.events(TAG, 200, 1, 0)), false);
    buffer.enqueue(chunk -> true, true);
    assertThat(Samples.numbers(buffer.take())).containsExactly(upTo(201));
    assertThat(report.warnings).isEmpty();
  }

  @Test
  void aChunkOfFluentdIsTakenOver() throws IOException {
    Batch batch = Samples.events(TAG, 0, 3, 4);
    Path chunk = directory.resolve("buffer.b" + ID + ".log");
    Files.write(chunk, java.util.Arrays.copyOf(batch.bytes(), batch.length()));
    Files.write(
        directory.resolve("buffer.b" + ID + ".log.meta"),
        MetaFile.encode(
            new MetaFile.Content(
                TAG, HexFormat.of().parseHex(ID), 3, 1_700_000_000L, 1_700_000_001L)));
    Buffer buffer = open();
    assertThat(buffer.stageLength()).isEqualTo(1);
    buffer.append(List.of(Samples.events(TAG, 3, 2, 4)), false);
    buffer.enqueue(each -> true, true);
    StoredChunk taken = buffer.take();
    assertThat(taken.hexId()).isEqualTo(ID);
    assertThat(taken.createdAt()).isEqualTo(1_700_000_000_000L);
    assertThat(taken.records()).isEqualTo(5);
    assertThat(Samples.numbers(taken)).containsExactly(upTo(5));
  }

  @Test
  void whatFluentdAppendedToOurChunkIsBelieved() throws IOException {
    Path chunk = chunkOf200();
    Batch more = Samples.events(TAG, 200, 3, 4);
    Files.write(
        chunk, java.util.Arrays.copyOf(more.bytes(), more.length()), StandardOpenOption.APPEND);
    assertThat(Samples.numbers(resumeOne())).containsExactly(upTo(203));
    assertThat(report.warnings).isEmpty();
  }

  @Test
  void queuedChunksComeInTheOrderOfTheirModification() throws IOException {
    for (int i = 0; i < 3; i++) {
      String id = ID.substring(0, 31) + (9 - i);
      Batch batch = Samples.events(TAG, i, 1, 0);
      Path chunk = directory.resolve("buffer.q" + id + ".log");
      Files.write(chunk, java.util.Arrays.copyOf(batch.bytes(), batch.length()));
      Files.write(
          FileLayout.meta(chunk),
          MetaFile.encode(new MetaFile.Content(TAG, ChunkId.parse(id), 1, 1000, 1000 + i)));
    }
    Buffer buffer = open();
    for (long i = 0; i < 3; i++) {
      assertThat(Samples.numbers(buffer.take())).containsExactly(i);
    }
  }

  @Test
  void aChunkWithoutMetadataIsQueuedWithoutKeys() throws IOException {
    Batch batch = Samples.events(TAG, 0, 3, 4);
    for (String state : List.of("b", "q")) {
      Files.write(
          directory.resolve(
              "buffer." + state + ID.replace('6', state.equals("b") ? '5' : '4') + ".log"),
          java.util.Arrays.copyOf(batch.bytes(), batch.length()));
    }
    Buffer buffer = open();
    assertThat(buffer.queueLength()).isEqualTo(2);
    StoredChunk taken = buffer.take();
    assertThat(taken.metadata()).isEqualTo(Metadata.NONE);
    assertThat(taken.records()).isEqualTo(3);
  }

  @Test
  void aCutEndCostsOnlyTheEventsInIt() throws IOException {
    Path chunk = chunkOf200();
    byte[] content = Files.readAllBytes(chunk);
    Files.write(chunk, java.util.Arrays.copyOf(content, content.length - 30));
    StoredChunk taken = resumeOne();
    assertThat(Samples.numbers(taken)).as("%s", report.warnings).containsExactly(upTo(199));
    assertThat(taken.records()).isEqualTo(199);
    assertThat(report.warnings)
        .singleElement()
        .asString()
        .startsWith("found broken chunk file during resume.")
        .contains(taken.hexId())
        .contains("saved_events, 199");
    assertThat(report.aside.get(taken.hexId())).hasSizeBetween(1, 60);
  }

  @Test
  void changedBytesAreFoundAndNoAlteredEventGetsThrough() throws IOException {
    Path chunk = chunkOf200();
    byte[] content = Files.readAllBytes(chunk);
    int where = content.length * 6 / 10;
    for (int i = 0; i < 3; i++) {
      content[where + i] ^= 0x5a;
    }
    Files.write(chunk, content);
    long before = (long) where * 200 / content.length;
    StoredChunk taken = resumeOne();
    List<Long> numbers = Samples.numbers(taken);
    long lostBefore = ChunkSums.PIECE / (content.length / 200) + 2;
    assertThat((long) numbers.size()).isBetween(before - lostBefore, before);
    assertThat(numbers).containsExactly(upTo(numbers.size()));
    assertThat(report.aside.get(taken.hexId()).length + taken.bytes()).isEqualTo(content.length);
  }

  @Test
  void lostMetadataIsTakenFromTheChecksums() throws IOException {
    Path chunk = chunkOf200();
    Files.delete(FileLayout.meta(chunk));
    StoredChunk taken = resumeOne();
    assertThat(taken.metadata()).isEqualTo(TAG);
    assertThat(Samples.numbers(taken)).containsExactly(upTo(200));
    assertThat(report.warnings).singleElement().asString().contains(taken.hexId());
  }

  @Test
  void emptiedMetadataIsTakenFromTheChecksums() throws IOException {
    Path chunk = chunkOf200();
    Files.write(FileLayout.meta(chunk), new byte[0]);
    StoredChunk taken = resumeOne();
    assertThat(taken.metadata()).isEqualTo(TAG);
    assertThat(taken.records()).isEqualTo(200);
    assertThat(report.warnings)
        .singleElement()
        .asString()
        .startsWith("found broken chunk file during resume.");
  }

  @Test
  void damagedChecksumsAreNoReasonToDoubtTheChunk() throws IOException {
    chunkOf200();
    Path sums = only(".buffer.");
    byte[] content = Files.readAllBytes(sums);
    for (int at : new int[] {3, 20, content.length / 2, content.length - 1}) {
      byte[] damaged = content.clone();
      damaged[at] ^= 0x40;
      Files.write(sums, damaged);
      Buffer buffer = open();
      buffer.enqueue(chunk -> true, true);
      StoredChunk taken = buffer.take();
      assertThat(Samples.numbers(taken)).as("byte %d", at).containsExactly(upTo(200));
      buffer.close();
    }
  }

  @Test
  void brokenChunksOfFluentdAreSetAside() throws IOException {
    Path noTimes = directory.resolve("buffer.q" + ID + ".log");
    Files.writeString(noTimes, "content");
    Files.write(
        FileLayout.meta(noTimes),
        MetaFile.encode(new MetaFile.Content(TAG, ChunkId.parse(ID), 1, 0, 0)));
    Path empty = directory.resolve("buffer.b" + ID.replace('6', '7') + ".log");
    Files.createFile(empty);
    Buffer buffer = open();
    assertThat(buffer.queueLength()).isZero();
    assertThat(report.warnings)
        .hasSize(2)
        .allMatch(w -> w.startsWith("found broken chunk file during resume."));
    assertThat(report.aside.get(ID)).asString(StandardCharsets.UTF_8).isEqualTo("content");
    assertThat(visible()).isEmpty();
  }

  @Test
  void aliensAreLeftAlone() throws IOException {
    Files.writeString(directory.resolve("notes.txt"), "mine");
    Files.writeString(directory.resolve("buffer.bzzz.log"), "mine");
    Files.createDirectory(directory.resolve("lost+found"));
    Files.createDirectory(directory.resolve("buffer.b" + ID + ".log"));
    Buffer buffer = open();
    assertThat(buffer.records()).isZero();
    assertThat(visible())
        .containsExactlyInAnyOrder(
            "notes.txt", "buffer.bzzz.log", "lost+found", "buffer.b" + ID + ".log");
  }

  @Test
  void linesAreSavedUpToTheLastWholeOne() throws IOException {
    Buffer buffer = Samples.files(directory, report, ChunkFormat.TEXT);
    buffer.append(List.of(Samples.lines(TAG, "one", "two")), false);
    buffer.append(List.of(Samples.lines(TAG, "three")), false);
    buffer.close();
    Path chunk = only("buffer.b");
    byte[] content = Files.readAllBytes(chunk);
    Files.write(chunk, java.util.Arrays.copyOf(content, content.length - 2));
    Buffer again = Samples.files(directory, report, ChunkFormat.TEXT);
    again.enqueue(each -> true, true);
    StoredChunk taken = again.take();
    assertThat(Samples.text(taken)).isEqualTo("one\ntwo\n");
    assertThat(taken.records()).isEqualTo(2);
  }

  @Test
  void aSingleFileBufferKeepsItsKeyInTheName() throws IOException {
    FileLayout layout = FileLayout.ofPattern(directory.resolve("fsb.*.buf"), List.of(), "tag");
    FileSettings settings =
        new FileSettings(
            layout, Compression.TEXT, ChunkFormat.EVENTS, null, null, true, false, true);
    Batch batch = Samples.events(TAG, 0, 3, 4);
    Files.write(
        directory.resolve("fsb.test.fs%2F.b" + ID + ".buf"),
        java.util.Arrays.copyOf(batch.bytes(), batch.length()));
    Buffer buffer =
        new Buffer(
            Samples.limits(10_000, 1000),
            new FileStore(
                io.runnel.host.Disk.local(),
                settings,
                io.runnel.host.Clock.system(),
                new java.util.Random(),
                report),
            report,
            System::currentTimeMillis);
    buffer.resume();
    buffer.append(List.of(Samples.events(TAG, 3, 1, 0)), false);
    assertThat(visible()).hasSize(2).noneMatch(name -> name.endsWith(".meta"));
    buffer.enqueue(chunk -> true, true);
    StoredChunk old = buffer.take();
    assertThat(old.metadata().tag()).isEqualTo("test.fs/");
    assertThat(old.records()).isEqualTo(3);
    assertThat(buffer.take().metadata()).isEqualTo(TAG);
  }
}
