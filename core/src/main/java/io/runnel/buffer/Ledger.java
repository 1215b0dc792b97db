package io.runnel.buffer;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.file.Path;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Deque;
import java.util.HashMap;
import java.util.List;
import java.util.Map;

/**
 * Counts what came into a buffer and what became of it. Of a file buffer that is kept in {@code
 * .PREFIX.books}, so that the books go on over restarts and crashes. Used under the lock of the
 * buffer.
 */
final class Ledger {
  static final byte[] MAGIC = {'R', 'N', 'L', 'B', 'O', 'K', 0, 1};

  /** Set in a record's kind: the sum over chunks that are gone. */
  private static final int SUM = 1 << 31;

  /** Records after which the file is written anew with sums alone. */
  private static final int MOST_RECORDS = 10_000;

  /** Removals that keep their chunk's id, because its files may still be there. */
  private static final int RECENT = 64;

  private static final byte[] NO_CHUNK = new byte[16];
  private static final Fate[] FATES = Fate.values();

  private record Removal(Fate fate, byte[] chunkId, long events, int seconds) {
    ByteBuffer record() {
      return RecordFile.record(fate.ordinal() + 1).put(chunkId).putLong(events).putInt(seconds);
    }
  }

  private final FileStore store;
  private final Deque<Removal> recent = new ArrayDeque<>();
  private final long[] before = new long[FATES.length];
  private final long[] removed = new long[FATES.length];
  private final Map<String, Integer> deliveredAt = new HashMap<>();
  private long in;
  private long resumed;
  private RecordFile file;
  private int records;

  /**
   * @param store null for a buffer in memory
   */
  Ledger(FileStore store) {
    this.store = store;
  }

  /** Reads what earlier runs have counted; before the chunks are looked at. */
  void load() throws IOException {
    Path path = store.layout().books();
    if (!store.disk().exists(path)) {
      return;
    }
    for (ByteBuffer record : RecordFile.read(store.disk().readAll(path), MAGIC).records()) {
      int kind = record.getInt();
      byte[] id = new byte[NO_CHUNK.length];
      record.get(id);
      long events = record.getLong();
      int fate = (kind & ~SUM) - 1;
      if (fate < 0 || fate >= FATES.length) {
        continue; // of a later version
      }
      before[fate] += events;
      if (kind > 0 && !FATES[fate].isDropped()) {
        deliveredAt.put(ChunkId.hex(id), record.getInt());
      }
    }
  }

  /** Adds what a file of books says to sums by fate. */
  static void sum(byte[] file, long[] sums) {
    for (ByteBuffer record : RecordFile.read(file, MAGIC).records()) {
      int fate = (record.getInt() & ~SUM) - 1;
      if (fate >= 0 && fate < sums.length) {
        sums[fate] += record.getLong(4 + NO_CHUNK.length);
      }
    }
  }

  /**
   * True for a chunk that was delivered and counted, and whose deletion a crash has prevented.
   *
   * @param createdMillis of the file: one that was put back later is another matter
   */
  boolean isDelivered(String chunkId, long createdMillis) {
    Integer seconds = deliveredAt.get(chunkId);
    return seconds != null && createdMillis / 1000 <= seconds;
  }

  /** The chunks were looked at: from now on the file is written. */
  void begin() {
    deliveredAt.clear();
    if (store != null && store.disk().exists(store.layout().books())) {
      rewrite();
    }
  }

  void add(long events) {
    in += events;
  }

  /** Events that an earlier run has left. */
  void resume(long events) {
    in += events;
    resumed += events;
  }

  /** Events leave the buffer; {@code chunkId} null where their chunk stays. */
  void remove(Fate fate, byte[] chunkId, long events, long nowMillis) {
    if (store != null && (file == null || records >= MOST_RECORDS)) {
      rewrite();
    }
    removed[fate.ordinal()] += events;
    if (file == null) {
      return;
    }
    byte[] id = chunkId == null ? NO_CHUNK : Arrays.copyOf(chunkId, NO_CHUNK.length);
    Removal removal = new Removal(fate, id, events, (int) (nowMillis / 1000));
    recent.addLast(removal);
    if (recent.size() > RECENT) {
      recent.removeFirst();
    }
    try {
      file.append(removal.record());
      records++;
    } catch (IOException e) {
      store.report().debug("failed to write the books", "error", e);
    }
  }

  /** Writes sums in place of what is older than the last removals. */
  private void rewrite() {
    long[] sums = balance(0).removed();
    recent.forEach(removal -> sums[removal.fate().ordinal()] -= removal.events());
    List<ByteBuffer> all = new ArrayList<>();
    for (Fate fate : FATES) {
      int kind = SUM | fate.ordinal() + 1;
      all.add(RecordFile.record(kind).put(NO_CHUNK).putLong(sums[fate.ordinal()]));
    }
    recent.forEach(removal -> all.add(removal.record()));
    try (RecordFile old = file) {
      file =
          RecordFile.create(
              store.disk(),
              store.layout().books(),
              MAGIC,
              store.bootId(),
              store.settings().filePermission(),
              all);
      records = all.size();
    } catch (IOException e) {
      store.report().warn("failed to write the books", e);
    }
  }

  /**
   * The books now.
   *
   * @param buffered events that are in the buffer
   */
  Balance balance(long buffered) {
    long[] total = new long[FATES.length];
    long earlier = 0;
    for (int i = 0; i < total.length; i++) {
      total[i] = before[i] + removed[i];
      earlier += before[i];
    }
    return new Balance(earlier + in, buffered, total, in, resumed, removed.clone());
  }

  void close() {
    try (RecordFile closing = file) {
      file = null;
    } catch (IOException e) {
      store.report().debug("closing the books", "error", e);
    }
  }
}
