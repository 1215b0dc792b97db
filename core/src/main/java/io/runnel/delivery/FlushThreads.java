package io.runnel.delivery;

import io.runnel.buffer.Buffer;
import io.runnel.plugin.PluginContext;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.Condition;
import java.util.concurrent.locks.ReentrantLock;

/**
 * The threads that deliver: started one by one as chunks are queued, up to {@code
 * flush_thread_count}, and asleep while there is nothing to do.
 */
final class FlushThreads {
  /** A look at the clock at least so often: the wall clock may be set. */
  private static final long MAX_WAIT_MILLIS = 60_000;

  /** How long a stop waits for a delivery that it has interrupted. */
  private static final long INTERRUPTED_NANOS = 2_000_000_000L;

  /** How often a stop looks whether a delivery takes too long. */
  private static final long LOOK_MILLIS = 200;

  private static final long IDLE = Long.MIN_VALUE;

  private final BufferSettings settings;
  private final Buffer buffer;
  private final Flusher flusher;
  private final PluginContext context;
  private final ReentrantLock lock = new ReentrantLock();
  private final Condition changed = lock.newCondition();
  private final List<Worker> workers = new ArrayList<>();
  private final long graceNanos;
  private int idle;
  private boolean running;

  /** A thread, and since when it delivers a chunk. */
  private static final class Worker {
    private Thread thread;
    private volatile long busySince = IDLE;

    /** When a stop that began then has waited long enough for this one, {@link System#nanoTime}. */
    long deadline(long stopBegan, long grace) {
      long begun = busySince;
      return grace + (begun == IDLE || begun < stopBegan ? stopBegan : begun);
    }
  }

  FlushThreads(BufferSettings settings, Buffer buffer, Flusher flusher, PluginContext context) {
    this.settings = settings;
    this.buffer = buffer;
    this.flusher = flusher;
    this.context = context;
    this.graceNanos = settings.shutdownGrace().toNanos();
  }

  void start() {
    lock.lock();
    try {
      running = true;
    } finally {
      lock.unlock();
    }
    signal();
  }

  /** The queue has changed: wakes the threads, and starts one more where all are at work. */
  void signal() {
    lock.lock();
    try {
      int most = settings.parameters().flushThreadCount();
      if (running) {
        workers.removeIf(each -> !each.thread.isAlive()); // an Error ended it: another takes over
      }
      if (running && idle == 0 && workers.size() < most && buffer.hasQueued()) {
        Worker worker = new Worker();
        worker.thread = context.start("flush_thread_" + workers.size(), () -> run(worker));
        workers.add(worker);
      }
      changed.signalAll();
    } finally {
      lock.unlock();
    }
  }

  /** False where a thread that should deliver has died. */
  boolean isHealthy() {
    lock.lock();
    try {
      return !running || workers.stream().allMatch(each -> each.thread.isAlive());
    } finally {
      lock.unlock();
    }
  }

  private void run(Worker worker) {
    while (awaitWork()) {
      try {
        if (flushOne(worker) && buffer.hasQueued()) {
          pause();
        }
      } catch (RuntimeException e) {
        context.log().error("unexpected error while flushing", e);
      }
    }
  }

  private boolean flushOne(Worker worker) {
    worker.busySince = System.nanoTime();
    try {
      return flusher.flushOne();
    } finally {
      worker.busySince = IDLE;
    }
  }

  /** Waits until there is a chunk to deliver; false where the thread is to end. */
  private boolean awaitWork() {
    lock.lock();
    try {
      while (running) {
        long wait = waitMillis();
        if (wait <= 0) {
          return true;
        }
        idle++;
        try {
          boolean ignored = changed.await(Math.min(wait, MAX_WAIT_MILLIS), TimeUnit.MILLISECONDS);
        } finally {
          idle--;
        }
      }
      return false;
    } catch (InterruptedException e) {
      return false;
    } finally {
      lock.unlock();
    }
  }

  private long waitMillis() {
    return buffer.hasQueued() ? flusher.waitMillis() : MAX_WAIT_MILLIS;
  }

  /** The pause between two queued chunks that flush_thread_burst_interval asks for. */
  private void pause() {
    double seconds = settings.parameters().flushThreadBurstInterval().orElse(0.0);
    lock.lock();
    try {
      long left = (long) (seconds * 1e9);
      while (running && left > 0) {
        left = changed.awaitNanos(left);
      }
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    } finally {
      lock.unlock();
    }
  }

  /**
   * Waits until the queue is empty, a delivery has failed, or one takes longer than a stop waits.
   *
   * @param stopBegan {@link System#nanoTime}
   */
  void drain(long stopBegan) {
    signal();
    lock.lock();
    try {
      while (running && !workers.isEmpty() && waitMillis() <= 0 && !isOverdue(stopBegan)) {
        boolean ignored = changed.await(LOOK_MILLIS, TimeUnit.MILLISECONDS);
      }
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    } finally {
      lock.unlock();
    }
  }

  private boolean isOverdue(long stopBegan) {
    long now = System.nanoTime();
    return workers.stream()
        .anyMatch(each -> each.busySince != IDLE && now >= each.deadline(stopBegan, graceNanos));
  }

  /**
   * Ends the threads. Deliveries that are under way come to their end, within shutdown_grace; then
   * they are interrupted, and one that takes no notice of it is left to itself.
   *
   * @param stopBegan {@link System#nanoTime}
   */
  void stop(long stopBegan) {
    List<Worker> ending;
    lock.lock();
    try {
      running = false;
      ending = List.copyOf(workers);
      changed.signalAll();
    } finally {
      lock.unlock();
    }
    try {
      for (Worker worker : ending) {
        join(worker, worker.deadline(stopBegan, graceNanos));
      }
      interrupt(ending.stream().filter(worker -> worker.thread.isAlive()).toList());
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    }
  }

  private void interrupt(List<Worker> hanging) throws InterruptedException {
    if (hanging.isEmpty()) {
      return;
    }
    flusher.giveUpTries();
    hanging.forEach(worker -> worker.thread.interrupt());
    long end = System.nanoTime() + INTERRUPTED_NANOS;
    for (Worker worker : hanging) {
      join(worker, end);
    }
    flusher.abandonTries();
  }

  private static void join(Worker worker, long end) throws InterruptedException {
    long left = (end - System.nanoTime()) / 1_000_000;
    if (worker.thread.isAlive() && left > 0) {
      worker.thread.join(left);
    }
  }
}
