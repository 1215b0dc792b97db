package io.runnel.plugins.client;

import java.io.IOException;
import java.nio.file.Path;
import java.util.BitSet;
import java.util.Optional;

/**
 * Which events of a chunk need not be sent again: they were taken, or refused for good. So a chunk
 * of which a part failed is tried again with that part alone. With a file buffer this stands in the
 * note beside the chunk and outlives the process:
 *
 * <pre>
 * 52 4e 4c 42 4c 4b 00 01   "RNLBLK", 0, version 1: the magic of a {@link ChunkNote}
 * bits                      event n is bit n%8 of byte n/8
 * </pre>
 *
 * <p>After a power loss the whole chunk may be sent again. Used by one thread.
 */
public final class ChunkProgress {
  private static final byte[] MAGIC = {'R', 'N', 'L', 'B', 'L', 'K', 0, 1};

  /** Bits for 80 million events: no chunk has as many. */
  private static final int MAX_BYTES = 10 << 20;

  private final Optional<Path> note;
  private final BitSet done;
  private boolean changed;

  private ChunkProgress(Optional<Path> note, BitSet done) {
    this.note = note;
    this.done = done;
  }

  /** What earlier tries have left; a note that is damaged is as good as none. */
  public static ChunkProgress of(Optional<Path> note) throws IOException {
    BitSet done = new BitSet();
    if (note.isPresent()) {
      done = ChunkNote.read(note.get(), MAGIC, MAX_BYTES).map(BitSet::valueOf).orElse(done);
    }
    return new ChunkProgress(note, done);
  }

  public boolean isDone(int event) {
    return done.get(event);
  }

  public void done(int event) {
    done.set(event);
    changed = true;
  }

  /** Takes back what was done: the destination has given it up. */
  public void clear() {
    changed |= !done.isEmpty();
    done.clear();
  }

  /** How many events are done. */
  public int count() {
    return done.cardinality();
  }

  public boolean isEmpty() {
    return done.isEmpty();
  }

  /** Keeps it for the next try, also where the thread was interrupted: it is for after the stop. */
  public void save() throws IOException {
    if (!changed || note.isEmpty()) {
      return;
    }
    ChunkNote.write(note.get(), MAGIC, done.toByteArray());
    changed = false;
  }
}
