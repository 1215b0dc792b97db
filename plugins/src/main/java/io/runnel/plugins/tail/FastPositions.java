package io.runnel.plugins.tail;

import io.runnel.log.Log;
import java.io.Closeable;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.nio.file.StandardOpenOption;
import java.nio.file.attribute.FileAttribute;
import java.util.ArrayDeque;
import java.util.Arrays;
import java.util.Deque;
import java.util.HashMap;
import java.util.Map;
import java.util.Set;
import java.util.zip.CRC32C;

/**
 * How far each file was emitted, beside the pos_file, which only says how far that is on the disk.
 * Where the process ends (SIGKILL), what was emitted to a file buffer is there all the same, and
 * reading goes on here, so that no line is doubled; where the machine has ended, it may not be, and
 * this file does not count. Never synced.
 *
 * <p>{@code POS_FILE.emitted}, numbers big endian:
 *
 * <pre>
 * 52 4e 4c 50 4f 53 00 01   "RNLPOS", 0, version 1
 * 40 bytes                  the machine's boot id, filled up with zeros
 * then for each file 36 bytes, changed in place:
 *   uint64                  inode
 *   uint64                  hash of the path as in the pos_file
 *   uint64                  the position in the pos_file as of this record
 *   uint64                  how far the file was emitted
 *   uint32                  CRC-32C of the 32 bytes before
 * </pre>
 *
 * <p>A record counts where the pos_file says what it did then: not after another program has worked
 * with it. Used by one thread.
 */
final class FastPositions implements Closeable {
  private static final byte[] MAGIC = {'R', 'N', 'L', 'P', 'O', 'S', 0, 1};
  private static final int BOOT = 40;
  private static final int HEADER = 48;
  private static final int RECORD = 36;

  /** Largest file that is read at the start, as of the pos_file. */
  private static final long LARGEST = 64L << 20;

  private record Key(long inode, long path) {
    static Key of(String path, long inode) {
      long hash = 1125899906842597L;
      for (byte b : path.getBytes(StandardCharsets.UTF_8)) {
        hash = 31 * hash + b;
      }
      return new Key(inode, hash);
    }
  }

  private record Position(long base, long emitted) {}

  private final Path path;
  private final byte[] bootId;
  private final Log log;
  private final Map<Key, Position> found = new HashMap<>();
  private final Map<Key, Integer> slots = new HashMap<>();
  private final Deque<Integer> free = new ArrayDeque<>();
  private final ByteBuffer record = ByteBuffer.allocate(RECORD);
  private final CRC32C crc = new CRC32C();
  private FileChannel channel;
  private int records;

  private FastPositions(Path path, String bootId, Log log) {
    this.path = path;
    this.bootId = Arrays.copyOf(bootId.getBytes(StandardCharsets.US_ASCII), BOOT);
    this.log = log;
  }

  /** Reads what the last run has left; nothing is written before {@link #begin}. */
  static FastPositions open(Path path, String bootId, Log log) {
    FastPositions positions = new FastPositions(path, bootId, log);
    try {
      if (Files.exists(path) && Files.size(path) <= LARGEST) {
        positions.load(ByteBuffer.wrap(Files.readAllBytes(path)));
      }
    } catch (IOException e) {
      log.warn("it is not known how far files were emitted, some lines may come again", e);
    }
    return positions;
  }

  private void load(ByteBuffer in) {
    byte[] start = new byte[HEADER];
    if (in.remaining() < HEADER) {
      return;
    }
    in.get(start);
    if (!Arrays.equals(start, header())) {
      return;
    }
    while (in.remaining() >= RECORD) {
      crc.reset();
      crc.update(in.array(), in.position(), RECORD - 4);
      Key key = new Key(in.getLong(), in.getLong());
      Position position = new Position(in.getLong(), in.getLong());
      if (in.getInt() == (int) crc.getValue()) {
        found.put(key, position);
      }
    }
  }

  private byte[] header() {
    return ByteBuffer.allocate(HEADER).put(MAGIC).put(bootId).array();
  }

  /** How far a file was emitted, where the pos_file says {@code position} of it. */
  long emitted(String name, long inode, long position) {
    Position last = found.get(Key.of(name, inode));
    return last != null && last.base() == position ? last.emitted() : position;
  }

  /** Begins a new file with what counts of the old one, and takes its place. */
  void begin(Iterable<PositionFile.Saved> saved, FileAttribute<?>[] attributes) {
    Path temporary = path.resolveSibling(path.getFileName() + ".tmp");
    try {
      Files.deleteIfExists(temporary);
      channel =
          FileChannel.open(
              temporary,
              Set.of(StandardOpenOption.CREATE_NEW, StandardOpenOption.WRITE),
              attributes);
      channel.write(ByteBuffer.wrap(header()), 0);
      for (PositionFile.Saved one : saved) {
        long emitted = emitted(one.path(), one.inode(), one.position());
        put(one.path(), one.inode(), one.position(), emitted);
      }
      Files.move(
          temporary, path, StandardCopyOption.ATOMIC_MOVE, StandardCopyOption.REPLACE_EXISTING);
    } catch (IOException e) {
      failed(e);
    }
    found.clear();
  }

  /**
   * Notes how far a file was emitted.
   *
   * @param base what the pos_file says of it
   */
  void put(String name, long inode, long base, long emitted) {
    if (channel == null) {
      return;
    }
    Key key = Key.of(name, inode);
    Integer known = slots.get(key);
    int slot = known != null ? known : free.isEmpty() ? records++ : free.pop();
    if (known == null) {
      slots.put(key, slot);
    }
    record.clear().putLong(key.inode()).putLong(key.path()).putLong(base).putLong(emitted);
    crc.reset();
    crc.update(record.array(), 0, RECORD - 4);
    write(record.putInt((int) crc.getValue()).flip(), slot);
  }

  /** Forgets a file. */
  void remove(String name, long inode) {
    Integer slot = channel == null ? null : slots.remove(Key.of(name, inode));
    if (slot != null) {
      free.push(slot);
      write(ByteBuffer.allocate(RECORD).putInt(RECORD - 4, -1), slot);
    }
  }

  private void write(ByteBuffer bytes, int slot) {
    try {
      long at = HEADER + (long) slot * RECORD;
      while (bytes.hasRemaining()) {
        at += channel.write(bytes, at);
      }
    } catch (IOException e) {
      failed(e);
    }
  }

  private void failed(IOException e) {
    log.warn("it cannot be noted how far files were emitted, after a crash lines come again", e);
    close();
    try {
      Files.deleteIfExists(path);
    } catch (IOException again) {
      log.debug("removing what was emitted", "why", again.getMessage());
    }
  }

  @Override
  public void close() {
    if (channel != null) {
      try {
        channel.close();
      } catch (IOException e) {
        log.debug("closing what was emitted", "why", e.getMessage());
      }
      channel = null;
    }
  }
}
