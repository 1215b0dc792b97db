package io.runnel.buffer;

import java.io.IOException;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Deque;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.locks.Condition;
import java.util.concurrent.locks.ReentrantLock;
import java.util.function.LongSupplier;
import java.util.function.Predicate;
import java.util.function.ToLongFunction;

/**
 * Stage and queue of one output, within a limit. At most one staged chunk per metadata grows; a
 * full or due one goes to the end of the queue, from whose head flush threads take it.
 *
 * <p>Safe for use by several threads. One lock guards everything; it is held for a lookup and a
 * write to memory or the page cache, never for a sync, a compression, a delivery or a deletion.
 */
public final class Buffer {
  private static final long MEMORY_WAIT_NANOS = 50_000_000L;

  private final BufferLimits limits;
  private final ChunkStore store;
  private final BufferReport report;
  private final LongSupplier clock;
  private final ReentrantLock lock = new ReentrantLock();
  private final Condition space = lock.newCondition();
  private final Map<Metadata, StoredChunk> stage = new LinkedHashMap<>();
  private final Deque<StoredChunk> queue = new ArrayDeque<>();
  private final Set<StoredChunk> taken = new LinkedHashSet<>();
  private final Ledger ledger;
  private long stageBytes;
  private long queueBytes;
  private boolean closed;

  /**
   * @param clock milliseconds since the epoch
   */
  public Buffer(BufferLimits limits, ChunkStore store, BufferReport report, LongSupplier clock) {
    this.limits = limits;
    this.store = store;
    this.report = report;
    this.clock = clock;
    this.ledger = store.ledger();
  }

  /** Takes over what an earlier run left; returns the number of events in it. */
  public long resume() throws IOException {
    ChunkStore.Resumed resumed = store.resume();
    lock.lock();
    try {
      resumed.queued().forEach(this::addToQueue);
      for (StoredChunk chunk : resumed.staged()) {
        stageBytes += chunk.bytes;
        boolean full = limits.isFull(chunk.bytes, chunk.records);
        if (full || stage.containsKey(chunk.metadata())) {
          seal(chunk);
        } else {
          stage.put(chunk.metadata(), chunk);
        }
      }
      long found = records() + resumed.lost();
      ledger.resume(found);
      if (resumed.lost() > 0) {
        remove(Fate.DAMAGED, null, resumed.lost());
      }
      return found;
    } finally {
      lock.unlock();
    }
  }

  /** Stores batches of events that nobody sends again. */
  public AppendResult append(List<Batch> batches, boolean seal) throws IOException {
    return append(batches, seal, null);
  }

  /** Which messages are stored here. */
  public Receipts receipts() {
    return store.receipts();
  }

  /**
   * Stores batches, all or none of them but for records that are larger than a chunk may be.
   *
   * @param seal true where the chunks written to go to the queue at once
   * @param receipt what proves later that they are stored, so that it is done once; null for events
   *     that nobody sends again
   * @throws BufferFullException where the limit is reached, or memory is missing
   * @throws IOException where the disk refuses; nothing is stored then
   */
  public AppendResult append(List<Batch> batches, boolean seal, Receipt receipt)
      throws IOException {
    if (receipt != null && store.receipts().isKnown(receipt)) {
      return AppendResult.REPEATED;
    }
    List<byte[]> compressed = compress(batches);
    lock.lock();
    try {
      if (closed) {
        throw new IOException("the buffer is closed");
      }
      if (!isStorable()) {
        throw new BufferFullException("buffer space has too many data");
      }
      Appending appending = new Appending(limits, store, stage, clock.getAsLong(), receipt);
      try {
        for (int i = 0; i < batches.size(); i++) {
          appending.append(batches.get(i), compressed.get(i));
        }
        appending.sign();
      } catch (BufferFullException e) {
        appending.undo();
        throw new BufferFullException(e.getMessage(), appending.added() + e.needed());
      } catch (IOException | RuntimeException e) {
        appending.undo();
        throw e;
      }
      stageBytes += appending.added();
      ledger.add(count(batches) - appending.oversize().size());
      boolean queued = false;
      for (StoredChunk chunk : appending.toQueue(seal)) {
        seal(chunk);
        queued = true;
      }
      return new AppendResult(queued, false, appending.begun(), appending.oversize());
    } finally {
      lock.unlock();
    }
  }

