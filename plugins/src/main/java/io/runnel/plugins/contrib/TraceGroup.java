package io.runnel.plugins.contrib;

import io.runnel.event.Event;
import io.runnel.event.EventBuilder;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/** Gathers the lines of one stream's stack traces. Used by one thread at a time. */
final class TraceGroup {
  /**
   * What a trace may have; 0 stands for no limit.
   *
   * @param maxBytes counted in characters
   */
  record Limits(int maxLines, long maxBytes) {}

  private final ExceptionDetector detector;
  private final Limits limits;
  private final String tag;
  private final String field;
  private final boolean forceLineBreaks;
  private final List<Event> events = new ArrayList<>();
  private final List<String> texts = new ArrayList<>();
  private long size;
  private long began;

  /**
   * @param field the field with the text; empty for {@code message} or {@code log}
   * @param forceLineBreaks puts a line end between texts that have none
   */
  TraceGroup(
      String tag,
      ExceptionDetector detector,
      Limits limits,
      String field,
      boolean forceLineBreaks) {
    this.tag = tag;
    this.detector = detector;
    this.limits = limits;
    this.field = field;
    this.forceLineBreaks = forceLineBreaks;
  }

  String tag() {
    return tag;
  }

  boolean isEmpty() {
    return events.isEmpty();
  }

  /** When the first line of the trace came, in nanoseconds of the monotonic clock. */
  long began() {
    return began;
  }

  /** Takes an event; what is complete is added to {@code out}. */
  void add(Event event, long nanos, EventBuilder out) {
    Object value = message(event.record());
    ExceptionDetector.Line line = ExceptionDetector.Line.NO_TRACE;
    if (value instanceof String text) {
      if (limits.maxBytes > 0 && size + text.length() > limits.maxBytes) {
        flush(out);
        detector.reset(); // so that the line can only begin a trace
      }
      line = detector.update(text);
    } else {
      detector.reset();
    }
    if (line == ExceptionDetector.Line.NO_TRACE || line == ExceptionDetector.Line.START_TRACE) {
      flush(out);
    }
    if (line == ExceptionDetector.Line.NO_TRACE) {
      out.add(event.time(), event.record());
      return;
    }
    if (events.isEmpty()) {
      began = nanos;
    }
    String text = (String) value;
    String broken = forceLineBreaks && !events.isEmpty() && !text.contains("\n") ? "\n" : "";
    events.add(event);
    texts.add(broken + text);
    size += broken.length() + text.length();
    if (line == ExceptionDetector.Line.END_TRACE) {
      flush(out);
    } else if (limits.maxLines > 0 && events.size() >= limits.maxLines) {
      flush(out);
      detector.reset();
    }
  }

  private Object message(Map<String, Object> record) {
    return record.get(field(record));
  }

  /** Adds what was gathered so far as one event: the first one's with the texts of all. */
  void flush(EventBuilder out) {
    if (events.isEmpty()) {
      return;
    }
    Event first = events.getFirst();
    if (events.size() == 1) {
      out.add(first.time(), first.record());
    } else {
      Map<String, Object> record = new LinkedHashMap<>(first.record());
      record.put(field(record), String.join("", texts));
      out.add(first.time(), record);
    }
    events.clear();
    texts.clear();
    size = 0;
  }

  /** Begins anew: what comes next is no part of what was flushed. */
  void forget() {
    detector.reset();
  }

  private String field(Map<String, Object> record) {
    if (!field.isEmpty()) {
      return field;
    }
    return !record.containsKey("message") && record.containsKey("log") ? "log" : "message";
  }
}
