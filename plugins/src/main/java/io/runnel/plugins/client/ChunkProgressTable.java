package io.runnel.plugins.client;

import io.runnel.plugin.Chunk;
import java.io.IOException;
import java.util.LinkedHashMap;
import java.util.Map;

/**
 * The progress of the chunks of one output of which a part was taken, between their tries: in
 * memory, and where the chunk has a note, there too. Safe for use by several threads at once.
 */
public final class ChunkProgressTable {
  /** Chunks in memory; more than are ever retried at the same time. */
  private static final int MOST = 10_000;

  private final Map<String, ChunkProgress> kept =
      new LinkedHashMap<>(16, 0.75f, true) {
        @Override
        protected boolean removeEldestEntry(Map.Entry<String, ChunkProgress> eldest) {
          return size() > MOST;
        }
      };

  /** What earlier tries have left; for one thread, until it is kept or forgotten. */
  public ChunkProgress take(Chunk chunk) throws IOException {
    synchronized (kept) {
      ChunkProgress found = kept.remove(chunk.hexId());
      if (found != null) {
        return found;
      }
    }
    return ChunkProgress.of(chunk.note());
  }

  /** Keeps it for the next try. */
  public void keep(Chunk chunk, ChunkProgress done) throws IOException {
    if (!done.isEmpty()) {
      synchronized (kept) {
        kept.put(chunk.hexId(), done);
      }
    }
    done.save();
  }

  /** The chunk is delivered. */
  public void forget(Chunk chunk) {
    synchronized (kept) {
      kept.remove(chunk.hexId());
    }
  }
}
