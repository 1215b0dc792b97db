package io.runnel.testkit.fuzz;

import com.sun.management.ThreadMXBean;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.lang.management.ManagementFactory;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.HashSet;
import java.util.HexFormat;
import java.util.List;
import java.util.Random;
import java.util.Set;
import java.util.zip.CRC32;

/**
 * Feeds a target with inputs for a bounded time: its seeds, the inputs that are kept of it, and
 * what a {@link Mutator} makes of those that led to something new. Besides what the target itself
 * checks, no input may take long or much memory.
 *
 * <p>{@code runnel.fuzz.seconds} and {@code runnel.seed} set the time for each target and the seed;
 * {@code bench/fuzz} lets Jazzer search by coverage instead.
 */
public final class Fuzzer {
  private static final double SECONDS = Double.parseDouble(property("runnel.fuzz.seconds", "1.5"));
  private static final long SEED = Long.parseLong(property("runnel.seed", "20260101"));

  /** An input of {@link Mutator#MAX_BYTES} may take that; more is a loop, or will be one. */
  private static final Duration LONGEST = Duration.ofSeconds(20);

  /** Memory that one input may take; a multiple of what honest decoding of 4 KB needs. */
  private static final long MOST_BYTES = 256L << 20;

  /** Inputs that led to something new are kept up to this number. */
  private static final int CORPUS = 2000;

  private final FuzzTarget target;
  private final Path known;
  private final Random random;
  private final List<byte[]> corpus = new ArrayList<>();
  private final Set<Integer> outcomes = new HashSet<>();
  private final ThreadMXBean threads = (ThreadMXBean) ManagementFactory.getThreadMXBean();
  private volatile byte[] current = new byte[0];
  private volatile long startedAt;
  private volatile long inputs;
  private volatile Throwable finding;

  /**
   * @param known what {@link FuzzCorpus} reads
   */
  public Fuzzer(FuzzTarget target, Path known) {
    this.target = target;
    this.known = known;
    this.random = new Random(SEED ^ target.name().hashCode());
  }

  private static String property(String name, String otherwise) {
    String given = System.getProperty(name, "");
    return given.isEmpty() ? otherwise : given;
  }

  /** How much was done. */
  public record Figures(long inputs, int outcomes) {}

  /**
   * @throws AssertionError at the first finding; its input is saved
   */
  public Figures run() throws InterruptedException {
    long end = System.nanoTime() + (long) (SECONDS * 1e9);
    Thread worker =
        Thread.ofPlatform().daemon().name("fuzz-" + target.name()).start(() -> run(end));
    while (!worker.join(Duration.ofMillis(200))) {
      long since = startedAt;
      long took = System.nanoTime() - since;
      if (since != 0 && took > LONGEST.toNanos()) {
        AssertionError hung = new AssertionError("an input takes longer than " + LONGEST);
        hung.setStackTrace(worker.getStackTrace());
        throw failed(hung);
      }
    }
    if (finding != null) {
      throw failed(finding);
    }
    return new Figures(inputs, outcomes.size());
  }

  private void run(long end) {
    try {
      for (byte[] input : first()) {
        once(input);
        corpus.add(input);
      }
      Mutator mutator = new Mutator(random, target.tokens());
      while (System.nanoTime() < end) {
        byte[] input = mutator.mutate(pick(), pick());
        if (once(input) && corpus.size() < CORPUS) {
          corpus.add(input);
        }
      }
    } catch (Throwable e) { // also StackOverflowError and OutOfMemoryError are findings
      finding = e;
    }
  }

  private byte[] pick() {
    return corpus.get(random.nextInt(corpus.size()));
  }

  /** True where the input led to something new. */
  private boolean once(byte[] input) throws Exception {
    current = input;
    long before = threads.getCurrentThreadAllocatedBytes();
    startedAt = System.nanoTime();
    int outcome = target.body().run(input.clone());
    startedAt = 0;
    inputs++;
    long allocated = threads.getCurrentThreadAllocatedBytes() - before;
    if (allocated > MOST_BYTES) {
      throw new AssertionError(input.length + " bytes of input took " + allocated + " of memory");
    }
    return outcomes.add(outcome);
  }

  private List<byte[]> first() throws IOException {
    List<byte[]> first = new ArrayList<>(target.seeds());
    first.addAll(FuzzCorpus.of(known, target.name()));
    if (first.isEmpty()) {
      first.add(new byte[0]);
    }
    return first;
  }

  private AssertionError failed(Throwable cause) {
    byte[] input = current;
    CRC32 sum = new CRC32();
    sum.update(input);
    Path file = Path.of("target", "fuzz", target.name() + "-" + Long.toHexString(sum.getValue()));
    try {
      Files.createDirectories(file.getParent());
      Files.write(file, input);
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
    String hex = HexFormat.of().formatHex(Arrays.copyOf(input, Math.min(input.length, 200)));
    return new AssertionError(
        "%s: %s%ninput %d (seed %d), %d bytes: %s%nagain: bench/fuzz %s %s%nkeep it in %s"
            .formatted(
                target.name(),
                cause,
                inputs,
                SEED,
                input.length,
                hex,
                target.name(),
                file.toAbsolutePath(),
                known.resolve(target.name())),
        cause);
  }
}
