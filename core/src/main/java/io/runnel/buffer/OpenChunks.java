package io.runnel.buffer;

import java.util.LinkedHashMap;
import java.util.Map;

/**
 * The staged chunks of a store whose files are open. Each has two, and there may be tens of
 * thousands of chunks (a chunk key with many values), more than a process may have open: beyond a
 * number the one that was written least recently is closed until it is written again.
 *
 * <p>Safe for use by several threads.
 */
final class OpenChunks {
  /** One in so many of the files that the process may have open is one chunk's. */
  private static final int SHARE = 8;

  /** More need too much memory. */
  private static final int MOST = 16 * 1024;

  private final int most;
  private final Map<FileChunk, Boolean> chunks = new LinkedHashMap<>(16, 0.75f, true);

  /**
   * @param limit of open files of the process; a quarter is used
   */
  OpenChunks(int limit) {
    most = Math.clamp(limit / SHARE, 16, MOST);
  }

  /** Says that a chunk is written to now. */
  void used(FileChunk chunk) {
    FileChunk least = null;
    synchronized (this) {
      if (chunks.put(chunk, Boolean.TRUE) == null && chunks.size() > most) {
        least = chunks.keySet().iterator().next();
        chunks.remove(least);
      }
    }
    if (least != null && !least.park()) {
      synchronized (this) {
        chunks.putIfAbsent(least, Boolean.TRUE); // being synced: it is the next one's turn
      }
    }
  }

  /** Says that a chunk's files are closed for good. */
  synchronized void closed(FileChunk chunk) {
    chunks.remove(chunk);
  }
}
