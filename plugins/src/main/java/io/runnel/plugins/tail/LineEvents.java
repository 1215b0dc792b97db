package io.runnel.plugins.tail;

import io.runnel.event.Bytes;
import io.runnel.event.EventBuilder;
import io.runnel.event.EventCursor;
import io.runnel.event.EventStream;
import io.runnel.event.EventTime;
import io.runnel.event.MsgpackReader;
import io.runnel.event.MsgpackWriter;
import io.runnel.host.Clock;
import io.runnel.log.Log;
import io.runnel.plugin.ParseException;
import io.runnel.plugin.Parser;
import io.runnel.regexp.RegexpTimeoutException;
import java.nio.charset.StandardCharsets;
import java.util.Arrays;

/**
 * Collects the events of lines: parses them, adds the path, and does what is wanted with lines that
 * do not match. Used by the tail thread alone; the memory is used again for each batch.
 */
final class LineEvents {
  /** Longest part of a line that is shown in a warning. */
  private static final int MOST_SHOWN = 8192;

  /** Size that the builder's array is cut back to after a batch of very long lines. */
  private static final int KEPT_BYTES = 1 << 20;

  private final Parser parser;
  private final boolean emitUnmatched;
  private final byte[] pathKey;
  private final Clock clock;
  private final Log log;
  private final Bytes bytes = new Bytes(64 << 10);
  private final EventBuilder events = new EventBuilder(bytes);
  private final EventBuilder scratch = new EventBuilder(new Bytes(4096));

  /**
   * @param pathKey null where the path is not wanted
   */
  LineEvents(Parser parser, boolean emitUnmatched, String pathKey, Clock clock, Log log) {
    this.parser = parser;
    this.emitUnmatched = emitUnmatched;
    this.pathKey = pathKey == null ? null : pathKey.getBytes(StandardCharsets.UTF_8);
    this.clock = clock;
    this.log = log;
  }

  /** Forgets what was collected and reads the clock once for the events of the next batch. */
  void begin() {
    events.clear();
    bytes.reset(KEPT_BYTES);
    long now = parser.estimatesTime() ? clock.eventTime() : EventTime.NONE;
    events.defaultTime(now);
    scratch.defaultTime(now);
  }

  boolean isEmpty() {
    return events.isEmpty();
  }

  /** What was collected; valid until {@link #begin}. */
  EventStream lend() {
    return events.lend();
  }

  /**
   * Adds the events of a text, which has no line end.
   *
   * @param quiet no warning where the text does not match
   */
  void add(TailedFile file, byte[] text, int offset, int length, boolean quiet) {
    try {
      if (parse(file, text, offset, length)) {
        return;
      }
      if (!quiet) {
        log.warn("pattern not matched: " + inspect(text, offset, length));
      }
    } catch (ParseException e) {
      if (!quiet) {
        log.warn(
            "invalid line found",
            "file",
            file.path,
            "line",
            shown(text, offset, length),
            "error",
            e.getMessage());
      }
    }
    unmatched(file, text, offset, length);
  }

  /** Adds the events of a text; false (and no warning) where it does not match. */
  boolean parse(TailedFile file, byte[] text, int offset, int length) throws ParseException {
    EventBuilder target = pathKey == null ? events : scratch;
    long mark = target.mark();
    try {
      if (parser.parse(text, offset, length, target) == 0) {
        return false;
      }
    } catch (RegexpTimeoutException e) {
      target.rewind(mark);
      log.warn("parsing timed out", e, "file", file.path);
      return false;
    }
    if (!parser.estimatesTime() && hasEventWithoutTime(target, mark)) {
      target.rewind(mark);
      return false;
    }
    if (pathKey != null) {
      copyWithPath(file);
    }
    return true;
  }

  /** Emits a text that did not match, where that is wanted. */
  void unmatched(TailedFile file, byte[] text, int offset, int length) {
    if (!emitUnmatched) {
      return;
    }
    EventBuilder target = pathKey == null ? events : scratch;
    MsgpackWriter record = target.begin();
    target.time(clock.eventTime());
    record.mapHeader(1);
    record.string("unmatched_line");
    record.string(text, offset, length);
    target.commit();
    if (pathKey != null) {
      copyWithPath(file);
    }
  }

  private static boolean hasEventWithoutTime(EventBuilder builder, long mark) {
    int from = (int) mark;
    EventCursor cursor =
        new EventCursor(builder.out().array(), from, builder.out().length() - from);
    while (cursor.next()) {
      if (cursor.time() == EventTime.NONE) {
        return true;
      }
    }
    return false;
  }

  /** Moves the events from the scratch builder, adding the path where the key is not there yet. */
  private void copyWithPath(TailedFile file) {
    byte[] from = scratch.out().array();
    EventCursor cursor = new EventCursor(from, 0, scratch.out().length());
    byte[] path = file.origin.getBytes(StandardCharsets.UTF_8);
    while (cursor.next()) {
      MsgpackReader record = new MsgpackReader(from, cursor.recordOffset(), cursor.recordLength());
      int size = record.readMapHeader();
      int body = record.position();
      boolean present = hasKey(record, size);
      MsgpackWriter out = events.begin();
      events.time(cursor.time());
      out.mapHeader(present ? size : size + 1);
      out.raw(from, body, cursor.end() - body);
      if (!present) {
        out.string(pathKey, 0, pathKey.length);
        out.string(path, 0, path.length);
      }
      events.commit();
    }
    scratch.clear();
  }

  private boolean hasKey(MsgpackReader record, int size) {
    for (int i = 0; i < size; i++) {
      if (record.peekString()) {
        int length = record.readStringHeader();
        int at = record.position();
        if (Arrays.equals(record.buffer(), at, at + length, pathKey, 0, pathKey.length)) {
          return true;
        }
        record.position(at + length);
      } else {
        record.skip();
      }
      record.skip();
    }
    return false;
  }

  private static String shown(byte[] text, int offset, int length) {
    String cut = new String(text, offset, Math.min(length, MOST_SHOWN), StandardCharsets.UTF_8);
    return length > MOST_SHOWN ? cut + "…" : cut;
  }

  /** The text in double quotes with Ruby's escapes. */
  static String inspect(byte[] text, int offset, int length) {
    String line = shown(text, offset, length);
    StringBuilder out = new StringBuilder(line.length() + 16).append('"');
    for (int i = 0; i < line.length(); i++) {
      char c = line.charAt(i);
      switch (c) {
        case '"' -> out.append("\\\"");
        case '\\' -> out.append("\\\\");
        case '\n' -> out.append("\\n");
        case '\r' -> out.append("\\r");
        case '\t' -> out.append("\\t");
        case 0x1b -> out.append("\\e");
        default -> {
          if (c < 0x20 || c == 0x7f) {
            out.append(String.format("\\x%02X", (int) c));
          } else {
            out.append(c);
          }
        }
      }
    }
    return out.append('"').toString();
  }
}
