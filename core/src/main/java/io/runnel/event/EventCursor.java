package io.runnel.event;

import java.lang.invoke.MethodHandles;
import java.lang.invoke.VarHandle;
import java.nio.ByteOrder;
import java.util.Map;

/**
 * Walks over packed events, giving the place of each record without decoding it. Where the ends of
 * the entries are known it does not look into the records at all.
 */
public final class EventCursor {
  /** {@code 92 d7 00}: how an entry begins whose time is an EventTime. */
  private static final int HEAD = 0x92d700;

  private static final int HEAD_BYTES = 3;
  private static final VarHandle LONG =
      MethodHandles.byteArrayViewVarHandle(long[].class, ByteOrder.BIG_ENDIAN);

  private final MsgpackReader reader;
  private final int[] ends;
  private int index;
  private int start;
  private long time;
  private int recordOffset;
  private int end;

  public EventCursor(byte[] bytes, int offset, int length) {
    this(bytes, offset, length, null);
  }

  /**
   * @param ends where each entry ends; null where that is to be found out
   */
  EventCursor(byte[] bytes, int offset, int length, int[] ends) {
    reader = new MsgpackReader(bytes, offset, length);
    this.ends = ends;
    end = offset;
  }

  /**
   * Goes to the next event; false at the end.
   *
   * @throws MsgpackException where the bytes are no {@code [time, record]}
   */
  public boolean next() {
    if (end >= reader.limit()) {
      return false;
    }
    start = end;
    if (ends != null && isTimed(reader.buffer(), start)) {
      time = (long) LONG.get(reader.buffer(), start + HEAD_BYTES);
      recordOffset = start + HEAD_BYTES + Long.BYTES;
      end = ends[index++];
      return true;
    }
    reader.position(start);
    int parts = reader.readArrayHeader();
    if (parts != 2) {
      throw new MsgpackException(
          "an entry must be [time, record], found " + parts + " items at byte " + start);
    }
    time = reader.readTime();
    recordOffset = reader.position();
    if (ends != null) {
      end = ends[index++];
      return true;
    }
    reader.skip();
    end = reader.position();
    return true;
  }

  private static boolean isTimed(byte[] bytes, int at) {
    return ((bytes[at] & 0xff) << 16 | (bytes[at + 1] & 0xff) << 8 | bytes[at + 2] & 0xff) == HEAD;
  }

  public byte[] bytes() {
    return reader.buffer();
  }

  /** Where the current entry (time and record) starts. */
  public int start() {
    return start;
  }

  /** Packed {@link EventTime}. */
  public long time() {
    return time;
  }

  public int recordOffset() {
    return recordOffset;
  }

  public int recordLength() {
    return end - recordOffset;
  }

  /** Where the next entry starts. */
  public int end() {
    return end;
  }

  /** Decodes the current record. */
  public Map<String, Object> record() {
    return new MsgpackReader(reader.buffer(), recordOffset, end - recordOffset).readRecord();
  }
}
