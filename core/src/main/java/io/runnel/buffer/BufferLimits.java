package io.runnel.buffer;

/**
 * How much a buffer holds.
 *
 * @param chunkBytes {@code chunk_limit_size}
 * @param chunkRecords {@code chunk_limit_records}; {@link Integer#MAX_VALUE} for no limit
 * @param fullThreshold {@code chunk_full_threshold}: part of a limit from which a chunk is full
 * @param totalBytes {@code total_limit_size}; checked before a write, which may exceed it once
 * @param queuedChunks {@code queued_chunks_limit_size}: with as many in the queue only full chunks
 *     and forced flushes add more
 */
public record BufferLimits(
    long chunkBytes, int chunkRecords, double fullThreshold, long totalBytes, int queuedChunks) {
  boolean isFull(long bytes, int records) {
    return bytes >= chunkBytes * fullThreshold || records >= chunkRecords * fullThreshold;
  }

  boolean exceeds(long bytes, long records) {
    return bytes > chunkBytes || records > chunkRecords;
  }
}
