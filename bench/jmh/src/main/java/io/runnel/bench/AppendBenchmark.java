package io.runnel.bench;

import io.runnel.buffer.Batch;
import io.runnel.buffer.Buffer;
import io.runnel.buffer.BufferLimits;
import io.runnel.buffer.BufferReport;
import io.runnel.buffer.ChunkFormat;
import io.runnel.buffer.Compression;
import io.runnel.buffer.Fate;
import io.runnel.buffer.FileLayout;
import io.runnel.buffer.FileSettings;
import io.runnel.buffer.FileStore;
import io.runnel.buffer.Metadata;
import io.runnel.buffer.StoredChunk;
import io.runnel.host.Clock;
import io.runnel.host.Disk;
import java.io.IOException;
import java.io.InputStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.SplittableRandom;
import java.util.concurrent.TimeUnit;
import org.openjdk.jmh.annotations.Benchmark;
import org.openjdk.jmh.annotations.BenchmarkMode;
import org.openjdk.jmh.annotations.Fork;
import org.openjdk.jmh.annotations.Measurement;
import org.openjdk.jmh.annotations.Mode;
import org.openjdk.jmh.annotations.OutputTimeUnit;
import org.openjdk.jmh.annotations.Param;
import org.openjdk.jmh.annotations.Scope;
import org.openjdk.jmh.annotations.Setup;
import org.openjdk.jmh.annotations.State;
import org.openjdk.jmh.annotations.TearDown;
import org.openjdk.jmh.annotations.Warmup;

/**
 * One append to a chunk file, checksums included, without a sync; full chunks are deleted. Files
 * lie in the folder for temporary files.
 */
@State(Scope.Thread)
@BenchmarkMode(Mode.AverageTime)
@OutputTimeUnit(TimeUnit.NANOSECONDS)
@Warmup(iterations = 4, time = 1)
@Measurement(iterations = 4, time = 1)
@Fork(
    value = 1,
    jvmArgs = {"-XX:+UseSerialGC", "-XX:FreqInlineSize=60"})
public class AppendBenchmark {
  /** Size of one append. */
  @Param({"200", "4096", "262144"})
  int bytes;

  private Path folder;
  private Buffer buffer;
  private Batch batch;

  @Setup
  public void prepare() throws IOException {
    folder = Files.createTempDirectory("runnel-append");
    FileLayout layout = FileLayout.ofPattern(folder.resolve("buffer.*.log"), List.of(), null);
    FileSettings settings =
        new FileSettings(layout, Compression.TEXT, ChunkFormat.TEXT, null, null, true, false, true);
    BufferReport report = new NoReport();
    buffer =
        new Buffer(
            new BufferLimits(8 << 20, Integer.MAX_VALUE, 0.95, 1L << 40, 1),
            new FileStore(Disk.local(), settings, Clock.system(), new SplittableRandom(), report),
            report,
            System::currentTimeMillis);
    buffer.resume();
    byte[] content = new byte[bytes];
    new SplittableRandom(1).nextBytes(content);
    batch = new Batch(Metadata.NONE, content, 0, bytes, 1, new int[] {bytes});
  }

  @Benchmark
  public void append() throws IOException {
    if (buffer.append(List.of(batch), false).queued()) {
      for (StoredChunk chunk; (chunk = buffer.take()) != null; ) {
        buffer.purge(chunk, Fate.DELIVERED);
      }
    }
  }

  @TearDown
  public void remove() throws IOException {
    buffer.enqueue(chunk -> true, true);
    for (StoredChunk chunk; (chunk = buffer.take()) != null; ) {
      buffer.purge(chunk, Fate.DELIVERED);
    }
    buffer.close();
    try (var files = Files.list(folder)) {
      for (Path file : files.toList()) {
        Files.delete(file);
      }
    }
    Files.delete(folder);
  }

  private static final class NoReport implements BufferReport {
    @Override
    public void warn(String message, Throwable error, Object... attributes) {}

    @Override
    public void info(String message, Object... attributes) {}

    @Override
    public void debug(String message, Object... attributes) {}

    @Override
    public String setAside(String hexId, InputStream content) {
      throw new IllegalStateException("nothing is damaged here");
    }
  }
}
