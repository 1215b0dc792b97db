package io.runnel.buffer;

import io.runnel.event.EventBuilder;
import io.runnel.event.EventStream;
import io.runnel.host.Clock;
import io.runnel.host.Disk;
import java.io.IOException;
import java.io.InputStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Random;

/** What the tests of this package share. */
final class Samples {
  private Samples() {}

  /** Events with {@code n} from a number on, and some padding. */
  static Batch events(Metadata metadata, int from, int count, int padding) {
    EventBuilder builder = new EventBuilder();
    for (int n = from; n < from + count; n++) {
      Map<String, Object> record = new LinkedHashMap<>();
      record.put("n", (long) n);
      record.put("pad", "x".repeat(padding));
      builder.add(1_700_000_000L << 32, record);
    }
    EventStream stream = builder.take();
    return new Batch(metadata, stream.bytes(), stream.offset(), stream.length(), count, null);
  }

  /** Lines of text as a formatter makes them. */
  static Batch lines(Metadata metadata, String... lines) {
    StringBuilder text = new StringBuilder();
    int[] ends = new int[lines.length];
    for (int i = 0; i < lines.length; i++) {
      text.append(lines[i]).append('\n');
      ends[i] = text.length();
    }
    byte[] bytes = text.toString().getBytes(StandardCharsets.US_ASCII);
    return new Batch(metadata, bytes, 0, bytes.length, lines.length, ends);
  }

  /** The numbers of the events of a chunk. */
  static List<Long> numbers(StoredChunk chunk) throws IOException {
    List<Long> numbers = new ArrayList<>();
    try (PackedReader reader =
        new PackedReader(chunk.compression().open(chunk.openRaw(), Long.MAX_VALUE), true)) {
      while (reader.next()) {
        EventStream.packed(reader.bytes(), 0, reader.length(), reader.count())
            .events()
            .forEach(event -> numbers.add((Long) event.record().get("n")));
      }
    }
    return numbers;
  }

  static String text(StoredChunk chunk) throws IOException {
    try (InputStream in = chunk.compression().open(chunk.openRaw(), Long.MAX_VALUE)) {
      return new String(in.readAllBytes(), StandardCharsets.UTF_8);
    }
  }

  static BufferLimits limits(long chunkBytes, int chunkRecords) {
    return new BufferLimits(chunkBytes, chunkRecords, 0.95, 1 << 30, 1);
  }

  static Buffer memory(BufferLimits limits) {
    return new Buffer(
        limits,
        new MemoryStore(
            Compression.TEXT,
            Clock.system(),
            new Random(1),
            new io.runnel.host.BufferMemory(1L << 40)),
        new Report(),
        System::currentTimeMillis);
  }

  static FileStore store(Path directory, Report report, ChunkFormat format, Disk disk) {
    FileLayout layout = FileLayout.ofPattern(directory.resolve("buffer.*.log"), List.of(), null);
    FileSettings settings =
        new FileSettings(layout, Compression.TEXT, format, null, null, true, false, true);
    return new FileStore(disk, settings, Clock.system(), new Random(), report);
  }

  static Buffer files(Path directory, Report report, ChunkFormat format) throws IOException {
    Buffer buffer =
        new Buffer(
            limits(1 << 20, Integer.MAX_VALUE),
            store(directory, report, format, Disk.local()),
            report,
            System::currentTimeMillis);
    buffer.resume();
    return buffer;
  }

  /** Keeps what is reported and set aside. */
  static final class Report implements BufferReport {
    final List<String> warnings = new ArrayList<>();
    final Map<String, byte[]> aside = new LinkedHashMap<>();

    @Override
    public synchronized void warn(String message, Throwable error, Object... attributes) {
      warnings.add(message + " " + List.of(attributes) + (error == null ? "" : " " + error));
    }

    @Override
    public void info(String message, Object... attributes) {}

    @Override
    public void debug(String message, Object... attributes) {}

    @Override
    public synchronized String setAside(String hexId, InputStream content) throws IOException {
      aside.put(hexId, content.readAllBytes());
      return "aside/" + hexId;
    }
  }
}
