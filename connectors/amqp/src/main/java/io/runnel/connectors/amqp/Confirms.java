package io.runnel.connectors.amqp;

import io.runnel.plugins.client.ChunkProgress;
import java.io.IOException;
import java.util.Map;
import java.util.NavigableMap;
import java.util.TreeMap;
import java.util.concurrent.TimeoutException;

/**
 * Which messages of a chunk the broker has confirmed. One thread publishes, that of the connection
 * tells what the broker says.
 */
final class Confirms {
  /** A broker that is short of memory or disk confirms nothing for as long as that lasts. */
  private static final long SILENCE_NANOS = 60_000_000_000L;

  private static final long NANOS_PER_MILLI = 1_000_000;

  private final ChunkProgress done;

  /** Numbers of messages and of their events. */
  private final NavigableMap<Long, Integer> waiting = new TreeMap<>();

  private int refused;
  private boolean ended;
  private long heardAt = System.nanoTime();

  /**
   * @param done events that were confirmed before
   */
  Confirms(ChunkProgress done) {
    this.done = done;
  }

  synchronized boolean isDone(int index) {
    return done.isDone(index);
  }

  synchronized void sent(long number, int index) {
    waiting.put(number, index);
  }

  synchronized void ack(long number, boolean multiple) {
    settle(number, multiple, true);
  }

  /** A queue that is full says this, where it is told to. */
  synchronized void nack(long number, boolean multiple) {
    settle(number, multiple, false);
  }

  private void settle(long number, boolean multiple, boolean taken) {
    if (ended) {
      return;
    }
    Map<Long, Integer> settled =
        multiple ? waiting.headMap(number, true) : waiting.subMap(number, true, number, true);
    if (taken) {
      settled.values().forEach(done::done);
    } else {
      refused += settled.size();
    }
    settled.clear();
    heardAt = System.nanoTime();
    notifyAll();
  }

  /**
   * Waits for what is not confirmed yet.
   *
   * @throws IOException where the broker refused messages
   * @throws TimeoutException where it says nothing for a minute
   */
  synchronized void await() throws IOException, TimeoutException, InterruptedException {
    while (!waiting.isEmpty()) {
      long left = SILENCE_NANOS - (System.nanoTime() - heardAt);
      if (left <= 0) {
        throw new TimeoutException(
            waiting.size() + " messages were not confirmed (is the broker out of memory or disk?)");
      }
      wait(left / NANOS_PER_MILLI + 1);
    }
    if (refused > 0) {
      throw new IOException(
          "the broker refused " + refused + " messages (a queue is full, or its node failed)");
    }
  }

  /** From now on the broker's thread leaves what is done alone. */
  synchronized void end() {
    ended = true;
  }
}
