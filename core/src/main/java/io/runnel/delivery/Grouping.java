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
import io.runnel.plugin.TaggedStream;
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
  private final boolean takesJson;
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
    this.takesJson = formatter != null && formatter.takesJson();
    this.rejected = rejected;
  }

  /**
   * @param work memory for formatted events, in which the result may lie: it is to be stored before
   *     the memory is used again; null where the result is to have memory of its own
   */
  List<Batch> group(String tag, EventStream stream, Bytes work) {
    if (timekey == 0 && fields.length == 0 && formatter == null) {
      Metadata metadata = byTag ? Metadata.of(null, tag, null) : Metadata.NONE;
      return List.of(
          new Batch(
              metadata,
              stream.bytes(),
              stream.offset(),
              stream.length(),
              stream.count(),
              stream.ends()));
    }
    Run run = new Run(stream.length(), work);
    run.add(tag, stream);
    return run.batches();
  }

  /** Divides streams of several tags: what belongs to one chunk becomes one batch. */
  List<Batch> group(List<TaggedStream> streams, Bytes work) {
    long bytes = 0;
    for (TaggedStream each : streams) {
      bytes += each.stream().length();
    }
    Run run = new Run((int) Math.min(Integer.MAX_VALUE, bytes), work);
    for (TaggedStream each : streams) {
      run.add(each.tag(), each.stream());
    }
    return run.batches();
  }

  /** The start of the slice in which a time lies. */
  long slice(long seconds) {
    return seconds - Math.floorMod(seconds + zone.offset(seconds), timekey);
  }

  /** The events of one metadata: a run of one stream, or bytes put together. */
  private static final class Group {
    final Metadata metadata;
    private byte[] bytes;
    private int from;
    private int to;
    private int count;
    private Bytes out;
    private int[] ends;

    Group(Metadata metadata) {
      this.metadata = metadata;
    }

    void add(EventCursor cursor) {
      if (out == null && count > 0 && (bytes != cursor.bytes() || to != cursor.start())) {
        out = new Bytes((to - from) * 2);
        out.write(bytes, from, to - from);
      }
      if (out != null) {
        out.write(cursor.bytes(), cursor.start(), cursor.end() - cursor.start());
      } else if (count == 0) {
        bytes = cursor.bytes();
        from = cursor.start();
      }
      to = cursor.end();
      count++;
    }

    void formatted() {
      if (ends == null) {
        ends = new int[16];
      } else if (count == ends.length) {
        ends = Arrays.copyOf(ends, count * 2);
      }
      ends[count++] = out.length();
    }

    Batch batch() {
      return out == null
          ? new Batch(metadata, bytes, from, to - from, count, null)
          : new Batch(metadata, out.array(), 0, out.length(), count, ends);
    }
  }

  /** Streams on their way through. */
  private final class Run {
    private final Map<Metadata, Group> groups = new LinkedHashMap<>();
    private final MsgpackReader reader = fields.length == 0 ? null : new MsgpackReader(new byte[0]);
    private final int bytes;
    private Bytes work;
    private String tag;
    private Group current;
    private long sliceStart;
    private long sliceEnd;
    private Object[] values;

    /**
     * @param bytes size of all streams, packed
     */
    Run(int bytes, Bytes work) {
      this.bytes = bytes;
      this.work = work;
    }

    void add(String streamTag, EventStream stream) {
      if (byTag && !streamTag.equals(tag)) {
        current = null;
      }
      tag = streamTag;
      for (EventCursor cursor = stream.cursor(); cursor.next(); ) {
        Group group = groupOf(cursor);
        if (formatter == null) {
          group.add(cursor);
        } else {
          format(group, cursor);
        }
      }
    }

    private void format(Group group, EventCursor cursor) {
      Bytes out = group.out;
      if (out == null) {
        out = work != null ? work : new Bytes(bytes + bytes / 4 + 64);
        work = null; // one group has it; others are rare
        group.out = out;
      }
      int text = takesJson ? cursor.textLength() : 0;
      if (text > 0) {
        formatter.formatJson(tag, cursor.time(), cursor.texts(), cursor.textOffset(), text, out);
        group.formatted();
        return;
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
      group.formatted();
    }

    List<Batch> batches() {
      List<Batch> batches = new ArrayList<>(groups.size());
      for (Group group : groups.values()) {
        if (group.count > 0) {
          batches.add(group.batch());
        }
      }
      return batches;
    }

    private Group groupOf(EventCursor cursor) {
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
        Object[] found = values(cursor);
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

    private Object[] values(EventCursor cursor) {
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
