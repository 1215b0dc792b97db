package io.runnel.plugins.input;

import io.runnel.event.Bytes;
import io.runnel.event.EventBuilder;
import io.runnel.event.EventTime;
import io.runnel.event.MsgpackReader;
import io.runnel.event.MsgpackWriter;
import io.runnel.event.RubyInspect;
import io.runnel.plugin.ParseException;
import io.runnel.plugin.Parser;
import io.runnel.plugin.PluginContext;
import io.runnel.plugin.TaggedStream;
import io.runnel.plugins.common.AddedFields;
import io.runnel.regexp.RegexpTimeoutException;
import java.lang.invoke.MethodHandles;
import java.lang.invoke.VarHandle;
import java.nio.ByteOrder;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;

/**
 * Collects the events of syslog messages by tag, which ends in facility and severity, and emits
 * them together. Used by one thread alone; its memory is used again.
 */
final class SyslogEvents {
  private static final String NO_PRIORITY = "invalid syslog message";

  /** Priorities: 24 facilities of 8 severities (RFC 5424, 6.2.1). */
  private static final int PRIORITIES = 24 * 8;

  private static final int KEPT_BYTES = 256 * 1024;

  /** Where time and record stand in an entry; see {@link EventBuilder}. */
  private static final int TIME_AT = 3;

  private static final int RECORD_AT = 11;
  private static final VarHandle BIG_ENDIAN =
      MethodHandles.byteArrayViewVarHandle(long[].class, ByteOrder.BIG_ENDIAN);
  private static final byte[] PRI = {(byte) 0xa3, 'p', 'r', 'i'};

  private final PluginContext context;
  private final Parser parser;
  private final SyslogTags tags;
  private final SyslogInput.Config config;
  private final EventBuilder[] byPriority = new EventBuilder[PRIORITIES];
  private final List<Integer> used = new ArrayList<>();
  private final MsgpackReader walker = new MsgpackReader(new byte[0]);
  private final EventBuilder scratch = new EventBuilder(new Bytes(512));
  private EventBuilder unmatched;

  /** The priority in the record that was looked at last, and the place of its field. */
  private int found;

  private int fieldsFrom;
  private int cutFrom;
  private int cutTo;

  SyslogEvents(PluginContext context, Parser parser, SyslogTags tags, SyslogInput.Config config) {
    this.context = context;
    this.parser = parser;
    this.tags = tags;
    this.config = config;
  }

  /** Reads the clock, once for the messages until the next {@link #flush}. */
  void begin() {
    scratch.defaultTime(context.clock().eventTime());
  }

  /** Adds the event of a message. */
  void add(byte[] text, int offset, int length, AddedFields fields) {
    int from = offset;
    int end = offset + Servers.withoutNewline(text, offset, length);
    int priority = -1;
    if (!tags.parserTakesPriority()) {
      int after = afterPriority(text, from, end);
      if (after < 0) {
        mismatch(NO_PRIORITY, text, offset, end - offset, fields, null);
        return;
      }
      priority = priority(text, from + 1, after - 1);
      from = after;
    }
    try {
      if (parser.parse(text, from, end - from, scratch) == 0) {
        mismatch("failed to parse message", text, offset, end - offset, fields, null);
      } else {
        complete(text, offset, end - offset, priority, fields);
      }
    } catch (ParseException | RegexpTimeoutException e) {
      mismatch("invalid input", text, offset, end - offset, fields, e);
    } finally {
      scratch.clear();
    }
  }

  /** Moves the events that the parser made; a message is one event, with most parsers. */
  private void complete(byte[] text, int offset, int length, int given, AddedFields fields) {
    byte[] bytes = scratch.out().array();
    int end = scratch.bytes();
    for (int at = 0; at < end; ) {
      int record = at + RECORD_AT;
      int recordEnd = scratch.count() == 1 ? end : endOf(bytes, record, end);
      int size = findPriority(bytes, record, recordEnd);
      int priority = given < 0 ? found : given;
      if (priority < 0 || priority >= PRIORITIES) {
        mismatch("failed to parse message", text, offset, length, fields, null);
        return;
      }
      EventBuilder target = builder(priority);
      target.begin();
      long time = (long) BIG_ENDIAN.get(bytes, at + TIME_AT);
      target.time(time == EventTime.NONE ? context.clock().eventTime() : time);
      write(target.record(), bytes, recordEnd, size, priority, fields);
      target.commit();
      at = recordEnd;
    }
  }

  private static int endOf(byte[] bytes, int from, int to) {
    MsgpackReader reader = new MsgpackReader(bytes, from, to - from);
    reader.skip();
    return reader.position();
  }

