package io.runnel.testkit;

import io.runnel.event.EventTime;
import io.runnel.host.Clock;
import java.time.Duration;

/**
 * A clock that stands still until a test moves it. A {@link #sleep} waits until the test has moved
 * it far enough, or, in an {@link #advancing} clock, moves it itself and returns at once. Safe for
 * use by several threads.
 */
public final class ManualClock implements Clock {
  private final boolean advancing;
  private long wallNanos;
  private long elapsed;
  private int sleepers;

  private ManualClock(long startMillis, boolean advancing) {
    this.wallNanos = startMillis * 1_000_000;
    this.advancing = advancing;
  }

  /** A clock that shows this time, in milliseconds since the epoch. */
  public static ManualClock at(long millis) {
    return new ManualClock(millis, false);
  }

  /** A clock at 2023-11-14T22:13:20Z (1,700,000,000 s). */
  public static ManualClock standard() {
    return at(1_700_000_000_000L);
  }

  /** A clock whose sleepers move it: time passes only where somebody waits for it. */
  public static ManualClock advancing(long millis) {
    return new ManualClock(millis, true);
  }

  @Override
  public synchronized long millis() {
    return Math.floorDiv(wallNanos, 1_000_000L);
  }

  @Override
  public synchronized long nanos() {
    return elapsed;
  }

  @Override
  public synchronized long eventTime() {
    return EventTime.pack(
        Math.floorDiv(wallNanos, 1_000_000_000L), Math.floorMod(wallNanos, 1_000_000_000L));
  }

  @Override
  public synchronized void sleep(long nanos) throws InterruptedException {
    if (advancing) {
      if (Thread.interrupted()) {
        throw new InterruptedException();
      }
      move(Math.max(0, nanos));
      return;
    }
    long end = elapsed + nanos;
    sleepers++;
    notifyAll();
    try {
      while (elapsed < end) {
        wait();
      }
    } finally {
      sleepers--;
    }
  }

  public synchronized void advance(Duration duration) {
    move(duration.toNanos());
  }

  public void advanceMillis(long millis) {
    advance(Duration.ofMillis(millis));
  }

  private void move(long nanos) {
    wallNanos += nanos;
    elapsed += nanos;
    notifyAll();
  }

  /** Sets the wall clock alone, as an operator or NTP does: {@link #nanos} stays. */
  public synchronized void setMillis(long millis) {
    wallNanos = millis * 1_000_000;
  }

  /** How many threads are waiting in {@link #sleep}. */
  public synchronized int sleepers() {
    return sleepers;
  }
}
