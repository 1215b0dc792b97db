package io.runnel.plugin;

/** An output behind a buffer: it is given whole chunks, by one or more flush threads. */
public non-sealed interface BufferedOutput extends Output {
  /**
   * How events are stored in a chunk: null for the standard form, a stream of MessagePack {@code
   * [EventTime, record]} arrays; otherwise this formatter's bytes.
   */
  default Formatter chunkFormat() {
    return null;
  }

  /**
   * Delivers one chunk. A normal return commits it.
   *
   * @throws UnrecoverableException no retry: secondary or backup file
   * @throws Exception retried as the buffer's configuration says
   */
  void write(Chunk chunk) throws Exception;

  /**
   * Called at the start, before any chunk is delivered, for each one whose delivery an earlier run
   * has begun and left a {@link Chunk#note} of. Here the output takes back what was half written.
   *
   * @return true where the chunk was delivered as a whole: it is purged
   * @throws Exception logged; the chunk is then delivered like any other
   */
  default boolean resume(Chunk chunk) throws Exception {
    return false;
  }

  /** True where {@link #tryWrite} is used instead of {@link #write}: the commit comes later. */
  default boolean isDelayedCommit() {
    return false;
  }

  /**
   * Starts the delivery of a chunk; {@code commit} is told the end, from any thread.
   *
   * @throws Exception as in {@link #write}
   */
  default void tryWrite(Chunk chunk, Commit commit) throws Exception {
    throw new UnsupportedOperationException("this output commits at once");
  }

  /** The end of a delayed delivery. */
  interface Commit {
    /** The chunk is delivered and can be purged. */
    void commit();

    /** The chunk goes back to the queue; counts as a failure where {@code error} is not null. */
    void rollback(Throwable error);
  }
}