  private static long count(List<Batch> batches) {
    long count = 0;
    for (Batch batch : batches) {
      count += batch.count();
    }
    return count;
  }

  private void remove(Fate fate, StoredChunk chunk, long events) {
    ledger.remove(fate, chunk == null ? null : chunk.idBytes(), events, clock.getAsLong());
  }

  /** Outside of the lock, as it costs most. */
  private List<byte[]> compress(List<Batch> batches) {
    List<byte[]> stored = new ArrayList<>(batches.size());
    for (Batch batch : batches) {
      stored.add(
          store.compression() == Compression.TEXT
              ? null
              : store.compression().compress(batch.bytes(), batch.offset(), batch.length()));
    }
    return stored;
  }

  /**
   * Removes queued chunks for ever that were delivered by an earlier run.
   *
   * @return the number of events in them
   */
  public long removeDelivered(Predicate<StoredChunk> isDelivered) {
    List<StoredChunk> chunks;
    lock.lock();
    try {
      chunks = List.copyOf(queue);
    } finally {
      lock.unlock();
    }
    long removed = 0;
    for (StoredChunk chunk : chunks) {
      if (isDelivered.test(chunk)) {
        lock.lock();
        try {
          queue.remove(chunk);
          forget(chunk, Fate.DELIVERED);
        } finally {
          lock.unlock();
        }
        removed += chunk.records;
        chunk.destroy();
      }
    }
    return removed;
  }

  /** Moves a chunk from the stage, where it may no longer be listed, to the end of the queue. */
  private void seal(StoredChunk chunk) {
    stage.remove(chunk.metadata(), chunk);
    stageBytes -= chunk.bytes;
    chunk.seal();
    addToQueue(chunk);
  }

  private void addToQueue(StoredChunk chunk) {
    chunk.state = StoredChunk.State.QUEUED;
    queueBytes += chunk.bytes;
    queue.addLast(chunk);
  }

  public boolean isStorable() {
    return limits.totalBytes() > stageBytes + queueBytes;
  }

  /** True where the limit is not reached and there is memory for so many bytes. */
  public boolean isStorable(long memory) {
    return isStorable() && store.hasRoom(memory);
  }

  /** True where so many bytes of memory could be had if nobody else took any. */
  public boolean canEverHold(long memory) {
    return memory <= store.room();
  }

  /**
   * Waits until there may be space again, at most so long.
   *
   * @param memory bytes of memory that are wanted; where it is not 0, others may free it without
   *     this buffer being told, and it is not sure to be enough: the wait is then short and certain
   */
  public void awaitSpace(long memory, long nanos) throws InterruptedException {
    lock.lock();
    try {
      if (memory > 0 && !closed) {
        space.awaitNanos(Math.min(nanos, MEMORY_WAIT_NANOS));
      } else if (!isStorable() && !closed) {
        space.awaitNanos(nanos);
      }
    } finally {
      lock.unlock();
    }
  }

  /** Wakes those who wait for space, to look whether they still should. */
  public void wakeWaiting() {
    lock.lock();
    try {
      space.signalAll();
    } finally {
      lock.unlock();
    }
  }

  /**
   * Queues staged chunks that are due, in the order of their creation.
   *
   * @param forced true where the length of the queue is no reason to stop
   * @return whether any was queued
   */
  public boolean enqueue(Predicate<StoredChunk> due, boolean forced) {
    lock.lock();
    try {
      boolean any = false;
      for (StoredChunk chunk : List.copyOf(stage.values())) {
        if (!forced && queue.size() >= limits.queuedChunks()) {
          break;
        }
        if (due.test(chunk)) {
          seal(chunk);
          any = true;
        }
      }
      return any;
    } finally {
      lock.unlock();
    }
  }

