package io.runnel.buffer;

import io.runnel.event.MsgpackException;
import io.runnel.event.MsgpackReader;
import java.nio.ByteBuffer;
import java.util.Arrays;
import java.util.zip.CRC32C;

/** What the checksum file of a chunk says; a damaged one says as much as is sound. */
final class SumsReader {
  /** The first entry is looked for so far into a file whose beginning is damaged. */
  private static final int MAX_HEADER = 64 * 1024;

  private final MetaFile.Content meta;
  private final String bootId;
  private final ByteBuffer entries;
  private final int soundLength;

  private SumsReader(MetaFile.Content meta, String bootId, ByteBuffer entries, int soundLength) {
    this.meta = meta;
    this.bootId = bootId;
    this.entries = entries;
    this.soundLength = soundLength;
  }

  /**
   * Reads a file of checksums. Of one whose beginning is damaged the entries may still be found: an
   * entry proves itself.
   */
  static SumsReader of(byte[] file) {
    ByteBuffer in = ByteBuffer.wrap(file);
    byte[] magic = new byte[ChunkSums.MAGIC.length];
    if (in.remaining() < magic.length + 8) {
      return headless(file);
    }
    in.get(magic);
    int size = in.getInt();
    int sum = in.getInt();
    if (!Arrays.equals(magic, ChunkSums.MAGIC) || size < 0 || size > in.remaining()) {
      return headless(file);
    }
    CRC32C crc = new CRC32C();
    crc.update(file, in.position(), size);
    if ((int) crc.getValue() != sum) {
      return headless(file);
    }
    try {
      MsgpackReader header = new MsgpackReader(file, in.position(), size);
      header.skip();
      String bootId = header.readString();
      MetaFile.Content meta = MetaFile.decodeMap(file, in.position(), size);
      ByteBuffer entries = sound(file, in.position() + size);
      return new SumsReader(meta, bootId, entries, in.position() + size + entries.limit());
    } catch (MsgpackException e) {
      return headless(file);
    }
  }

  private static SumsReader headless(byte[] file) {
    int end = Math.min(file.length, MAX_HEADER) - ChunkSums.ENTRY;
    for (int at = 0; at <= end; at++) {
      ByteBuffer entries = sound(file, at);
      // the first piece of a chunk has a length, unlike zeros, and so a checksum of its own
      if (entries.limit() > 0 && (entries.getInt(0) & ~ChunkSums.LAST) > 0) {
        return new SumsReader(null, "", entries, at + entries.limit());
      }
    }
    return new SumsReader(null, "", ByteBuffer.allocate(0), 0);
  }

  /** The entries up to the first that is torn or damaged. */
  private static ByteBuffer sound(byte[] file, int from) {
    CRC32C crc = new CRC32C();
    int at = from;
    while (at + ChunkSums.ENTRY <= file.length) {
      crc.reset();
      crc.update(file, at, 12);
      if (ByteBuffer.wrap(file, at + 12, 4).getInt() != (int) crc.getValue()) {
        break;
      }
      at += ChunkSums.ENTRY;
    }
    return ByteBuffer.wrap(file, from, at - from).slice();
  }

  /** Metadata as of the chunk's creation; null where it is damaged. */
  MetaFile.Content meta() {
    return meta;
  }

  /** The run of the machine in which the file was begun. */
  String bootId() {
    return bootId;
  }

  /** Length of the file up to the last sound entry. */
  int soundLength() {
    return soundLength;
  }

  int entries() {
    return entries.limit() / ChunkSums.ENTRY;
  }

  int length(int entry) {
    return entries.getInt(entry * ChunkSums.ENTRY) & ~ChunkSums.LAST;
  }

  boolean isLast(int entry) {
    return entries.getInt(entry * ChunkSums.ENTRY) < 0;
  }

  /** Events of the append that ends with this entry. */
  int records(int entry) {
    return entries.getInt(entry * ChunkSums.ENTRY + 4);
  }

  int crc(int entry) {
    return entries.getInt(entry * ChunkSums.ENTRY + 8);
  }

  long totalLength() {
    long total = 0;
    for (int i = 0; i < entries(); i++) {
      total += length(i);
    }
    return total;
  }

  int totalRecords() {
    int total = 0;
    for (int i = 0; i < entries(); i++) {
      total += records(i);
    }
    return total;
  }
}
