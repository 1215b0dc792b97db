package io.runnel.buffer;

import java.io.IOException;
import java.util.List;

/** Where the chunks of a buffer live. */
public sealed interface ChunkStore permits FileStore, MemoryStore {
  /**
   * Chunks that an earlier run left.
   *
   * @param staged may still grow
   * @param queued in the order of the queue
   * @param lost events of staged chunks that were lost to damage
   */
  record Resumed(List<StoredChunk> staged, List<StoredChunk> queued, long lost) {}

  /** Makes an empty staged chunk. */
  StoredChunk create(Metadata metadata) throws IOException;

  /**
   * Makes the folder with the permissions that were asked for; before its lock is taken, which
   * would make it with others.
   */
  default void prepare() throws IOException {}

  /** Finds what an earlier run left. */
  Resumed resume() throws IOException;

  /** True where chunks outlive the process. */
  boolean isPersistent();

  Compression compression();

  /** Counts what comes in and what becomes of it. */
  Ledger ledger();

  /** Which messages of senders that repeat them are stored here. */
  Receipts receipts();

  /** True where there is memory for so many bytes more. */
  default boolean hasRoom(long bytes) {
    return true;
  }

  /** Bytes that it holds at most, however much is free now. */
  default long room() {
    return Long.MAX_VALUE;
  }

  /** Ends the use of what the store holds beside its chunks. */
  default void close() {}
}
