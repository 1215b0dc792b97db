package io.runnel.event;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;

/**
 * A batch of events of one tag. It travels packed, as {@code [time, record]} arrays back to back
 * (what forward's PackedForward mode and Fluentd's chunks hold), and is decoded only when somebody
 * looks inside; whoever changes it makes a new one.
 *
 * <p>A stream is lent: its bytes may lie in memory that whoever emitted it uses again once {@code
 * emit} has returned. Until then it is immutable for all but its own two caches. Whoever keeps
 * events for longer keeps what {@link #events()} has decoded, or a {@link #copy()}.
 */
public final class EventStream {
  private byte[] bytes;
  private int offset;
  private int length;
  private int count;
  private final int[] ends;
  private final byte[] texts;
  private final int[] textEnds;
  private List<Event> events;

  private EventStream(
      byte[] bytes,
      int offset,
      int length,
      int count,
      int[] ends,
      byte[] texts,
      int[] textEnds,
      List<Event> events) {
    this.bytes = bytes;
    this.offset = offset;
    this.length = length;
    this.count = count;
    this.ends = ends;
    this.texts = texts;
    this.textEnds = textEnds;
    this.events = events;
  }

  /**
   * What a builder has collected, in the first part of each array.
   *
   * @param ends where each event ends
   * @param texts the records that came as JSON text; null where there is none
   * @param textEnds where each event's text ends, where the one before ends for an event without
   */
  EventStream(byte[] bytes, int length, int count, int[] ends, byte[] texts, int[] textEnds) {
    this(bytes, 0, length, count, ends, texts, textEnds, null);
  }

  /** A view of packed events; the bytes are not copied and must not change while it is used. */
  public static EventStream packed(byte[] bytes, int offset, int length, int count) {
    return packed(bytes, offset, length, count, null);
  }

  /**
   * A view of packed events whose places are known, so that nobody needs to walk over the records
   * to find them. The arrays are not copied and must not change while it is used.
   *
   * @param ends where each entry ends in {@code bytes}, at least {@code count} numbers; null where
   *     that is not known
   */
  public static EventStream packed(byte[] bytes, int offset, int length, int count, int[] ends) {
    return new EventStream(bytes, offset, length, count, ends, null, null, null);
  }

  public static EventStream of(List<Event> events) {
    return new EventStream(null, 0, 0, events.size(), null, null, null, events);
  }

  public static EventStream of(Event event) {
    return of(List.of(event));
  }

  public int count() {
    return count;
  }

  public boolean isEmpty() {
    return count == 0;
  }

  /** The packed events: {@link #bytes()} from {@link #offset()}, {@link #length()} bytes. */
  public byte[] bytes() {
    pack();
    return bytes;
  }

  public int offset() {
    pack();
    return offset;
  }

  public int length() {
    pack();
    return length;
  }

  /** A cursor over the packed form. */
  public EventCursor cursor() {
    pack();
    return new EventCursor(bytes, offset, length, ends, texts, textEnds);
  }

  /** A stream of the same events that shares the packed form, but not what was decoded of it. */
  public EventStream view() {
    pack();
    return new EventStream(bytes, offset, length, count, ends, texts, textEnds, null);
  }

  /** A stream of the same events in memory of its own, for whoever keeps it. */
  public EventStream copy() {
    pack();
    return packed(Arrays.copyOfRange(bytes, offset, offset + length), 0, length, count);
  }

  /**
   * Where each entry ends in {@link #bytes()}, in the first places; null where that is not known.
   */
  public int[] ends() {
    return ends;
  }

  /**
   * The decoded events, made at the first call. Records must not be changed: several outputs may
   * share them. A filter that changes a record makes a copy of its map.
   */
  public List<Event> events() {
    if (events == null) {
      List<Event> decoded = new ArrayList<>(count);
      for (EventCursor cursor = cursor(); cursor.next(); ) {
        decoded.add(new Event(cursor.time(), cursor.record()));
      }
      events = decoded;
    }
    return events;
  }

  private void pack() {
    if (bytes != null) {
      return;
    }
    Bytes out = new Bytes(Math.max(64, events.size() * 64));
    MsgpackWriter writer = new MsgpackWriter(out);
    for (Event event : events) {
      writer.arrayHeader(2);
      writer.eventTime(event.time());
      writer.value(event.record());
    }
    bytes = out.array();
    length = out.length();
  }
}
