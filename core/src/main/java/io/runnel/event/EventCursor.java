package io.runnel.event;

import java.util.Map;

/** Walks over packed events, giving the place of each record without decoding it. */
public final class EventCursor {
  private final MsgpackReader reader;
  private int start;
  private long time;
  private int recordOffset;
  private int end;

  public EventCursor(byte[] bytes, int offset, int length) {
    reader = new MsgpackReader(bytes, offset, length);
    end = offset;
  }

  /**
   * Goes to the next event; false at the end.
   *
   * @throws MsgpackException where the bytes are no {@code [time, record]}
   */
  public boolean next() {
    if (!reader.hasMore()) {
      return false;
    }
    start = reader.position();
    int parts = reader.readArrayHeader();
    if (parts != 2) {
      throw new MsgpackException(
          "an entry must be [time, record], found " + parts + " items at byte " + start);
    }
    time = reader.readTime();
    recordOffset = reader.position();
    reader.skip();
    end = reader.position();
    return true;
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
