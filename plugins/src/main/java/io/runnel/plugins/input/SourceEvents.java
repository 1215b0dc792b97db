package io.runnel.plugins.input;

import io.runnel.event.Bytes;
import io.runnel.event.Event;
import io.runnel.event.EventBuilder;
import io.runnel.event.EventCursor;
import io.runnel.event.EventStream;
import io.runnel.event.EventTime;
import io.runnel.plugin.ParseException;
import io.runnel.plugin.Parser;
import io.runnel.plugin.PluginContext;
import io.runnel.plugins.common.AddedFields;
import io.runnel.plugins.common.Extractor;
import io.runnel.regexp.RegexpTimeoutException;
import io.runnel.time.TimeParseException;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/**
 * Collects the events of texts that come from a socket, and emits them together. Used by one thread
 * alone; its memory is used again.
 */
final class SourceEvents {
  /** Longest part of a text that is shown in a warning. */
  private static final int MOST_SHOWN = 8192;

  /** Size that the builder's array is cut back to after large texts. */
  private static final int KEPT_BYTES = 256 * 1024;

  private final PluginContext context;
  private final Parser parser;
  private final Extractor extractor;
  private final String tag;
  private final EventBuilder events = new EventBuilder(new Bytes(1024));
  private final EventBuilder scratch = new EventBuilder(new Bytes(256));
  private final Map<String, List<Event>> tagged = new LinkedHashMap<>();

  SourceEvents(PluginContext context, Parser parser, Extractor extractor, String tag) {
    this.context = context;
    this.parser = parser;
    this.extractor = extractor;
    this.tag = tag;
  }

  /** Reads the clock, once for the texts until the next {@link #flush}. */
  void begin() {
    events.defaultTime(context.clock().eventTime());
    scratch.defaultTime(EventTime.NONE);
  }

  /** Adds the events of a text; one that does not match is logged. */
  void add(byte[] text, int offset, int length, AddedFields fields) {
    boolean direct = fields.isEmpty() && extractor.isEmpty();
    EventBuilder target = direct ? events : scratch;
    long mark = target.mark();
    try {
      if (parser.parse(text, offset, length, target) == 0) {
        context.log().warn("pattern not matched", "message", shown(text, offset, length));
      } else if (!direct) {
        complete(fields);
      }
    } catch (ParseException | RegexpTimeoutException e) {
      target.rewind(mark);
      context.log().error("invalid input", e, "data", shown(text, offset, length));
    } finally {
      scratch.clear();
    }
  }

  /** Moves the events from the scratch builder with their time and the added fields. */
  private void complete(AddedFields fields) throws ParseException {
    EventCursor cursor = new EventCursor(scratch.out().array(), 0, scratch.bytes());
    while (cursor.next()) {
      if (extractor.isEmpty()) {
        events.begin();
        if (cursor.time() != EventTime.NONE) {
          events.time(cursor.time());
        }
        fields.write(cursor.bytes(), cursor.recordOffset(), cursor.recordLength(), events.record());
        events.commit();
      } else {
        extract(cursor, fields);
      }
    }
  }

  private void extract(EventCursor cursor, AddedFields fields) throws ParseException {
    Map<String, Object> record = cursor.record();
    fields.addTo(record);
    String own = extractor.tag(record);
    long time = cursor.time();
    try {
      long extracted = extractor.time(record);
      time = extracted == EventTime.NONE ? time : extracted;
    } catch (TimeParseException e) {
      throw new ParseException(e.getMessage(), e);
    }
    long at = time == EventTime.NONE ? context.clock().eventTime() : time;
    String chosen = own == null ? tag : own;
    tagged.computeIfAbsent(chosen, ignored -> new ArrayList<>()).add(new Event(at, record));
  }

  /** Emits what was collected. */
  void flush() {
    if (!events.isEmpty()) {
      EventStream stream = events.lend();
      events.out().reset(KEPT_BYTES);
      context.emitter().emit(tag, stream);
    }
    if (!tagged.isEmpty()) {
      Map<String, List<Event>> all = new LinkedHashMap<>(tagged);
      tagged.clear();
      all.forEach((own, list) -> context.emitter().emit(own, EventStream.of(list)));
    }
  }

  static String shown(byte[] text, int offset, int length) {
    return new String(text, offset, Math.min(length, MOST_SHOWN), StandardCharsets.UTF_8);
  }
}
