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

  private final BufferSettings settings;
  private final Buffer buffer;
  private final Flusher flusher;
  private final PluginContext context;
  private final ReentrantLock lock = new ReentrantLock();
  private final Condition changed = lock.newCondition();
  private final List<Thread> threads = new ArrayList<>();
  private int idle;
  private boolean running;

  FlushThreads(BufferSettings settings, Buffer buffer, Flusher flusher, PluginContext context) {
    this.settings = settings;
    this.buffer = buffer;
    this.flusher = flusher;
    this.context = context;
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
        threads.removeIf(thread -> !thread.isAlive()); // an Error has ended it: another takes over
      }
      if (running && idle == 0 && threads.size() < most && buffer.hasQueued()) {
        threads.add(context.start("flush_thread_" + threads.size(), this::run));
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
      return !running || threads.stream().allMatch(Thread::isAlive);
    } finally {
      lock.unlock();
    }
  }

  private void run() {
    while (awaitWork()) {
      try {
        if (flusher.flushOne() && buffer.hasQueued()) {
          pause();
        }
      } catch (RuntimeException e) {
        context.log().error("unexpected error while flushing", e);
      }
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

  /** Waits until the queue is empty or a delivery has failed. */
  void drain() {
    signal();
    lock.lock();
    try {
      while (running && !threads.isEmpty() && waitMillis() <= 0) {
        boolean ignored = changed.await(1, TimeUnit.SECONDS);
      }
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    } finally {
      lock.unlock();
    }
  }

  /** Ends the threads; deliveries that are under way come to their end. */
  void stop() {
    List<Thread> ending;
    lock.lock();
    try {
      running = false;
      ending = List.copyOf(threads);
      changed.signalAll();
    } finally {
      lock.unlock();
    }
    try {
      for (Thread thread : ending) {
        thread.join();
      }
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    }
  }
}
