package io.runnel.plugins.client;

import io.runnel.event.MsgpackReader;
import java.util.Map;

/** One event of a chunk, packed. Valid during the call that it is passed to. */
public final class ChunkEvent {
  private int number = -1;
  private String tag;
  private long time;
  private byte[] bytes;
  private int offset;
  private int length;
  private Map<String, Object> record;

  ChunkEvent() {}

  ChunkEvent next(String newTag, long newTime, byte[] newBytes, int newOffset, int newLength) {
    number++;
    tag = newTag;
    time = newTime;
    bytes = newBytes;
    offset = newOffset;
    length = newLength;
    record = null;
    return this;
  }

  /** The event's place in the chunk, from 0. */
  public int number() {
    return number;
  }

  /** Empty where the chunk is another output's and does not tell. */
  public String tag() {
    return tag;
  }

  /** Packed {@link io.runnel.event.EventTime}. */
  public long time() {
    return time;
  }

  /** The array of the packed record. */
  public byte[] bytes() {
    return bytes;
  }

  public int offset() {
    return offset;
  }

  public int length() {
    return length;
  }

  /** The decoded record, made at the first call; the caller may change it. */
  public Map<String, Object> record() {
    if (record == null) {
      record = new MsgpackReader(bytes, offset, length).readRecord();
    }
    return record;
  }
}
