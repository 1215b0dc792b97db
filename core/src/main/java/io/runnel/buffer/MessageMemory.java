package io.runnel.buffer;

import io.runnel.host.Clock;
import java.time.Duration;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ConcurrentMap;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.CountDownLatch;
import java.util.zip.CRC32C;

/**
 * The messages that this process has acknowledged, so that one whose acknowledgement got lost is
 * acknowledged again and not stored twice. It knows those that were taken whole; what of a message
 * is in which buffer, also after a crash in the middle of one, the buffers know ({@link Receipts}).
 *
 * <p>Each message is taken by one thread at a time, however many connections bring it. Safe for use
 * by several threads.
 */
public final class MessageMemory {
  /** Messages that are remembered, unless somebody says how many ({@code remember_chunks}). */
  public static final int DEFAULT_COUNT = 100_000;

  /** How long they are ({@code remember_chunks_for}): as long as out_forward tries again. */
  public static final Duration DEFAULT_AGE = Duration.ofHours(72);

  private final Clock clock;
  private final ReceiptTable acknowledged = new ReceiptTable();
  private final Map<Long, CountDownLatch> taken = new HashMap<>();
  private final ConcurrentMap<String, List<Receipts>> families = new ConcurrentHashMap<>();
  private volatile int wanted;
  private volatile long seconds;

  public MessageMemory(Clock clock) {
    this.clock = clock;
  }

  /** Somebody wants so many to be remembered for so long: the largest wish counts. */
  public synchronized void want(int messages, Duration age) {
    wanted = Math.max(wanted, messages);
    seconds = Math.max(seconds, age.toSeconds());
  }

  int count() {
    return wanted == 0 ? DEFAULT_COUNT : wanted;
  }

  int now() {
    return (int) (clock.millis() / 1000);
  }

  /** What was stored before this time (seconds since the epoch) does not count any more. */
  long notBefore() {
    return now() - (seconds == 0 ? DEFAULT_AGE.toSeconds() : seconds);
  }

  /**
   * Begins to take a message; waits while another thread takes it. What this thread emits until the
   * end of it counts as the message's.
   *
   * @param bytes where the message stands: its id, and everything else that a resend repeats
   */
  public Message begin(byte[] bytes, int idFrom, int idTo, int from, int to)
      throws InterruptedException {
    CRC32C crc = new CRC32C();
    crc.update(bytes, from, to - from);
    Message message = new Message(Mix.of(bytes, idFrom, idTo), crc.getValue() << 32 | to - from);
    message.enter();
    return message;
  }

  /** A message that is being taken. Used by one thread. */
  public final class Message implements AutoCloseable {
    private final long id;
    private final long check;
    private final CountDownLatch left = new CountDownLatch(1);
    private boolean known;

    private Message(long id, long check) {
      this.id = id;
      this.check = check;
    }

    private void enter() throws InterruptedException {
      while (true) {
        CountDownLatch other;
        synchronized (MessageMemory.this) {
          other = taken.putIfAbsent(id, left);
          if (other == null) {
            known = acknowledged.contains(id, check, notBefore());
            break;
          }
        }
        other.await();
      }
      Origin.enter(id);
    }

    /** True where all of it was taken before and is safe: it needs nothing but an answer. */
    public boolean isKnown() {
      return known;
    }

    /** All of it is as safe as the buffers promise. */
    public void safe() {
      synchronized (MessageMemory.this) {
        acknowledged.add(id, check, now(), count());
      }
      known = true;
    }

    @Override
    public void close() {
      Origin.leave();
      synchronized (MessageMemory.this) {
        taken.remove(id);
      }
      left.countDown();
    }
  }

  /**
   * The receipts of the buffers that stand in for each other: those of one output in all workers.
   */
  List<Receipts> family(String name) {
    return families.computeIfAbsent(name, ignored -> new CopyOnWriteArrayList<>());
  }
}
