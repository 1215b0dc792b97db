package io.runnel.buffer;

import io.runnel.event.MsgpackException;
import java.nio.ByteBuffer;
import java.util.Arrays;
import java.util.zip.CRC32C;

/** What the checksum file of a chunk says; a damaged one says as much as is sound. */
final class SumsReader {
  private final MetaFile.Content meta;
  private final ByteBuffer entries;
  private final int soundLength;

  private SumsReader(MetaFile.Content meta, ByteBuffer entries, int soundLength) {
    this.meta = meta;
    this.entries = entries;
    this.soundLength = soundLength;
  }

  /** Null where the file is none of ours, or its beginning is damaged. */
  static SumsReader of(byte[] file) {
    ByteBuffer in = ByteBuffer.wrap(file);
    byte[] magic = new byte[ChunkSums.MAGIC.length];
    if (in.remaining() < magic.length + 8) {
      return null;
    }
    in.get(magic);
    int size = in.getInt();
    int sum = in.getInt();
    if (!Arrays.equals(magic, ChunkSums.MAGIC) || size < 0 || size > in.remaining()) {
      return null;
    }
    CRC32C crc = new CRC32C();
    crc.update(file, in.position(), size);
    if ((int) crc.getValue() != sum) {
      return null;
    }
    try {
      MetaFile.Content meta = MetaFile.decodeMap(file, in.position(), size);
      ByteBuffer entries = sound(file, in.position() + size);
      return new SumsReader(meta, entries, in.position() + size + entries.limit());
    } catch (MsgpackException e) {
      return null;
    }
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

  /** Metadata as of the chunk's creation. */
  MetaFile.Content meta() {
    return meta;
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
