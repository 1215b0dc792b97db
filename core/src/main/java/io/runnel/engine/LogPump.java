package io.runnel.engine;

import io.runnel.event.Event;
import io.runnel.event.EventStream;
import io.runnel.log.Level;
import io.runnel.log.LogEvents;
import io.runnel.log.LogSink;
import io.runnel.plugin.EmitException;
import io.runnel.route.Router;
import java.util.EnumSet;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.ArrayBlockingQueue;
import java.util.concurrent.BlockingQueue;

/**
 * Sends the daemon's own log lines as events {@code fluent.LEVEL} to {@code @FLUENT_LOG}, or to the
 * root where something there matches them. A line goes through a queue and a thread of its own, so
 * that writing to the log never waits for an output; when the queue is full, lines are left out.
 */
final class LogPump implements LogEvents, AutoCloseable {
  /** Lines that may wait; a storm of messages is cut there instead of filling the memory. */
  private static final int QUEUE_LIMIT = 4096;

  /** How long an output may keep the last line waiting at a stop. */
  private static final long JOIN_MILLIS = 5_000;

  private record Line(Level level, long time, Map<String, Object> record) {}

  private final LogSink sink;
  private final Router router;
  private final int workerId;
  private final Set<Level> levels;
  private final BlockingQueue<Line> queue = new ArrayBlockingQueue<>(QUEUE_LIMIT);
  private final Thread thread;

  private LogPump(LogSink sink, Router router, int workerId, Set<Level> levels) {
    this.sink = sink;
    this.router = router;
    this.workerId = workerId;
    this.levels = levels;
    this.thread = Thread.ofPlatform().daemon().name("log events").unstarted(this::run);
  }

  /** Begins to keep lines; {@link #start} sends them. Null where nobody wants them. */
  static LogPump open(LogSink sink, Labels labels, int workerId) {
    Router label = labels.find(Labels.FLUENT_LOG);
    Router router = label == null ? labels.root() : label;
    Set<Level> levels = EnumSet.noneOf(Level.class);
    for (Level level : Level.values()) {
      if (router.hasOutputFor("fluent." + level.text())) {
        levels.add(level);
      }
    }
    if (levels.isEmpty()) {
      return null;
    }
    LogPump pump = new LogPump(sink, router, workerId, levels);
    sink.addEvents(pump);
    return pump;
  }

  @Override
  public void event(int worker, Level level, long time, Map<String, Object> record) {
    boolean own = Thread.currentThread() == thread; // a line about a line would breed the next one
    if (worker == workerId && !own && levels.contains(level)) {
      boolean ignored = queue.offer(new Line(level, time, record));
    }
  }

  /** Sends what was kept and what comes, once the outputs can take it. */
  void start() {
    thread.start();
  }

  private void run() {
    try {
      while (true) {
        send(queue.take());
      }
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    }
  }

  private void send(Line line) {
    try {
      router.emit(
          "fluent." + line.level().text(), EventStream.of(new Event(line.time(), line.record())));
    } catch (EmitException e) {
      // The line is in the log file; a full buffer is reported by its own output.
    }
  }

  @Override
  public void close() {
    sink.removeEvents(this);
    thread.interrupt();
  }

  /** Closes it, and sends what still waits: for {@code log_event_verbose}. */
  void finish() {
    close();
    try {
      thread.join(JOIN_MILLIS);
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    }
    for (Line line = queue.poll(); line != null; line = queue.poll()) {
      send(line);
    }
  }
}
