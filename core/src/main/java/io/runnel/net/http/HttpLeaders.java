package io.runnel.net.http;

import io.runnel.net.Threads;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.locks.LockSupport;
import java.util.function.Consumer;

/**
 * The threads of an {@link HttpLoop}: the one that leads it, those that lost it over a request that
 * blocks, and a watcher who takes it from them. {@link HttpTurn} decides, by compare and set, whose
 * the loop is.
 */
final class HttpLeaders {
  /** A handler that takes longer loses the loop. */
  private static final long STALL_NANOS = 50_000_000L;

  /** Requests that may be stuck at once; beyond it, the loop waits: that is the back-pressure. */
  private static final int MAX_STUCK = 64;

  /** The watcher goes to sleep this long after the last request. */
  private static final long WATCH_NANOS = 2_000_000_000L;

  private final String name;
  private final Threads threads;
  private final Consumer<HttpTurn> lead;
  private final AtomicInteger stuck = new AtomicInteger();
  private final List<Thread> workers = new ArrayList<>();
  private volatile HttpTurn turn = new HttpTurn();
  private volatile boolean ended;
  private volatile long lastRequest;
  private volatile boolean watcherSleeps = true;
  private Thread watcher;

  /**
   * @param lead what a leader's thread does; returns when its turn is over
   */
  HttpLeaders(String name, Threads threads, Consumer<HttpTurn> lead) {
    this.name = name;
    this.threads = threads;
    this.lead = lead;
  }

  void start() {
    begin(turn);
    watcher = threads.start(name + "-watch", false, this::watch);
  }

  private void begin(HttpTurn next) {
    synchronized (workers) {
      workers.removeIf(thread -> !thread.isAlive());
      workers.add(threads.start(name, false, () -> lead.accept(next)));
    }
  }

  private void watch() {
    while (!ended) {
      HttpTurn leading = turn;
      long now = System.nanoTime();
      boolean stalled = leading.isStalled(now, STALL_NANOS);
      if (stalled && stuck.get() < MAX_STUCK && leading.lose()) {
        stuck.incrementAndGet();
        turn = new HttpTurn();
        begin(turn);
      }
      if (!stalled && now - lastRequest > WATCH_NANOS) {
        watcherSleeps = true;
        if (System.nanoTime() - lastRequest > WATCH_NANOS) {
          LockSupport.park(this);
        }
        watcherSleeps = false;
      } else {
        LockSupport.parkNanos(this, STALL_NANOS / 2);
      }
    }
  }

  /** Said by the leader where it enters a handler: from now on there is something to watch. */
  void working(HttpTurn mine) {
    lastRequest = mine.since();
    if (watcherSleeps) {
      watcherSleeps = false;
      LockSupport.unpark(watcher);
    }
  }

  /** True while a thread that has lost the loop has not finished what it had taken. */
  boolean anyStuck() {
    return stuck.get() > 0;
  }

  /** Said by a thread that lost the loop, at its end. */
  void unstuck() {
    stuck.decrementAndGet();
  }

  /** True from the moment that nobody is waited for any more. */
  boolean areEnded() {
    return ended;
  }

  /** Waits until all threads have come to their end by themselves, at most so long. */
  void drain(long nanos) {
    long deadline = System.nanoTime() + nanos;
    while (System.nanoTime() - deadline < 0 && workers().stream().anyMatch(Thread::isAlive)) {
      workers().forEach(thread -> join(thread, 20)); // a new one may join them meanwhile
    }
  }

  /** Ends all threads; whoever still handles a request is interrupted. */
  void end(Runnable wakeLeader) {
    ended = true;
    wakeLeader.run();
    LockSupport.unpark(watcher);
    for (Thread thread : workers()) {
      if (thread.isAlive()) {
        thread.interrupt();
        join(thread, 1000);
      }
    }
  }

  private List<Thread> workers() {
    synchronized (workers) {
      return List.copyOf(workers);
    }
  }

  private static void join(Thread thread, long millis) {
    try {
      thread.join(millis);
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    }
  }
}
