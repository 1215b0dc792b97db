package io.runnel.buffer;

import java.util.List;

/**
 * What became of a write.
 *
 * @param queued true where a chunk went to the queue
 * @param begun new chunks that are on the stage
 * @param oversize messages about records that are larger than a chunk may be and were dropped
 */
public record AppendResult(boolean queued, List<StoredChunk> begun, List<String> oversize) {}
