package io.runnel.plugins.common;

import io.runnel.event.EventBuilder;
import io.runnel.event.EventCursor;
import io.runnel.event.EventStream;
import io.runnel.event.EventTime;
import io.runnel.host.Clock;
import io.runnel.log.Log;
import io.runnel.plugin.BufferOverflowException;
import io.runnel.plugin.EmitException;
import io.runnel.plugin.Emitter;
import io.runnel.time.TimeParseException;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.function.UnaryOperator;

/**
 * Emits events with the tag and time that {@code <extract>} takes from their records; what has no
 * time gets the current one. Where the buffer is full it waits, which holds back the command that
 * the events come from. Used by one thread.
 */
public final class ExtractingEmitter {
  private static final long RETRY_NANOS = 1_000_000_000L;

  private final String tag;
  private final UnaryOperator<String> extractedTag;
  private final Extractor extractor;
  private final Emitter emitter;
  private final Clock clock;
  private final StopSignal stop;
  private final Log log;

  /**
   * @param tag of events whose record gives none; null where such events cannot be emitted
   * @param extractedTag changes a tag that was taken from a record
   * @param stop once it is set nobody waits for a full buffer any more
   */
  public ExtractingEmitter(
      String tag,
      UnaryOperator<String> extractedTag,
      Extractor extractor,
      Emitter emitter,
      Clock clock,
      StopSignal stop,
      Log log) {
    this.tag = tag;
    this.extractedTag = extractedTag;
    this.extractor = extractor;
    this.emitter = emitter;
    this.clock = clock;
    this.stop = stop;
    this.log = log;
  }

  /** Emits all events of a builder, which may be used again afterwards. */
  public void emit(EventBuilder events) {
    if (extractor.isEmpty()) {
      setTimes(events);
      emit(tag, events.take());
      return;
    }
    Map<String, EventBuilder> byTag = new LinkedHashMap<>();
    EventCursor cursor = new EventCursor(events.out().array(), 0, events.out().length());
    while (cursor.next()) {
      Map<String, Object> record = cursor.record();
      try {
        long time = extractor.time(record);
        String found = extractor.tag(record);
        String target = found == null ? tag : extractedTag.apply(found);
        if (target == null || target.isEmpty()) {
          log.warn("no tag in the record, it is dropped", "record", record);
          continue;
        }
        byTag
            .computeIfAbsent(target, ignored -> new EventBuilder())
            .add(time == EventTime.NONE ? orNow(cursor.time()) : time, record);
      } catch (TimeParseException e) {
        emitter.emitError(tag == null ? "" : tag, orNow(cursor.time()), record, e);
      }
    }
    byTag.forEach((target, builder) -> emit(target, builder.take()));
  }

  private long orNow(long time) {
    return time == EventTime.NONE ? clock.eventTime() : time;
  }

  /** Fills in the current time where an event has none; the time stands at a fixed place. */
  private void setTimes(EventBuilder events) {
    byte[] bytes = events.out().array();
    EventCursor cursor = new EventCursor(bytes, 0, events.out().length());
    while (cursor.next()) {
      if (cursor.time() == EventTime.NONE) {
        long now = clock.eventTime();
        for (int i = 0; i < Long.BYTES; i++) {
          bytes[cursor.recordOffset() - Long.BYTES + i] = (byte) (now >>> 56 - 8 * i);
        }
      }
    }
  }

  private void emit(String target, EventStream stream) {
    while (true) {
      try {
        emitter.emit(target, stream);
        return;
      } catch (BufferOverflowException e) {
        if (!stop.pause(RETRY_NANOS)) {
          log.error("the buffer is full, events are lost", e, "events", stream.count());
          return;
        }
      } catch (EmitException e) {
        log.error("failed to emit", e, "tag", target, "events", stream.count());
        return;
      }
    }
  }
}
