package io.runnel.buffer;

import io.runnel.host.Disk;
import java.io.IOException;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/**
 * Which file chunks the emits of this thread have touched since it last waited for the disk. An
 * emit does not sync; whoever is about to acknowledge calls {@link #awaitAll}, and one sync serves
 * all threads that wait for the same chunk at that moment.
 */
public final class PendingSync {
  /** From here on entries that need no more waiting are looked for and dropped. */
  private static final int SWEEP_FROM = 32;

  /** Chunks that are synced at the same time by one thread that waits. */
  private static final int AT_ONCE = 16;

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

  private void await() throws IOException {
    List<Disk.Sync> syncs = new ArrayList<>(Math.min(touched.size(), AT_ONCE));
    Disk disk = null;
    for (Map.Entry<FileChunk, Long> entry : touched.entrySet()) {
      if (entry.getKey().isSafe(entry.getValue())) {
        continue;
      }
      syncs.add(() -> entry.getKey().awaitSafe(entry.getValue()));
      disk = entry.getKey().disk();
      if (syncs.size() == AT_ONCE) {
        disk.together(syncs);
        syncs.clear();
      }
    }
    if (!syncs.isEmpty()) {
      disk.together(syncs);
    }
  }

  private void tellReceipts() {
    Receipts told = null;
    for (FileChunk chunk : touched.keySet()) {
      if (chunk.receipts() != told) {
        told = chunk.receipts();
        told.advance();
      }
    }
  }

  /** Forgets what this thread has touched: for tests, whose folders are gone after them. */
  static void forget() {
    CURRENT.remove();
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
      mine.await();
      mine.tellReceipts();
    } finally {
      mine.touched.clear();
      mine.sweepAt = SWEEP_FROM;
    }
  }
}
