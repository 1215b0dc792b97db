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
  private final byte[] texts;
  private final int[] textEnds;

  /** Of the next entry. */
  private int index;

  private int start;
  private long time;
  private int recordOffset;
  private int end;

  public EventCursor(byte[] bytes, int offset, int length) {
    this(bytes, offset, length, null, null, null);
  }

  /**
   * @param ends where each entry ends; null where that is to be found out, and then there are no
   *     texts
   */
  EventCursor(byte[] bytes, int offset, int length, int[] ends, byte[] texts, int[] textEnds) {
    reader = new MsgpackReader(bytes, offset, length);
    this.ends = ends;
    this.texts = texts;
    this.textEnds = textEnds;
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

  /** The array of {@link #textOffset}; null where no record has a text. */
  public byte[] texts() {
    return texts;
  }

  /** Where the JSON text of the record begins, which is what {@link MsgpackToJson} would write. */
  public int textOffset() {
    return index > 1 ? textEnds[index - 2] : 0;
  }

  /** Bytes of that text; 0 where the record has none. */
  public int textLength() {
    return texts == null ? 0 : textEnds[index - 1] - textOffset();
  }

  /** Decodes the current record. */
  public Map<String, Object> record() {
    return new MsgpackReader(reader.buffer(), recordOffset, end - recordOffset).readRecord();
  }
}
