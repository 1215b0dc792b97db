package io.runnel.buffer;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Random;
import java.util.stream.LongStream;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/**
 * One file of a chunk is damaged at random: what is before the damage survives, nothing altered
 * does.
 */
class DamageSimulationTest {
  private static final int SEEDS = 80;
  private static final Metadata TAG = Metadata.of(null, "t", null);

  @TempDir Path root;

  @Test
  void whatIsBeforeTheDamageSurvives() throws IOException {
    for (int seed = 0; seed < SEEDS; seed++) {
      try {
        run(new Random(seed), root.resolve("s" + seed));
      } catch (AssertionError | RuntimeException e) {
        throw new AssertionError("seed " + seed + ": " + e.getMessage(), e);
      }
    }
  }

  private static void run(Random random, Path directory) throws IOException {
    Samples.Report report = new Samples.Report();
    Buffer buffer = Samples.files(directory, report, ChunkFormat.EVENTS);
    List<Integer> ends = new ArrayList<>();
    int events = 0;
    int bytes = 0;
    for (int i = random.nextInt(6); i >= 0; i--) {
      int count = 1 + random.nextInt(60);
      Batch batch = Samples.events(TAG, events, count, random.nextInt(40));
      for (int end : batch.recordEnds()) {
        ends.add(bytes + end);
      }
      events += count;
      bytes += batch.length();
      buffer.append(List.of(batch), false);
    }
    if (random.nextBoolean()) {
      buffer.enqueue(chunk -> true, true);
    }
    buffer.close();
    int sound = damage(random, directory);
    Buffer again = Samples.files(directory, report, ChunkFormat.EVENTS);
    again.enqueue(chunk -> true, true);
    StoredChunk chunk = again.take();
    int got = 0;
    if (chunk != null) {
      List<Long> numbers = Samples.numbers(chunk);
      got = numbers.size();
      assertThat(numbers).containsExactlyElementsOf(LongStream.range(0, got).boxed().toList());
      assertThat(chunk.records()).isEqualTo(got);
      assertThat(chunk.metadata()).isEqualTo(TAG);
    }
    assertThat(again.balance().removed(Fate.DAMAGED) + got).isEqualTo(events);
    long owed = ends.stream().filter(end -> end <= sound - ChunkSums.PIECE).count();
    assertThat((long) got).isGreaterThanOrEqualTo(owed);
    if (sound == Integer.MAX_VALUE) {
      assertThat(got).isEqualTo(events);
    } else {
      assertThat(ends.stream().filter(end -> end <= sound).count()).isGreaterThanOrEqualTo(got);
      assertThat(report.warnings).isNotEmpty();
      assertThat(report.aside).hasSize(1);
    }
    again.close();
  }

  /** Damages one file; returns how much of the chunk is sound, the maximum for all of it. */
  private static int damage(Random random, Path directory) throws IOException {
    List<Path> files;
    try (Stream<Path> all = Files.list(directory)) {
      files = all.sorted().toList();
    }
    Path file = files.get(random.nextInt(files.size()));
    boolean isChunk = file.toString().endsWith(".log");
    byte[] content = Files.readAllBytes(file);
    int where = random.nextInt(content.length - 1) + 1;
    if (random.nextBoolean()) {
      Files.write(file, Arrays.copyOf(content, where));
    } else if (isChunk || random.nextBoolean()) {
      int end = Math.min(content.length, where + 1 + random.nextInt(5));
      for (int i = where; i < end; i++) {
        content[i] ^= (byte) (1 + random.nextInt(255));
      }
      Files.write(file, content);
    } else {
      Files.delete(file);
    }
    return isChunk ? where : Integer.MAX_VALUE;
  }
}
