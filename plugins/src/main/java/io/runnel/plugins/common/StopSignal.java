package io.runnel.plugins.common;

/**
 * Says to a plugin's threads that it is time to end, and lets them wait until then: without an
 * interrupt, which would close a file that the thread is just using.
 */
public final class StopSignal {
  private boolean set;

  public synchronized void set() {
    set = true;
    notifyAll();
  }

  public synchronized boolean isSet() {
    return set;
  }

  /**
   * Waits so long, or until the signal.
   *
   * @return false once the signal is set, or where the thread is interrupted
   */
  public synchronized boolean pause(long nanos) {
    long end = System.nanoTime() + nanos;
    try {
      while (!set) {
        long left = end - System.nanoTime();
        if (left <= 0) {
          return true;
        }
        wait(left / 1_000_000, (int) (left % 1_000_000));
      }
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    }
    return false;
  }

  /**
   * Waits for the end of a thread; one that does not end by itself (it waits for a full buffer) is
   * interrupted.
   *
   * @param thread null where there is none
   */
  public static void join(Thread thread, long millis) {
    if (thread == null) {
      return;
    }
    try {
      thread.join(millis);
      if (thread.isAlive()) {
        thread.interrupt();
        thread.join(millis);
      }
    } catch (InterruptedException e) {
      thread.interrupt();
      Thread.currentThread().interrupt();
    }
  }
}
