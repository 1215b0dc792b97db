package io.runnel.buffer;

import java.io.IOException;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/**
 * One write to a buffer, under its lock: fills staged chunks within their limits, and knows how to
 * take everything back. Chunks that become full stay open until the write has succeeded.
 */
final class Appending {
  private final BufferLimits limits;
  private final ChunkStore store;
  private final Map<Metadata, StoredChunk> stage;
  private final long now;
  private final Receipt receipt;
  private final long receiptMark;
  private final List<Receipts.Part> parts = new ArrayList<>();
  private final Map<StoredChunk, StoredChunk.Mark> marks = new LinkedHashMap<>();
  private final List<StoredChunk> begun = new ArrayList<>();
  private final List<StoredChunk> full = new ArrayList<>();
  private final List<String> oversize = new ArrayList<>();
  private long added;

  /**
   * @param receipt what is to be noted of it; null for nothing
   */
  Appending(
      BufferLimits limits,
      ChunkStore store,
      Map<Metadata, StoredChunk> stage,
      long nowMillis,
      Receipt receipt) {
    this.receipt = receipt;
    this.receiptMark = receipt == null ? 0 : store.receipts().mark();
    this.limits = limits;
    this.store = store;
    this.stage = stage;
    this.now = nowMillis;
  }

  /**
   * @param compressed the stored form of the whole batch; null where it is stored as it is
   */
  void append(Batch batch, byte[] compressed) throws IOException {
    int length = compressed == null ? batch.length() : compressed.length;
    if (limits.exceeds(length, batch.count())) {
      split(batch);
    } else if (compressed == null) {
      store(batch.metadata(), batch.bytes(), batch.offset(), length, batch.count());
    } else {
      store(batch.metadata(), compressed, 0, length, batch.count());
    }
  }

  /** Stores bytes that fit into an empty chunk. */
  private void store(Metadata metadata, byte[] bytes, int offset, int length, int count)
      throws IOException {
    StoredChunk chunk = stage.get(metadata);
    if (chunk != null
        && (chunk.isDamaged()
            || limits.exceeds(chunk.bytes + length, (long) chunk.records + count))) {
      markFull(chunk);
      chunk = null;
    }
    if (chunk == null) {
      chunk = store.create(metadata);
      begun.add(chunk);
      stage.put(metadata, chunk);
    }
    marks.putIfAbsent(chunk, chunk.mark());
    if (receipt != null) {
      touch(chunk, length);
    }
    chunk.append(bytes, offset, length, count);
    chunk.modifiedAt = now;
    added += length;
    if (limits.isFull(chunk.bytes, chunk.records)) {
      markFull(chunk);
    }
  }

  private void touch(StoredChunk chunk, int length) throws IOException {
    Receipts.Part part = store.receipts().touch(chunk, length);
    if (part != null) {
      parts.add(part);
    }
  }

  /** All is stored: from now on the same is known; not where some of it was left out. */
  void sign() throws IOException {
    if (receipt == null) {
      return;
    }
    if (oversize.isEmpty()) {
      store.receipts().stored(receipt, parts);
    } else {
      store.receipts().undo(receiptMark);
    }
  }

  private void markFull(StoredChunk chunk) {
    stage.remove(chunk.metadata());
    full.add(chunk);
  }

  /** Stores a batch that is too large for one chunk, in runs of records. */
  private void split(Batch batch) throws IOException {
    int[] ends = batch.recordEnds();
    if (store.compression() == Compression.TEXT) {
      splitPlain(batch, ends);
    } else {
      splitCompressed(batch, ends, 0, batch.count());
    }
  }

  private void splitPlain(Batch batch, int[] ends) throws IOException {
    int start = batch.offset();
    int from = 0;
    while (from < batch.count()) {
      StoredChunk chunk = stage.get(batch.metadata());
      long room = limits.chunkBytes() - (chunk == null ? 0 : chunk.bytes);
      long roomRecords = (long) limits.chunkRecords() - (chunk == null ? 0 : chunk.records);
      int to = from;
      while (to < batch.count() && ends[to] - start <= room && to - from < roomRecords) {
        to++;
      }
      if (to > from) {
        store(batch.metadata(), batch.bytes(), start, ends[to - 1] - start, to - from);
      } else if (chunk == null) {
        tooLarge(ends[from] - start, from);
        to++;
      } else {
        markFull(chunk);
        continue;
      }
      start = ends[to - 1];
      from = to;
    }
  }

  private void splitCompressed(Batch batch, int[] ends, int from, int to) throws IOException {
    int start = from == 0 ? batch.offset() : ends[from - 1];
    int length = ends[to - 1] - start;
    byte[] stored = store.compression().compress(batch.bytes(), start, length);
    if (!limits.exceeds(stored.length, to - from)) {
      store(batch.metadata(), stored, 0, stored.length, to - from);
    } else if (to - from == 1) {
      tooLarge(stored.length, from);
    } else {
      int middle = (from + to) >>> 1;
      splitCompressed(batch, ends, from, middle);
      splitCompressed(batch, ends, middle, to);
    }
  }

  private void tooLarge(int size, int index) {
    oversize.add(
        "a %d bytes record (nth: %d) is larger than buffer chunk limit size (%d)"
            .formatted(size, index, limits.chunkBytes()));
  }

  /** Takes everything back. */
  void undo() {
    for (StoredChunk chunk : full) {
      if (!begun.contains(chunk)) {
        stage.put(chunk.metadata(), chunk);
      }
    }
    for (Map.Entry<StoredChunk, StoredChunk.Mark> entry : marks.entrySet()) {
      if (!begun.contains(entry.getKey())) {
        entry.getKey().rollback(entry.getValue());
      }
    }
    for (StoredChunk chunk : begun) {
      stage.remove(chunk.metadata(), chunk);
      chunk.state = StoredChunk.State.GONE;
      chunk.destroy();
    }
    if (receipt != null) {
      store.receipts().undo(receiptMark);
    }
  }

  /** The chunks that go to the queue now. */
  List<StoredChunk> toQueue(boolean all) {
    List<StoredChunk> chunks = new ArrayList<>(full);
    if (all) {
      marks.keySet().stream().filter(chunk -> !full.contains(chunk)).forEach(chunks::add);
    }
    return chunks;
  }

  long added() {
    return added;
  }

  /** New chunks that are still on the stage. */
  List<StoredChunk> begun() {
    return begun.stream().filter(chunk -> chunk.state == StoredChunk.State.STAGED).toList();
  }

  List<String> oversize() {
    return oversize;
  }
}
