package io.runnel.delivery;

import io.runnel.buffer.Batch;
import io.runnel.buffer.Metadata;
import io.runnel.event.Bytes;
import io.runnel.event.EventCursor;
import io.runnel.event.EventStream;
import io.runnel.event.EventTime;
import io.runnel.event.MsgpackReader;
import io.runnel.event.RawBytes;
import io.runnel.event.RecordAccessor;
import io.runnel.plugin.FormatException;
import io.runnel.plugin.Formatter;
import io.runnel.time.Zone;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/**
 * Divides the events of a stream by the chunk keys and brings them into the form of the chunks. A
 * stream without keys that differ within it is passed on as it is; time slices are cut out of it as
 * runs of neighbours; only record keys need a look into the records, and only at those fields.
 * Immutable; safe for use by several threads at once.
 */
final class Grouping {
  /** What is told of an event that the formatter refuses. */
  interface Rejected {
    void rejected(String tag, long time, Map<String, Object> record, FormatException why);
  }

  private final boolean byTag;
  private final long timekey;
  private final Zone zone;
  private final List<String> names;
  private final RecordAccessor[] fields;
  private final Formatter formatter;
  private final Rejected rejected;

  /**
   * @param formatter null where chunks hold the events in standard form
   */
  Grouping(BufferSettings settings, Formatter formatter, Rejected rejected) {
    this.byTag = settings.hasTag();
    this.timekey =
        settings.hasTime() ? settings.parameters().timekey().orElseThrow().toSeconds() : 0;
    this.zone = settings.zone();
    this.names = settings.variables();
    this.fields = names.stream().map(RecordAccessor::of).toArray(RecordAccessor[]::new);
    this.formatter = formatter;
    this.rejected = rejected;
  }

  List<Batch> group(String tag, EventStream stream) {
    if (timekey == 0 && fields.length == 0 && formatter == null) {
      Metadata metadata = byTag ? Metadata.of(null, tag, null) : Metadata.NONE;
      return List.of(
          new Batch(
              metadata, stream.bytes(), stream.offset(), stream.length(), stream.count(), null));
    }
    return new Run(tag, stream).batches();
  }

  /** The start of the slice in which a time lies. */
  long slice(long seconds) {
    return seconds - Math.floorMod(seconds + zone.offset(seconds), timekey);
  }

  /** The events of one metadata: a run of the stream, or bytes put together. */
  private final class Group {
    final Metadata metadata;
    private int from;
    private int to;
    private int count;
    private Bytes out;
    private int[] ends;

    Group(Metadata metadata) {
      this.metadata = metadata;
    }

    void add(String tag, EventCursor cursor, EventStream stream) {
      if (formatter != null) {
        format(tag, cursor, stream);
      } else if (out != null) {
        out.write(cursor.bytes(), cursor.start(), cursor.end() - cursor.start());
        count++;
      } else if (count == 0) {
        from = cursor.start();
        to = cursor.end();
        count++;
      } else if (to == cursor.start()) {
        to = cursor.end();
        count++;
      } else {
        out = new Bytes((to - from) * 2);
        out.write(cursor.bytes(), from, to - from);
        add(tag, cursor, stream);
      }
    }

    private void format(String tag, EventCursor cursor, EventStream stream) {
      if (out == null) {
        int left = stream.offset() + stream.length() - cursor.start();
        out = new Bytes(left + left / 4 + 64);
        ends = new int[Math.min(stream.count(), 1024)];
      }
      int before = out.length();
      try {
        formatter.format(
            tag, cursor.time(), cursor.bytes(), cursor.recordOffset(), cursor.recordLength(), out);
      } catch (FormatException e) {
        out.setLength(before);
        rejected.rejected(tag, cursor.time(), cursor.record(), e);
        return;
      }
      if (count == ends.length) {
        ends = Arrays.copyOf(ends, count * 2);
      }
      ends[count++] = out.length();
    }

    Batch batch(byte[] bytes) {
      return out == null
          ? new Batch(metadata, bytes, from, to - from, count, null)
          : new Batch(metadata, out.array(), 0, out.length(), count, ends);
    }
  }

  /** One stream on its way through. */
  private final class Run {
    private final String tag;
    private final EventStream stream;
    private final Map<Metadata, Group> groups = new LinkedHashMap<>();
    private Group current;
    private long sliceStart;
    private long sliceEnd;
    private Object[] values;

    Run(String tag, EventStream stream) {
      this.tag = tag;
      this.stream = stream;
    }

    List<Batch> batches() {
      MsgpackReader reader = fields.length == 0 ? null : new MsgpackReader(new byte[0]);
      for (EventCursor cursor = stream.cursor(); cursor.next(); ) {
        groupOf(cursor, reader).add(tag, cursor, stream);
      }
      List<Batch> batches = new ArrayList<>(groups.size());
      for (Group group : groups.values()) {
        if (group.count > 0) {
          batches.add(group.batch(stream.bytes()));
        }
      }
      return batches;
    }

    private Group groupOf(EventCursor cursor, MsgpackReader reader) {
      boolean same = current != null;
      if (timekey > 0) {
        long seconds = EventTime.seconds(cursor.time());
        if (current == null || seconds < sliceStart || seconds >= sliceEnd) {
          sliceStart = slice(seconds);
          // an hour at most: the zone's offset may change at a full hour
          sliceEnd = Math.min(sliceStart + timekey, seconds - seconds % 3600 + 3600);
          same = false;
        }
      }
      if (fields.length > 0) {
        Object[] found = values(cursor, reader);
        same &= Arrays.equals(found, values);
        values = found;
      }
      if (!same) {
        Metadata metadata =
            Metadata.of(timekey > 0 ? sliceStart : null, byTag ? tag : null, variables());
        current = groups.computeIfAbsent(metadata, Group::new);
      }
      return current;
    }

    private Object[] values(EventCursor cursor, MsgpackReader reader) {
      Object[] found = new Object[fields.length];
      for (int i = 0; i < found.length; i++) {
        reader.reset(cursor.bytes(), cursor.recordOffset(), cursor.recordLength());
        if (fields[i].find(reader) >= 0) {
          Object value = reader.readValue();
          found[i] = value instanceof RawBytes raw ? raw.toString() : value;
        }
      }
      return found;
    }

    private Map<String, Object> variables() {
      if (fields.length == 0) {
        return null;
      }
      Map<String, Object> variables = LinkedHashMap.newLinkedHashMap(fields.length);
      for (int i = 0; i < fields.length; i++) {
        variables.put(names.get(i), values[i]);
      }
      return variables;
    }
  }
}
