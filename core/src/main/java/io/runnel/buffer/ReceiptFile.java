package io.runnel.buffer;

import io.runnel.host.Disk;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermission;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Set;

/** The receipts of a file buffer on the disk: what the records of the file mean. */
final class ReceiptFile {
  static final byte[] MAGIC = {'R', 'N', 'L', 'O', 'N', 'C', 0, 1};
  private static final int TOUCH = 1;
  private static final int STORED = 2;
  private static final int SAFE = 3;

  private ReceiptFile() {}

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

  /** Begins a file with these entries, in place of one that may be there. */
  static RecordFile create(
      Disk disk,
      Path path,
      String bootId,
      Set<PosixFilePermission> permissions,
      List<Entry> entries,
      long safe)
      throws IOException {
    List<ByteBuffer> records = new ArrayList<>(entries.size() + 1);
    for (Entry entry : entries) {
      entry.touches().forEach(touch -> records.add(touch(touch)));
      records.add(stored(entry.receipt(), entry.seconds()));
    }
    records.add(safe(safe));
    return RecordFile.create(disk, path, MAGIC, bootId, permissions, records);
  }

  static ByteBuffer touch(Touch touch) {
    return RecordFile.record(TOUCH)
        .put(Arrays.copyOf(touch.chunkId(), 16))
        .putLong(touch.start())
        .putInt(touch.length());
  }

  static ByteBuffer stored(Receipt receipt, int seconds) {
    return RecordFile.record(STORED)
        .putLong(receipt.id())
        .putLong(receipt.check())
        .putLong(0)
        .putInt(seconds);
  }

  /** The first so many receipts in the file are on the disk, and so are their events. */
  static ByteBuffer safe(long count) {
    return RecordFile.record(SAFE).putLong(count);
  }

  static Content read(byte[] bytes) {
    RecordFile.Content content = RecordFile.read(bytes, MAGIC);
    List<Entry> entries = new ArrayList<>();
    List<Touch> open = new ArrayList<>();
    long safe = 0;
    for (ByteBuffer in : content.records()) {
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
    }
    return new Content(content.bootId(), entries, Math.min(safe, entries.size()), open);
  }
}
