package io.runnel.buffer;

import java.util.List;

/**
 * What became of a write.
 *
 * @param queued true where a chunk went to the queue
 * @param repeated true where the events were stored before, so that nothing was done
 * @param begun new chunks that are on the stage
 * @param oversize messages about records that are larger than a chunk may be and were dropped
 */
public record AppendResult(
    boolean queued, boolean repeated, List<StoredChunk> begun, List<String> oversize) {
  static final AppendResult REPEATED = new AppendResult(false, true, List.of(), List.of());
}
