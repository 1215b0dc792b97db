package io.runnel.host;

import io.runnel.host.Disk.Sync;
import java.io.IOException;
import java.util.List;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.SynchronousQueue;
import java.util.concurrent.ThreadPoolExecutor;
import java.util.concurrent.TimeUnit;

/**
 * Runs several syncs at the same time: in the caller's thread and in a few helpers, which end when
 * nothing has needed them for a while. Platform threads, since a sync blocks its thread in the
 * system: virtual ones cost three times as many wake-ups.
 *
 * <p>Where syncs are quick (a file system in memory, a disk with a protected cache, a solid state
 * disk), handing them to other threads costs more than it saves; they are then run one after
 * another. See docs/performance.md for what was measured.
 *
 * <p>Safe for use by several threads, and by a sync that syncs.
 */
final class ParallelSyncs {
  /** Beyond these the callers run their syncs themselves: that many keep any disk busy. */
  private static final int MOST_HELPERS = 32;

  private static final long IDLE_SECONDS = 10;

  /** From so much less waiting on, others are asked for help: each costs some five system calls. */
  private static final long WORTH_THREADS_NANOS = 1_000_000;

  private final ThreadPoolExecutor helpers =
      new ThreadPoolExecutor(
          0,
          MOST_HELPERS,
          IDLE_SECONDS,
          TimeUnit.SECONDS,
          new SynchronousQueue<>(),
          task -> Thread.ofPlatform().daemon().name("sync").unstarted(task),
          new ThreadPoolExecutor.CallerRunsPolicy());

  /** What one sync takes, averaged over the last few; a lost update does no harm. */
  private volatile long typicalNanos = WORTH_THREADS_NANOS;

  /**
   * Returns when all have ended.
   *
   * @throws IOException where one of them failed
   */
  void run(List<Sync> syncs) throws IOException {
    IOException[] failures = new IOException[syncs.size()];
    long begin = System.nanoTime();
    if ((failures.length - 1) * typicalNanos < WORTH_THREADS_NANOS) {
      for (int i = 0; i < failures.length; i++) {
        failures[i] = run(syncs.get(i));
      }
      learn((System.nanoTime() - begin) / failures.length);
    } else {
      CountDownLatch others = new CountDownLatch(failures.length - 1);
      for (int i = 1; i < failures.length; i++) {
        int index = i;
        helpers.execute(
            () -> {
              failures[index] = run(syncs.get(index));
              others.countDown();
            });
      }
      failures[0] = run(syncs.getFirst());
      learn(System.nanoTime() - begin);
      awaitUninterruptibly(others);
    }
    for (IOException failure : failures) {
      if (failure != null) {
        throw failure;
      }
    }
  }

  private void learn(long nanos) {
    typicalNanos = (7 * typicalNanos + nanos) / 8;
  }

  private static IOException run(Sync sync) {
    try {
      sync.run();
      return null;
    } catch (IOException e) {
      return e;
    } catch (RuntimeException e) {
      return new IOException(e);
    }
  }

  private static void awaitUninterruptibly(CountDownLatch latch) {
    boolean interrupted = false;
    while (true) {
      try {
        latch.await();
        break;
      } catch (InterruptedException e) {
        interrupted = true;
      }
    }
    if (interrupted) {
      Thread.currentThread().interrupt();
    }
  }
}
