package io.runnel.plugins.filter;

import io.runnel.event.Bytes;
import io.runnel.event.EventCursor;
import io.runnel.event.MsgpackReader;
import io.runnel.event.MsgpackWriter;
import io.runnel.time.TimeFormatter;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/** The event that is being transformed, as placeholders and expressions see it. One thread's. */
final class TransformEvent {
  private final TagValues tag;
  private final String hostname;
  private final TimeFormatter timeFormatter;
  private final EventCursor cursor;
  private final MsgpackReader reader = new MsgpackReader(new byte[0]);
  private Map<String, Object> decoded;
  private Map<String, Object> original;

  TransformEvent(TagValues tag, String hostname, TimeFormatter timeFormatter, EventCursor cursor) {
    this.tag = tag;
    this.hostname = hostname;
    this.timeFormatter = timeFormatter;
    this.cursor = cursor;
  }

  /** To be called after each move of the cursor. */
  void moved() {
    decoded = null;
  }

  TagValues tag() {
    return tag;
  }

  String hostname() {
    return hostname;
  }

  long time() {
    return cursor.time();
  }

  String timeText() {
    return timeFormatter.format(cursor.time());
  }

  /** A reader that stands before the packed record; shared by all callers. */
  MsgpackReader reader() {
    reader.reset(cursor.bytes(), cursor.recordOffset(), cursor.recordLength());
    return reader;
  }

  /**
   * The decoded record, one per event. As in Fluentd an expression that adds or removes a field of
   * it has no effect on the event, one that changes what is inside of a field has: see {@link
   * #base}.
   */
  Map<String, Object> record() {
    if (decoded == null) {
      decoded = cursor.record();
      original = new LinkedHashMap<>(decoded);
    }
    return decoded;
  }

  /** The packed record as expressions have left it; {@code scratch} may be used for it. */
  MsgpackReader base(Bytes scratch) {
    if (decoded == null || original.values().stream().noneMatch(TransformEvent::canChange)) {
      return reader();
    }
    scratch.clear();
    new MsgpackWriter(scratch).value(original);
    return new MsgpackReader(scratch.array(), 0, scratch.length());
  }

  private static boolean canChange(Object value) {
    return value instanceof Map || value instanceof List;
  }
}
