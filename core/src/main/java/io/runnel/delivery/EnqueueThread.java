package io.runnel.delivery;

import io.runnel.buffer.Buffer;
import io.runnel.buffer.StoredChunk;
import io.runnel.delivery.BufferParameters.FlushMode;
import io.runnel.plugin.PluginContext;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.Condition;
import java.util.concurrent.locks.ReentrantLock;

/**
 * Queues staged chunks when they are due, and takes back deliveries that were not committed in
 * time. Its thread starts with the first chunk and sleeps until the next deadline.
 */
final class EnqueueThread {
  /** A look at the clock at least so often: the wall clock may be set. */
  private static final long MAX_WAIT_MILLIS = 60_000;

  /** Fluentd looks at staged chunks once a second at most (flush_thread_interval). */
  private static final long LATE_MILLIS = 1_000;

  private final BufferSettings settings;
  private final Buffer buffer;
  private final Flusher flusher;
  private final PluginContext context;
  private final Runnable queued;
  private final ReentrantLock lock = new ReentrantLock();
  private final Condition changed = lock.newCondition();
  private Thread thread;
  private boolean running;
  private boolean signalled;

  /**
   * @param queued called where chunks went to the queue
   */
  EnqueueThread(
      BufferSettings settings,
      Buffer buffer,
      Flusher flusher,
      PluginContext context,
      Runnable queued) {
    this.settings = settings;
    this.buffer = buffer;
    this.flusher = flusher;
    this.context = context;
    this.queued = queued;
  }

  void start() {
    lock.lock();
    try {
      running = true;
    } finally {
      lock.unlock();
    }
    if (buffer.stageLength() > 0) {
      signal();
    }
  }

  /** There may be an earlier deadline than before. */
  void signal() {
    lock.lock();
    try {
      if (running && (thread == null || !thread.isAlive())) {
        thread = context.startVirtual("enqueue_thread", this::run);
      }
      signalled = true;
      changed.signalAll();
    } finally {
      lock.unlock();
    }
  }

  /** False where the thread that queues what is due has died. */
  boolean isHealthy() {
    lock.lock();
    try {
      return !running || thread == null || thread.isAlive();
    } finally {
      lock.unlock();
    }
  }

  private void run() {
    while (true) {
      try {
        step();
      } catch (RuntimeException e) {
        context.log().error("unexpected error while queueing", e);
      }
      lock.lock();
      try {
        long wait = nextDeadline() - context.clock().millis();
        if (running && !signalled && wait > 0) {
          boolean ignored = changed.await(Math.min(wait, MAX_WAIT_MILLIS), TimeUnit.MILLISECONDS);
        }
        signalled = false;
        if (!running) {
          return;
        }
      } catch (InterruptedException e) {
        return;
      } finally {
        lock.unlock();
      }
    }
  }

  /** Does what is due now. */
  void step() {
    flusher.expireDue();
    long now = context.clock().millis();
    if (buffer.enqueue(chunk -> dueAt(chunk) <= now, false)) {
      queued.run();
    }
  }

  /** Where the queue is long, the next change of the queue is waited for instead of a time. */
  private long nextDeadline() {
    long due = buffer.isQueueLong() ? Long.MAX_VALUE : buffer.minStaged(this::dueAt);
    return Math.min(due, flusher.nextExpiry());
  }

  /** When a staged chunk is to be queued, milliseconds since the epoch; the maximum for never. */
  long dueAt(StoredChunk chunk) {
    BufferParameters parameters = settings.parameters();
    long due =
        switch (settings.flushMode()) {
          case INTERVAL -> chunk.createdAt() + parameters.flushInterval().toMillis();
          case IMMEDIATE -> chunk.createdAt(); // left by an earlier run
          case LAZY, DEFAULT -> Long.MAX_VALUE;
        };
    Long timekey = chunk.metadata().timekey();
    if (timekey != null && settings.hasTime() && settings.flushMode() != FlushMode.IMMEDIATE) {
      long end = timekey * 1000 + parameters.timekey().orElseThrow().toMillis();
      // Late events come in many batches: a slice that is over still gathers them for a moment,
      // as it does in Fluentd until its enqueue thread looks, instead of a chunk for each batch.
      long gathered = chunk.createdAt() + LATE_MILLIS;
      due = Math.min(due, Math.max(end + parameters.timekeyWait().toMillis(), gathered));
    }
    return due;
  }

  void stop() {
    Thread ending;
    lock.lock();
    try {
      running = false;
      ending = thread;
      changed.signalAll();
    } finally {
      lock.unlock();
    }
    try {
      if (ending != null) {
        ending.join();
      }
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    }
  }
}
