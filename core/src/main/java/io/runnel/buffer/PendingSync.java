package io.runnel.buffer;

import java.io.IOException;
import java.util.LinkedHashMap;
import java.util.Map;

/**
 * Which file chunks the emits of this thread have touched since it last waited for the disk. An
 * emit does not sync; whoever is about to acknowledge calls {@link #awaitAll}, and one sync serves
 * all threads that wait for the same chunk at that moment.
 */
public final class PendingSync {
  /** From here on entries that need no more waiting are looked for and dropped. */
  private static final int SWEEP_FROM = 32;

  private static final ThreadLocal<PendingSync> CURRENT = ThreadLocal.withInitial(PendingSync::new);

  private final Map<FileChunk, Long> touched = new LinkedHashMap<>();
  private int sweepAt = SWEEP_FROM;

  private PendingSync() {}

  static void touched(FileChunk chunk, long end) {
    PendingSync mine = CURRENT.get();
    mine.touched.put(chunk, end);
    if (mine.touched.size() > mine.sweepAt) {
      mine.touched.entrySet().removeIf(entry -> entry.getKey().isSafe(entry.getValue()));
      mine.sweepAt = Math.max(SWEEP_FROM, mine.touched.size() * 2);
    }
  }

  /**
   * Waits until all that this thread has emitted is on the disk or delivered. Nothing to wait for
   * where it emitted to memory buffers only.
   *
   * @throws IOException where the disk failed: what was emitted must not be acknowledged
   */
  public static void awaitAll() throws IOException {
    PendingSync mine = CURRENT.get();
    if (mine.touched.isEmpty()) {
      return;
    }
    try {
      for (Map.Entry<FileChunk, Long> entry : mine.touched.entrySet()) {
        entry.getKey().awaitSafe(entry.getValue());
      }
    } finally {
      mine.touched.clear();
      mine.sweepAt = SWEEP_FROM;
    }
  }
}