  /** The smallest of a figure over all staged chunks; {@link Long#MAX_VALUE} without any. */
  public long minStaged(ToLongFunction<StoredChunk> figure) {
    lock.lock();
    try {
      return stage.values().stream().mapToLong(figure).min().orElse(Long.MAX_VALUE);
    } finally {
      lock.unlock();
    }
  }

  /** True where the queue takes no more chunks that are merely due. */
  public boolean isQueueLong() {
    lock.lock();
    try {
      return queue.size() >= limits.queuedChunks();
    } finally {
      lock.unlock();
    }
  }

  /** Takes the head of the queue; null where it is empty. Chunks of earlier runs are checked. */
  public StoredChunk take() {
    while (true) {
      StoredChunk chunk;
      lock.lock();
      try {
        chunk = queue.pollFirst();
        if (chunk == null) {
          return null;
        }
        chunk.state = StoredChunk.State.TAKEN;
        taken.add(chunk);
      } finally {
        lock.unlock();
      }
      if (verify(chunk)) {
        return chunk;
      }
    }
  }

  private boolean verify(StoredChunk chunk) {
    long bytesBefore = chunk.bytes;
    int recordsBefore = chunk.records;
    StoredChunk.Verdict verdict = chunk.verify();
    boolean usable = verdict == StoredChunk.Verdict.SOUND;
    lock.lock();
    try {
      if (usable) {
        queueBytes += chunk.bytes - bytesBefore;
        correct(chunk.records - recordsBefore);
        return true;
      }
      taken.remove(chunk);
      queueBytes -= bytesBefore;
      remove(Fate.DAMAGED, null, recordsBefore);
      chunk.state = StoredChunk.State.GONE;
      space.signalAll();
    } finally {
      lock.unlock();
    }
    if (verdict == StoredChunk.Verdict.NOTHING_LEFT) {
      chunk.destroy();
    } else {
      chunk.close();
    }
    return false;
  }

  /** A chunk of an earlier run held more or fewer events than its metadata said. */
  private void correct(int difference) {
    if (difference > 0) {
      ledger.resume(difference);
    } else if (difference < 0) {
      remove(Fate.DAMAGED, null, -difference);
    }
  }

  /** Puts a taken chunk back to the head of the queue; false where it is not taken any more. */
  public boolean putBack(StoredChunk chunk) {
    lock.lock();
    try {
      if (!taken.remove(chunk)) {
        return false;
      }
      chunk.state = StoredChunk.State.QUEUED;
      queue.addFirst(chunk);
      return true;
    } finally {
      lock.unlock();
    }
  }

  /** Removes a taken chunk for ever; false where it is not taken any more. */
  public boolean purge(StoredChunk chunk, Fate fate) {
    lock.lock();
    try {
      if (!taken.remove(chunk)) {
        return false;
      }
      forget(chunk, fate);
    } finally {
      lock.unlock();
    }
    chunk.destroy();
    return true;
  }

  /**
   * @param fate null where the chunk's files stay for the next start
   */
  private void forget(StoredChunk chunk, Fate fate) {
    if (fate != null) {
      remove(fate, chunk, chunk.records);
    } else {
      ledger.add(-chunk.records); // as if it had never come: the next start counts it
    }
    chunk.state = StoredChunk.State.GONE;
    queueBytes -= chunk.bytes;
    space.signalAll();
  }

  /** Removes the head of the queue for ever and returns it; null where the queue is empty. */
  public StoredChunk dropOldest() {
    StoredChunk chunk;
    lock.lock();
    try {
      chunk = queue.pollFirst();
      if (chunk == null) {
        return null;
      }
      forget(chunk, Fate.OLDEST);
    } finally {
      lock.unlock();
    }
    chunk.destroy();
    return chunk;
  }

