package io.runnel.buffer;

import io.runnel.event.Bytes;
import io.runnel.event.MsgpackWriter;
import io.runnel.host.Disk;
import java.io.IOException;
import java.io.InputStream;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermission;
import java.util.Set;
import java.util.zip.CRC32C;

/**
 * The checksums of a file chunk, in a hidden file beside it that Fluentd's globs pass over; the
 * format is described in this package. Entries are collected and written in blocks, at the latest
 * when the chunk is synced or sealed: until then a reader finds bytes without a checksum, which it
 * checks by their structure.
 *
 * <p>Safe for use by the one thread that appends beside the one that syncs.
 */
final class ChunkSums implements AutoCloseable {
  static final byte[] MAGIC = {'R', 'N', 'L', 'S', 'U', 'M', 0, 1};
  static final int ENTRY = 16;

  /** Set in an entry's length: the piece is the last one of an append. */
  static final int LAST = 1 << 31;

  /** Bytes under one checksum: a single damaged byte costs at most the events of one piece. */
  static final int PIECE = 512;

  private static final int WRITE_AT = 4096;

  private final Disk.AppendFile file;
  private final Bytes pending = new Bytes(ENTRY * 8);
  private final CRC32C crc = new CRC32C();
  private long written;
  private boolean empty;

  private ChunkSums(Disk.AppendFile file, long written, boolean empty) {
    this.file = file;
    this.written = written;
    this.empty = empty;
  }

  /** Begins the file of a new chunk. */
  static ChunkSums create(
      Disk disk,
      Path path,
      MetaFile.Content meta,
      String bootId,
      Set<PosixFilePermission> permissions)
      throws IOException {
    byte[] header = header(meta, bootId);
    Disk.AppendFile file = disk.append(path, permissions);
    try {
      file.truncate(0);
      file.append(header, 0, header.length);
    } catch (IOException e) {
      file.close();
      throw e;
    }
    return new ChunkSums(file, header.length, true);
  }

  /** Goes on with a file that covers the chunk up to its end. */
  static ChunkSums reopen(Disk disk, Path path, long length) throws IOException {
    Disk.AppendFile file = disk.append(path, null);
    file.truncate(length);
    return new ChunkSums(file, length, false);
  }

  /**
   * Writes and syncs the checksums of content that is there already, as those of one append.
   *
   * @param meta with the number of events
   * @param bytes length of the content
   * @return the length of the file
   * @throws IOException also where the content is shorter
   */
  static long write(
      Disk disk,
      Path path,
      MetaFile.Content meta,
      String bootId,
      Set<PosixFilePermission> permissions,
      InputStream content,
      long bytes)
      throws IOException {
    try (ChunkSums sums = create(disk, path, meta, bootId, permissions)) {
      byte[] block = new byte[PIECE];
      for (long left = bytes; left > 0; ) {
        int read = content.readNBytes(block, 0, (int) Math.min(left, block.length));
        if (read == 0) {
          throw new IOException("the chunk of " + path + " became shorter while it was read");
        }
        left -= read;
        sums.piece(block, read, left == 0, meta.records());
      }
      sums.flush();
      sums.force(); // it may take the place of a file that is all that proves synced content
      return sums.mark();
    }
  }

  static byte[] header(MetaFile.Content meta, String bootId) {
    Bytes map = new Bytes();
    MetaFile.encodeMap(meta, map);
    new MsgpackWriter(map).string(bootId);
    CRC32C sum = new CRC32C();
    sum.update(map.array(), 0, map.length());
    Bytes out = new Bytes(MAGIC.length + 8 + map.length());
    out.write(MAGIC);
    int32(out, map.length());
    int32(out, (int) sum.getValue());
    out.write(map.array(), 0, map.length());
    return out.toByteArray();
  }

  /** A point to which {@link #rollback} can go back. */
  synchronized long mark() {
    return written + pending.length();
  }

  /** Adds what was appended to the chunk. */
  synchronized void add(byte[] source, int offset, int length, int count) {
    int end = offset + length;
    for (int at = offset; at < end; at += PIECE) {
      int piece = Math.min(PIECE, end - at);
      boolean last = at + piece == end;
      entry(source, at, piece, last ? piece | LAST : piece, last ? count : 0);
    }
    if (pending.length() >= WRITE_AT || empty) {
      empty = false; // of the first append recovery learns whether records end with line feeds
      try {
        flush();
      } catch (IOException ignored) {
        // stays pending: the next sync tries again and tells
      }
    }
  }

  /** Adds a piece of an append that is read bit by bit. */
  private synchronized void piece(byte[] source, int length, boolean last, int count)
      throws IOException {
    entry(source, 0, length, last ? length | LAST : length, last ? count : 0);
    if (pending.length() >= WRITE_AT) {
      flush();
    }
  }

  private void entry(byte[] source, int at, int piece, int lengthField, int count) {
    int start = pending.length();
    int32(pending, lengthField);
    int32(pending, count);
    crc.reset();
    crc.update(source, at, piece);
    int32(pending, (int) crc.getValue());
    crc.reset();
    crc.update(pending.array(), start, 12);
    int32(pending, (int) crc.getValue());
  }

  synchronized void rollback(long mark) throws IOException {
    if (mark >= written) {
      pending.setLength((int) (mark - written));
    } else {
      pending.clear();
      file.truncate(mark);
      written = mark;
    }
  }

  /** Hands what is collected to the operating system. */
  synchronized void flush() throws IOException {
    if (pending.length() > 0) {
      int count = pending.length();
      try {
        file.append(pending.array(), 0, count);
      } catch (IOException e) {
        file.truncate(written);
        throw e;
      }
      written += count;
      pending.reset(WRITE_AT * 2);
    }
  }

  void force() throws IOException {
    file.force();
  }

  @Override
  public void close() throws IOException {
    file.close();
  }

  static void int32(Bytes out, int value) {
    byte[] a = out.ensure(4);
    int at = out.length();
    a[at] = (byte) (value >>> 24);
    a[at + 1] = (byte) (value >>> 16);
    a[at + 2] = (byte) (value >>> 8);
    a[at + 3] = (byte) value;
    out.setLength(at + 4);
  }
}
