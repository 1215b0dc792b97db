package io.runnel.buffer;

import java.util.List;

/**
 * What became of a write.
 *
 * @param queued true where a chunk went to the queue
 * @param staged true where a new chunk was begun
 * @param oversize messages about records that are larger than a chunk may be and were dropped
 */
public record AppendResult(boolean queued, boolean staged, List<String> oversize) {}
