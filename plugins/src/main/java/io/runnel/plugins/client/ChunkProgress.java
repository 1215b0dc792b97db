package io.runnel.plugins.client;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.BitSet;
import java.util.Optional;
import java.util.zip.CRC32C;

/**
 * Which events of a chunk need not be sent again: they were taken, or refused for good. So a chunk
 * of which a part failed is tried again with that part alone. With a file buffer this stands in the
 * note beside the chunk and outlives the process:
 *
 * <pre>
 * 52 4e 4c 42 4c 4b 00 01   "RNLBLK", 0, version 1
 * bits                      event n is bit n%8 of byte n/8
 * uint32 BE                 CRC32C of all before
 * </pre>
 *
 * <p>It is not synced: after a power loss the whole chunk may be sent again. Used by one thread.
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
    if (note.isPresent()) {
      try {
        byte[] bytes = Files.readAllBytes(note.get());
        return new ChunkProgress(note, decode(bytes));
      } catch (NoSuchFileException e) {
        // the first try
      }
    }
    return new ChunkProgress(note, new BitSet());
  }

  private static BitSet decode(byte[] bytes) {
    int end = bytes.length - Integer.BYTES;
    if (end < MAGIC.length
        || bytes.length > MAX_BYTES
        || !Arrays.equals(bytes, 0, MAGIC.length, MAGIC, 0, MAGIC.length)
        || ByteBuffer.wrap(bytes).getInt(end) != checksum(bytes, end)) {
      return new BitSet();
    }
    return BitSet.valueOf(Arrays.copyOfRange(bytes, MAGIC.length, end));
  }

  private static int checksum(byte[] bytes, int length) {
    CRC32C sum = new CRC32C();
    sum.update(bytes, 0, length);
    return (int) sum.getValue();
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
    byte[] bits = done.toByteArray();
    ByteBuffer out = ByteBuffer.allocate(MAGIC.length + bits.length + Integer.BYTES);
    out.put(MAGIC).put(bits);
    out.putInt(checksum(out.array(), out.position()));
    boolean interrupted = Thread.interrupted(); // an interrupted thread cannot write a file
    try {
      Files.write(note.get(), out.array()); // one that is torn by a crash is as good as none
    } finally {
      if (interrupted) {
        Thread.currentThread().interrupt();
      }
    }
    changed = false;
  }
}
