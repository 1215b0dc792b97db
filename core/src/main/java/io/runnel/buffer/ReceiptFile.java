package io.runnel.buffer;

import io.runnel.event.Bytes;
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
 * The receipts of a file buffer on the disk; the format is described in this package. Used under a
 * lock, but for {@link #force}.
 */
final class ReceiptFile implements AutoCloseable {
  static final byte[] MAGIC = {'R', 'N', 'L', 'O', 'N', 'C', 0, 1};
  static final int RECORD = 36;
  private static final int TOUCH = 1;
  private static final int STORED = 2;
  private static final int SAFE = 3;

  private final Path path;
  private final Disk.AppendFile file;
  private final Bytes record = new Bytes(RECORD);
  private long length;

  /** That a chunk is about to grow. */
  record Touch(byte[] chunkId, long start, int length) {
    long end() {
      return start + length;
    }
  }

  /** A receipt with the touches in front of it. */
  record Entry(Receipt receipt, int seconds, List<Touch> touches) {}

  /**
   * What a file says.
   *
   * @param bootId the run of the machine in which it was begun; empty where it is unreadable
   * @param entries in their order
   * @param safe how many of them are known to have been synced with their events
   * @param open touches without a receipt: the process ended in the middle of them
   */
  record Content(String bootId, List<Entry> entries, long safe, List<Touch> open) {}

  private ReceiptFile(Path path, Disk.AppendFile file, long length) {
    this.path = path;
    this.file = file;
    this.length = length;
  }

  /** Begins a file, in place of one that may be there. */
  static ReceiptFile create(
      Disk disk, Path path, String bootId, Set<PosixFilePermission> permissions, Content content)
      throws IOException {
    Path temporary = path.resolveSibling(path.getFileName() + ".tmp");
    disk.delete(temporary);
    ReceiptFile made =
        new ReceiptFile(path, disk.append(temporary, permissions), 0); // renamed while open
    boolean done = false;
    try {
      made.begin(bootId, content);
      disk.rename(temporary, path);
      done = true;
      return made;
    } finally {
      if (!done) {
        made.close();
        disk.delete(temporary);
      }
    }
  }

  private void begin(String bootId, Content content) throws IOException {
    byte[] boot = bootId.getBytes(StandardCharsets.UTF_8);
    CRC32C crc = new CRC32C();
    crc.update(boot);
    Bytes all = new Bytes(MAGIC.length + 8 + boot.length + RECORD * content.entries().size());
    all.write(MAGIC);
    ChunkSums.int32(all, boot.length);
    ChunkSums.int32(all, (int) crc.getValue());
    all.write(boot);
    for (Entry entry : content.entries()) {
      for (Touch touch : entry.touches()) {
        encode(touch);
        all.write(record.array(), 0, RECORD);
      }
      encode(entry.receipt(), entry.seconds());
      all.write(record.array(), 0, RECORD);
    }
    encodeSafe(content.safe());
    all.write(record.array(), 0, RECORD);
    file.append(all.array(), 0, all.length());
    length = all.length();
  }

  long length() {
    return length;
  }

  Path path() {
    return path;
  }

  void touch(Touch touch) throws IOException {
    encode(touch);
    append();
  }

  void stored(Receipt receipt, int seconds) throws IOException {
    encode(receipt, seconds);
    append();
  }

  /** The first so many receipts in this file are on the disk, and so are their events. */
  void safe(long count) throws IOException {
    encodeSafe(count);
    append();
  }

  private void append() throws IOException {
    try {
      file.append(record.array(), 0, RECORD);
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

  void force() throws IOException {
    file.force();
  }

  @Override
  public void close() throws IOException {
    file.close();
  }

  private void encode(Touch touch) {
    begin(TOUCH);
    record.write(Arrays.copyOf(touch.chunkId(), 16));
    long64(touch.start());
    ChunkSums.int32(record, touch.length());
    seal();
  }

  private void encode(Receipt receipt, int seconds) {
    begin(STORED);
    long64(receipt.id());
    long64(receipt.check());
    long64(0);
    ChunkSums.int32(record, seconds);
    seal();
  }

  private void encodeSafe(long count) {
    begin(SAFE);
    long64(count);
    long64(0);
    long64(0);
    ChunkSums.int32(record, 0);
    seal();
  }

  private void begin(int kind) {
    record.clear();
    ChunkSums.int32(record, kind);
  }

  private void long64(long value) {
    ChunkSums.int32(record, (int) (value >>> 32));
    ChunkSums.int32(record, (int) value);
  }

  private void seal() {
    CRC32C crc = new CRC32C();
    crc.update(record.array(), 0, RECORD - 4);
    ChunkSums.int32(record, (int) crc.getValue());
  }

  /** Reads a file up to the first record that is torn or damaged. */
  static Content read(byte[] bytes) {
    ByteBuffer in = ByteBuffer.wrap(bytes);
    byte[] magic = new byte[MAGIC.length];
    if (in.remaining() < MAGIC.length + 8) {
      return nothing();
    }
    in.get(magic);
    int size = in.getInt();
    int sum = in.getInt();
    if (!Arrays.equals(magic, MAGIC) || size < 0 || size > in.remaining()) {
      return nothing();
    }
    byte[] boot = new byte[size];
    in.get(boot);
    CRC32C crc = new CRC32C();
    crc.update(boot);
    if ((int) crc.getValue() != sum) {
      return nothing();
    }
    List<Entry> entries = new ArrayList<>();
    List<Touch> open = new ArrayList<>();
    long safe = 0;
    while (in.remaining() >= RECORD && isSound(bytes, in.position())) {
      int end = in.position() + RECORD;
      int kind = in.getInt();
      if (kind == TOUCH) {
        byte[] id = new byte[16];
        in.get(id);
        open.add(new Touch(id, in.getLong(), in.getInt()));
      } else if (kind == STORED) {
        Receipt receipt = new Receipt(in.getLong(), in.getLong());
        in.getLong();
        entries.add(new Entry(receipt, in.getInt(), List.copyOf(open)));
        open.clear();
      } else if (kind == SAFE) {
        safe = in.getLong();
      }
      in.position(end);
    }
    String bootId = new String(boot, StandardCharsets.UTF_8);
    return new Content(bootId, entries, Math.min(safe, entries.size()), open);
  }

  static Content nothing() {
    return new Content("", List.of(), 0, List.of());
  }

  private static boolean isSound(byte[] bytes, int at) {
    CRC32C crc = new CRC32C();
    crc.update(bytes, at, RECORD - 4);
    return ByteBuffer.wrap(bytes, at + RECORD - 4, 4).getInt() == (int) crc.getValue();
  }
}
