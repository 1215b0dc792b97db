package io.runnel.event;

import java.util.Arrays;
import java.util.Map;

/**
 * Collects events in packed form. A parser opens an event, writes its record through {@link
 * #record()}, and commits or rolls back; the time may be set at any moment in between.
 *
 * <p>Each entry is {@code 92 d7 00 <seconds, 4 bytes> <nanoseconds, 4 bytes> <record>}, so that the
 * time can be set after the record. Not safe for use by several threads at once.
 */
public final class EventBuilder {
  private static final int TIME_AT = 3;

  /** Bytes in front of the record. */
  private static final int ENTRY_HEAD = TIME_AT + Long.BYTES;

  /** Memory for texts that is kept, whatever the owner of {@link #out} keeps. */
  private static final int MOST_KEPT = 64 * 1024;

  private final Bytes out;
  private final MsgpackWriter writer;
  private int count;

  /** Where each event ends; as many as {@link #count}. */
  private int[] ends = new int[16];

  /** The records of those events that came as JSON text, and where each event's text ends. */
  private Bytes texts;

  private int[] textEnds;

  private int open = -1;
  private long defaultTime = EventTime.NONE;

  public EventBuilder() {
    this(new Bytes(4096));
  }

  public EventBuilder(Bytes out) {
    this.out = out;
    this.writer = new MsgpackWriter(out);
  }

  /**
   * The time of events for which none is set: the caller's "now", or {@link EventTime#NONE} (as in
   * a new builder) where the caller wants to see that there was none.
   */
  public void defaultTime(long packed) {
    defaultTime = packed;
  }

  /** Opens an event with the default time. */
  public MsgpackWriter begin() {
    byte[] a = out.ensure(ENTRY_HEAD);
    open = out.length();
    a[open] = (byte) 0x92;
    a[open + 1] = (byte) 0xd7;
    a[open + 2] = 0;
    MsgpackWriter.putLong(a, open + TIME_AT, defaultTime);
    out.setLength(open + ENTRY_HEAD);
    return writer;
  }

  /** The writer of the open event: it must write exactly one map. */
  public MsgpackWriter record() {
    return writer;
  }

  /** Sets the time of the open event; packed {@link EventTime}. */
  public void time(long packed) {
    MsgpackWriter.putLong(out.array(), open + TIME_AT, packed);
  }

  public void commit() {
    if (count == ends.length) {
      ends = Arrays.copyOf(ends, count * 2);
    }
    if (texts != null) {
      if (textEnds.length < ends.length) {
        textEnds = Arrays.copyOf(textEnds, ends.length);
      }
      textEnds[count] = texts.length();
    }
    ends[count++] = out.length();
    open = -1;
  }

  /**
   * Says that the record of the open event is this JSON text, byte for byte as {@link
   * MsgpackToJson} would write it, without a part in the middle: who wants JSON need not make it.
   *
   * @param cutFrom where the part begins that is left out
   * @param cutTo where it ends; the same where nothing is left out
   */
  public void text(byte[] json, int from, int cutFrom, int cutTo, int to) {
    if (texts == null) {
      texts = new Bytes(out.array().length);
      textEnds = new int[ends.length];
    }
    texts.write(json, from, cutFrom - from);
    texts.write(json, cutTo, to - cutTo);
  }

  /** Forgets texts of events that are not committed. */
  private void dropTexts() {
    if (texts != null) {
      texts.setLength(count == 0 ? 0 : textEnds[count - 1]);
    }
  }

  /** Drops the open event. */
  public void rollback() {
    if (open >= 0) {
      out.setLength(open);
      dropTexts();
      open = -1;
    }
  }

  /** Adds a whole event. */
  public void add(long time, Map<String, Object> record) {
    begin();
    time(time);
    writer.value(record);
    commit();
  }

  /** Adds a whole event whose record is MessagePack already. */
  public void add(long time, byte[] record, int offset, int length) {
    begin();
    time(time);
    out.write(record, offset, length);
    commit();
  }

  /** A point to which {@link #rewind} can go back, dropping the events committed since. */
  public long mark() {
    return (long) count << 32 | out.length();
  }

  public void rewind(long mark) {
    count = (int) (mark >>> 32);
    out.setLength((int) mark);
    dropTexts();
    open = -1;
  }

  public int count() {
    return count;
  }

  public int bytes() {
    return out.length();
  }

  public boolean isEmpty() {
    return count == 0;
  }

  /** Where the bytes go; for walking over what was added since a mark. */
  public Bytes out() {
    return out;
  }

  /** The events so far as a stream of their own; the builder is empty afterwards. */
  public EventStream take() {
    boolean withTexts = hasTexts();
    EventStream stream =
        new EventStream(
            out.toByteArray(),
            out.length(),
            count,
            Arrays.copyOf(ends, count),
            withTexts ? texts.toByteArray() : null,
            withTexts ? Arrays.copyOf(textEnds, count) : null);
    clear();
    return stream;
  }

  /**
   * The events so far as a stream in the builder's own memory: valid until the builder, or what it
   * writes to, is used again. The builder is empty afterwards. For those who emit one batch after
   * the other.
   */
  public EventStream lend() {
    boolean withTexts = hasTexts();
    EventStream stream =
        new EventStream(
            out.array(),
            out.length(),
            count,
            ends,
            withTexts ? texts.array() : null,
            withTexts ? textEnds : null);
    clear();
    return stream;
  }

  private boolean hasTexts() {
    return texts != null && texts.length() > 0;
  }

  public void clear() {
    out.clear();
    if (texts != null) {
      texts.reset(Math.max(MOST_KEPT, out.array().length));
    }
    count = 0;
    open = -1;
  }
}