  /**
   * Removes all of the queue; taken and staged chunks stay.
   *
   * @param keeper told of each chunk while its content is still there; false where its files are to
   *     stay for the next start
   * @return the number of events removed
   */
  public long clearQueue(Predicate<StoredChunk> keeper) {
    List<StoredChunk> chunks;
    lock.lock();
    try {
      chunks = new ArrayList<>(queue);
      queue.clear();
      taken.addAll(chunks);
    } finally {
      lock.unlock();
    }
    long dropped = 0;
    for (StoredChunk chunk : chunks) {
      boolean destroy = keeper.test(chunk);
      lock.lock();
      try {
        taken.remove(chunk);
        forget(chunk, destroy ? Fate.RETRY_LIMIT : null);
      } finally {
        lock.unlock();
      }
      dropped += chunk.records;
      if (destroy) {
        chunk.destroy();
      } else {
        chunk.close();
      }
    }
    return dropped;
  }

  /** Gives up all that is here: it was in memory, and the process ends. Returns its events. */
  public long giveUp() {
    lock.lock();
    try {
      long left = records();
      if (left > 0) {
        remove(Fate.SHUTDOWN, null, left);
      }
      stage.clear();
      queue.clear();
      taken.clear();
      return left;
    } finally {
      lock.unlock();
    }
  }

  /** Takes nothing more and closes the files; chunks of a file buffer stay for the next run. */
  public void close() {
    List<StoredChunk> chunks = new ArrayList<>();
    lock.lock();
    try {
      closed = true;
      space.signalAll();
      chunks.addAll(stage.values());
      chunks.addAll(queue);
      chunks.addAll(taken);
      chunks.forEach(StoredChunk::close);
    } finally {
      lock.unlock();
    }
    store.close();
    report.debug("buffer is closed", "chunks", chunks.size());
  }

  /** The chunks that still grow. */
  public List<StoredChunk> staged() {
    lock.lock();
    try {
      return List.copyOf(stage.values());
    } finally {
      lock.unlock();
    }
  }

  public boolean isPersistent() {
    return store.isPersistent();
  }

  public boolean hasQueued() {
    return queueLength() > 0;
  }

  public int queueLength() {
    return (int) read(queue::size);
  }

  public int takenLength() {
    return (int) read(taken::size);
  }

  public int stageLength() {
    return (int) read(stage::size);
  }

  public long stageBytes() {
    return read(() -> stageBytes);
  }

  /** Queued and taken bytes. */
  public long queueBytes() {
    return read(() -> queueBytes);
  }

  public long totalBytes() {
    return read(() -> stageBytes + queueBytes);
  }

  /** Tenths of a percent of {@code total_limit_size} that are still free. */
  public long availablePerMille() {
    return Math.max(0, 1000 - totalBytes() * 1000 / Math.max(1, limits.totalBytes()));
  }

  /** Events in the queue, without those taken. */
  public long queuedRecords() {
    return read(() -> queue.stream().mapToLong(StoredChunk::records).sum());
  }

  /** All events that are here, taken ones included. */
  public long records() {
    return read(
        () ->
            stage.values().stream().mapToLong(StoredChunk::records).sum()
                + queue.stream().mapToLong(StoredChunk::records).sum()
                + taken.stream().mapToLong(StoredChunk::records).sum());
  }

  /** The books at this instant: they balance. */
  public Balance balance() {
    lock.lock();
    try {
      return ledger.balance(records());
    } finally {
      lock.unlock();
    }
  }

  /** The time keys of all chunks, smallest first. */
  public List<Long> timekeys() {
    lock.lock();
    try {
      List<StoredChunk> all = new ArrayList<>(stage.values());
      all.addAll(queue);
      return all.stream()
          .map(chunk -> chunk.metadata().timekey())
          .filter(java.util.Objects::nonNull)
          .distinct()
          .sorted()
          .toList();
    } finally {
      lock.unlock();
    }
  }

  private long read(LongSupplier figure) {
    lock.lock();
    try {
      return figure.getAsLong();
    } finally {
      lock.unlock();
    }
  }
}
