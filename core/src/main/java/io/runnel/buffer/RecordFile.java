package io.runnel.buffer;

import io.runnel.host.Disk;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermission;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Set;
import java.util.zip.CRC32C;

/**
 * A file of small records that only grows: a magic number, the machine's boot id, and records of 36
 * bytes that end with their checksum. The format is described in this package. Used under a lock,
 * but for {@link #force}.
 */
final class RecordFile implements AutoCloseable {
  /** Bytes of a record, checksum included. */
  static final int RECORD = 36;

  /** Bytes of a record that are its own. */
  static final int BODY = 32;

  private final Path path;
  private final Disk.AppendFile file;
  private long length;

  /**
   * What a file says.
   *
   * @param bootId the run of the machine in which it was begun; empty where that is unreadable
   * @param records in their order, each at its first byte
   */
  record Content(String bootId, List<ByteBuffer> records) {}

  private RecordFile(Path path, Disk.AppendFile file) {
    this.path = path;
    this.file = file;
  }

  /** Begins a file, in place of one that may be there. */
  static RecordFile create(
      Disk disk,
      Path path,
      byte[] magic,
      String bootId,
      Set<PosixFilePermission> permissions,
      List<ByteBuffer> records)
      throws IOException {
    Path temporary = path.resolveSibling(path.getFileName() + ".tmp");
    disk.delete(temporary);
    RecordFile made = new RecordFile(path, disk.append(temporary, permissions));
    boolean done = false;
    try {
      made.write(magic, bootId, records);
      disk.rename(temporary, path); // it stays open
      done = true;
      return made;
    } finally {
      if (!done) {
        made.close();
        disk.delete(temporary);
      }
    }
  }

  private void write(byte[] magic, String bootId, List<ByteBuffer> records) throws IOException {
    byte[] boot = bootId.getBytes(StandardCharsets.UTF_8);
    CRC32C crc = new CRC32C();
    crc.update(boot);
    ByteBuffer all = ByteBuffer.allocate(magic.length + 8 + boot.length + RECORD * records.size());
    all.put(magic).putInt(boot.length).putInt((int) crc.getValue()).put(boot);
    records.forEach(record -> all.put(seal(record)));
    file.append(all.array(), 0, all.position());
    length = all.position();
  }

  /** A record to be filled; at most {@link #BODY} bytes are used. */
  static ByteBuffer record(int kind) {
    return ByteBuffer.allocate(RECORD).putInt(kind);
  }

  private static ByteBuffer seal(ByteBuffer record) {
    CRC32C crc = new CRC32C();
    crc.update(record.array(), 0, BODY);
    return record.putInt(BODY, (int) crc.getValue()).clear();
  }

  /** Appends a record; after a failure the file is what it was. */
  void append(ByteBuffer record) throws IOException {
    try {
      file.append(seal(record).array(), 0, RECORD);
      length += RECORD;
    } catch (IOException e) {
      file.truncate(length);
      throw e;
    }
  }

  void truncate(long to) throws IOException {
    file.truncate(to);
    length = to;
  }

  long length() {
    return length;
  }

  Path path() {
    return path;
  }

  void force() throws IOException {
    file.force();
  }

  @Override
  public void close() throws IOException {
    file.close();
  }

  /** Reads a file up to the first record that is torn or damaged. */
  static Content read(byte[] bytes, byte[] magic) {
    ByteBuffer in = ByteBuffer.wrap(bytes);
    byte[] start = new byte[magic.length];
    if (in.remaining() < magic.length + 8) {
      return new Content("", List.of());
    }
    in.get(start);
    int size = in.getInt();
    int sum = in.getInt();
    if (!Arrays.equals(magic, start) || size < 0 || size > in.remaining()) {
      return new Content("", List.of());
    }
    byte[] boot = new byte[size];
    in.get(boot);
    CRC32C crc = new CRC32C();
    crc.update(boot);
    if ((int) crc.getValue() != sum) {
      return new Content("", List.of());
    }
    List<ByteBuffer> records = new ArrayList<>();
    for (int at = in.position(); at + RECORD <= bytes.length; at += RECORD) {
      crc.reset();
      crc.update(bytes, at, BODY);
      if (in.getInt(at + BODY) != (int) crc.getValue()) {
        break;
      }
      records.add(ByteBuffer.wrap(bytes, at, RECORD).slice());
    }
    return new Content(new String(boot, StandardCharsets.UTF_8), records);
  }
}
