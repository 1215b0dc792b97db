package io.runnel.engine;

import io.runnel.event.Event;
import io.runnel.event.EventStream;
import io.runnel.event.EventTime;
import io.runnel.host.Clock;
import io.runnel.log.Log;
import io.runnel.plugin.EmitException;
import io.runnel.route.RouteEvents;
import io.runnel.route.Router;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ConcurrentMap;
import java.util.concurrent.atomic.AtomicLong;

/**
 * What happens to events that fail on their way: they go to {@code @ERROR} where there is such a
 * label, else into the log. A failure inside {@code @ERROR} ends in the log, so that it cannot go
 * round in circles.
 */
final class ErrorStream {
  private static final String STREAM_TO_LABEL = "send an error event stream to @ERROR:";

  /** Tags whose unmatched events are counted one by one; more share a count. */
  private static final int COUNTED_TAGS = 1000;

  private final Log log;
  private final Clock clock;
  private final Duration logInterval;
  private final ConcurrentMap<String, AtomicLong> unmatched = new ConcurrentHashMap<>();
  private final AtomicLong unmatchedRecords = new AtomicLong();
  private final AtomicLong failedRecords = new AtomicLong();
  private volatile Router errorLabel;
  private volatile long nextLog;

  /**
   * @param logInterval least time between two messages about failed emits; zero for no limit
   */
  ErrorStream(Log log, Clock clock, Duration logInterval) {
    this.log = log;
    this.clock = clock;
    this.logInterval = logInterval;
    this.nextLog = clock.nanos();
  }

  void errorLabel(Router router) {
    errorLabel = router;
  }

  /** Events dropped because no output takes their tag. */
  long unmatchedRecords() {
    return unmatchedRecords.get();
  }

  /** Events that a filter failed on and that had no {@code @ERROR} to go to. */
  long failedRecords() {
    return failedRecords.get();
  }

  /** What a router whose events may go to {@code @ERROR} reports to. */
  RouteEvents events(boolean insideErrorLabel) {
    return new RouteEvents() {
      @Override
      public void noMatch(String tag, int records) {
        warnNoMatch(tag, records);
      }

      @Override
      public void filterFailed(String filterId, String tag, EventStream stream, Exception error) {
        streamFailed(tag, stream, error, insideErrorLabel);
      }
    };
  }

  private void warnNoMatch(String tag, int records) {
    unmatchedRecords.addAndGet(records);
    if (tag.startsWith("fluent.") || tag.equals("fluent")) {
      return; // the daemon's own lines: a warning would breed the next one
    }
    String key = unmatched.size() < COUNTED_TAGS ? tag : "";
    long count = unmatched.computeIfAbsent(key, ignored -> new AtomicLong()).incrementAndGet();
    boolean shown = count <= 256 ? Long.bitCount(count) == 1 : count % 512 == 0;
    if (shown) {
      log.warn("no patterns matched", "tag", tag);
    }
  }

  private void streamFailed(String tag, EventStream stream, Throwable error, boolean inside) {
    Router label = errorLabel;
    if (label == null || inside) {
      failedRecords.addAndGet(stream.count());
      for (Event event : stream.events()) {
        dump(tag, event.time(), event.record(), error);
      }
      return;
    }
    warn(STREAM_TO_LABEL, error, "tag", tag);
    toLabel(label, tag, stream);
  }

  void recordFailed(
      String tag, long time, Map<String, Object> record, Throwable error, boolean inside) {
    Router label = errorLabel;
    if (label == null || inside) {
      failedRecords.incrementAndGet();
      dump(tag, time, record, error);
      return;
    }
    warn("send an error event to @ERROR:", error, "tag", tag, "time", EventTime.unpack(time));
    toLabel(label, tag, EventStream.of(new Event(time, record)));
  }

  private void toLabel(Router label, String tag, EventStream stream) {
    try {
      label.emit(tag, stream);
    } catch (EmitException e) {
      failedRecords.addAndGet(stream.count());
      for (Event event : stream.events()) {
        dump(tag, event.time(), event.record(), e);
      }
    }
  }

  private void dump(String tag, long time, Map<String, Object> record, Throwable error) {
    warn(
        "dump an error event:",
        error,
        "tag",
        tag,
        "time",
        EventTime.unpack(time),
        "record",
        record);
  }

  /**
   * An emit that the output refused.
   *
   * @return true where the events went to {@code @ERROR}, so that the input need not know
   */
  boolean emitFailed(String tag, EventStream stream, EmitException error, boolean inside) {
    Router label = errorLabel;
    boolean shown = mayLog();
    if (label == null || inside) {
      if (shown) {
        warn("emit transaction failed:", error, "tag", tag);
      }
      return false;
    }
    if (shown) {
      warn(STREAM_TO_LABEL, error, "tag", tag);
    }
    label.emit(tag, stream);
    return true;
  }

  /** With Fluentd's attributes in its order; where the error was raised is not told. */
  private void warn(String message, Throwable error, Object... others) {
    List<Object> attributes = new ArrayList<>(Arrays.asList("error", error, "location", null));
    attributes.addAll(Arrays.asList(others));
    log.warn(message, attributes.toArray());
  }

  private boolean mayLog() {
    if (logInterval.isZero()) {
      return true;
    }
    long now = clock.nanos();
    if (now - nextLog < 0) {
      return false;
    }
    nextLog = now + logInterval.toNanos();
    return true;
  }
}
