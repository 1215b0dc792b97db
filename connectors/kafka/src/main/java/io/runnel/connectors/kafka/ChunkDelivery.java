package io.runnel.connectors.kafka;

import io.runnel.plugins.client.ChunkProgress;
import java.io.IOException;
import java.util.SortedMap;
import java.util.TreeMap;
import org.apache.kafka.common.errors.InvalidTopicException;
import org.apache.kafka.common.errors.RecordTooLargeException;
import org.apache.kafka.common.errors.SerializationException;

/**
 * The messages of one chunk on their way. Which ones arrived is kept from one try to the next, so
 * that a chunk of which a part has arrived is not sent twice as a whole.
 */
final class ChunkDelivery {
  private final ChunkProgress done;
  private final boolean transactional;
  private boolean doomed;
  private final SortedMap<Integer, Exception> rejected = new TreeMap<>();
  private Exception failure;
  private int failed;
  private boolean broken;
  private int outstanding;
  private long outstandingBytes;

  /**
   * @param done the messages, by their place in the chunk, that need not be sent any more
   * @param transactional the first message that is rejected dooms all others of this try, and the
   *     client gives them its error: they are neither rejected nor failed, but sent again
   */
  ChunkDelivery(ChunkProgress done, boolean transactional) {
    this.done = done;
    this.transactional = transactional;
  }

  synchronized boolean isDone(int index) {
    return done.isDone(index);
  }

  /**
   * Waits until there is room for another message, and counts it as sent.
   *
   * @param millis to wait at most
   * @return whether there is room
   */
  synchronized boolean begin(int bytes, long limit, long millis) throws InterruptedException {
    long end = System.nanoTime() + millis * 1_000_000;
    while (outstanding > 0 && outstandingBytes + bytes > limit) {
      long left = (end - System.nanoTime()) / 1_000_000;
      if (left <= 0) {
        return false;
      }
      wait(left);
    }
    outstanding++;
    outstandingBytes += bytes;
    return true;
  }

  /**
   * The end of a message.
   *
   * @param error null where the brokers have it
   */
  synchronized void complete(int index, int bytes, Exception error) {
    outstanding--;
    outstandingBytes -= bytes;
    notifyAll();
    if (error == null) {
      done.done(index);
    } else if (doomed) {
      broken = true;
    } else if (isOfThisMessage(error)) {
      rejected.put(index, error);
      doomed = transactional;
    } else {
      fail(error);
      broken = true;
    }
  }

  /** What sending the message again, or waiting, would not change. */
  private static boolean isOfThisMessage(Exception error) {
    return error instanceof RecordTooLargeException
        || error instanceof SerializationException
        || error instanceof InvalidTopicException
        || error.getClass() == org.apache.kafka.common.InvalidRecordException.class;
  }

  /** A message that can never be sent. */
  synchronized void reject(int index, Exception error) {
    rejected.put(index, error);
  }

  /** A message that was not sent; others may be. */
  synchronized void fail(Exception error) {
    failure = failure == null ? error : failure;
    failed++;
  }

  /** No further message is worth a try now. */
  synchronized void breakOff(Exception error) {
    fail(error);
    broken = true;
  }

  synchronized boolean isBroken() {
    return broken;
  }

  /**
   * Waits until nothing is on its way; the client ends each message in bounded time.
   *
   * @param millis to wait at most
   * @return whether nothing is on its way
   */
  synchronized boolean await(long millis) throws InterruptedException {
    long end = System.nanoTime() + millis * 1_000_000;
    while (outstanding > 0) {
      long left = (end - System.nanoTime()) / 1_000_000;
      if (left <= 0) {
        return false;
      }
      wait(left);
    }
    return true;
  }

  /** The first error after which the chunk must be sent again; null where there was none. */
  synchronized Exception failure() {
    return failure;
  }

  /** The messages that can never be sent, which count as done from now on. */
  synchronized SortedMap<Integer, Exception> takeRejected() {
    SortedMap<Integer, Exception> taken = new TreeMap<>(rejected);
    rejected.keySet().forEach(done::done);
    rejected.clear();
    return taken;
  }

  /**
   * Keeps what arrived for a start after a kill; of a transaction nothing counts before its end.
   */
  synchronized void save() throws IOException {
    if (!transactional) {
      done.save();
    }
  }

  /**
   * Takes back what arrived: the transaction was given up.
   *
   * @param rejected messages that count as done all the same
   */
  synchronized void forget(Iterable<Integer> rejected) {
    done.clear();
    rejected.forEach(done::done);
  }
}