  /**
   * Looks for the field of the priority, which the parser writes in front; {@link #found} and its
   * place are known afterwards.
   *
   * @return the number of the other fields
   */
  private int findPriority(byte[] bytes, int from, int to) {
    walker.reset(bytes, from, to - from);
    int size = walker.readMapHeader();
    fieldsFrom = walker.position();
    cutFrom = fieldsFrom;
    cutTo = fieldsFrom;
    found = -1;
    for (int i = 0; i < size && tags.parserTakesPriority(); i++) {
      int at = walker.position();
      boolean priority = isPri(bytes, at);
      walker.skip();
      if (priority && walker.peekInteger()) {
        found = (int) walker.readInteger();
        cutFrom = at;
        cutTo = walker.position();
        return size - 1;
      }
      walker.skip();
    }
    return size;
  }

  private static boolean isPri(byte[] bytes, int at) {
    return at + 4 <= bytes.length && Arrays.equals(bytes, at, at + 4, PRI, 0, 4);
  }

  private void copy(MsgpackWriter writer, byte[] bytes, int end, int size) {
    writer.mapHeader(size);
    writer.raw(bytes, fieldsFrom, cutFrom - fieldsFrom);
    writer.raw(bytes, cutTo, end - cutTo);
  }

  /** Writes the record without the priority and with the fields that are wanted. */
  private void write(
      MsgpackWriter writer, byte[] bytes, int end, int size, int priority, AddedFields fields) {
    if (fields.isEmpty() && !tags.hasFields()) {
      copy(writer, bytes, end, size);
      return;
    }
    Bytes inner = new Bytes(end - fieldsFrom + 8);
    copy(new MsgpackWriter(inner), bytes, end, size);
    AddedFields own = tags.fields(priority);
    if (fields.isEmpty() || own.isEmpty()) {
      (own.isEmpty() ? fields : own).write(inner.array(), 0, inner.length(), writer);
    } else {
      Bytes first = new Bytes(inner.length() + 64);
      own.write(inner.array(), 0, inner.length(), new MsgpackWriter(first));
      fields.write(first.array(), 0, first.length(), writer);
    }
  }

  private EventBuilder builder(int priority) {
    EventBuilder builder = byPriority[priority];
    if (builder == null) {
      builder = new EventBuilder(new Bytes(512));
      byPriority[priority] = builder;
    }
    if (builder.isEmpty()) {
      used.add(priority);
    }
    return builder;
  }

  private void mismatch(
      String why, byte[] text, int offset, int length, AddedFields fields, Exception error) {
    if (config.emitUnmatchedLines()) {
      if (unmatched == null) {
        unmatched = new EventBuilder(new Bytes(512));
      }
      Bytes record = new Bytes(length + 32);
      MsgpackWriter writer = new MsgpackWriter(record);
      writer.mapHeader(1);
      writer.string("unmatched_line");
      writer.string(text, offset, length);
      unmatched.begin();
      unmatched.time(context.clock().eventTime());
      fields.write(record.array(), 0, record.length(), unmatched.record());
      unmatched.commit();
    }
    String shown = SourceEvents.shown(text, offset, length);
    if (error != null) {
      context.log().error(why, error, "data", shown);
    } else if (why.equals(NO_PRIORITY)) {
      context.log().warn(why + ": " + RubyInspect.of(shown));
    } else {
      context.log().warn(why, "data", shown);
    }
  }

  /** The place behind {@code <N>} with one to three digits; -1 where there is none. */
  private static int afterPriority(byte[] text, int from, int end) {
    int at = from + 1;
    while (at < end && at - from <= 3 && text[at] >= '0' && text[at] <= '9') {
      at++;
    }
    boolean found = from < end && text[from] == '<' && at > from + 1 && at < end && text[at] == '>';
    return found ? at + 1 : -1;
  }

  private static int priority(byte[] text, int from, int to) {
    return Integer.parseInt(new String(text, from, to - from, StandardCharsets.US_ASCII));
  }

  /** Emits what was collected. */
  void flush() {
    List<TaggedStream> streams = new ArrayList<>(used.size() + 1);
    for (int priority : used) {
      streams.add(lend(tags.tag(priority), byPriority[priority]));
    }
    used.clear();
    if (unmatched != null && !unmatched.isEmpty()) {
      streams.add(lend(tags.unmatched(), unmatched));
    }
    context.emitter().emit(streams);
  }

  private static TaggedStream lend(String tag, EventBuilder builder) {
    var stream = builder.lend();
    builder.out().reset(KEPT_BYTES);
    return new TaggedStream(tag, stream);
  }

  /** Forgets what could not be emitted. */
  void discard() {
    for (EventBuilder builder : byPriority) {
      if (builder != null) {
        builder.clear();
      }
    }
    used.clear();
    if (unmatched != null) {
      unmatched.clear();
    }
  }
}
