package io.runnel.connectors.kafka.log;

import io.runnel.host.Clock;
import io.runnel.log.Level;
import io.runnel.log.Log;
import java.util.HashMap;
import java.util.Map;
import java.util.concurrent.Callable;

/**
 * What the Kafka client says, for the log of one plugin. The client repeats itself: it says that a
 * broker cannot be reached at each try. A message that differs from an earlier one in its numbers
 * only is written once a minute, with the number of those left out. Safe for use by several
 * threads.
 */
public final class ClientLog {
  /**
   * The log for the messages of a thread. The client's own threads inherit it from the thread that
   * made the client: its messages say in no other way to which plugin they belong.
   */
  private static final InheritableThreadLocal<ClientLog> CURRENT = new InheritableThreadLocal<>();

  /** What the client says where it splits a batch. */
  private static final String SPLIT = "splitting and retrying";

  private static final long REPEAT_NANOS = 60_000_000_000L;
  private static final int MAX_KEPT = 200;

  private static final class Seen {
    long writtenAt;
    int leftOut;
  }

  private final Log log;
  private final Clock clock;
  private final boolean everything;
  private final Map<String, Seen> seen = new HashMap<>();
  private String lastTrouble;
  private int splits;

  /**
   * @param everything {@code get_kafka_client_log}: what the client says at each level, and again
   *     and again; else warnings and errors, folded
   */
  public ClientLog(Log log, Clock clock, boolean everything) {
    this.log = log;
    this.clock = clock;
    this.everything = everything;
  }

  /**
   * Makes or uses a client, so that what it says comes here and the classes that it looks up by
   * name are those of this connector.
   */
  public <T> T during(Callable<T> work) throws Exception {
    ClientLog before = CURRENT.get();
    Thread thread = Thread.currentThread();
    ClassLoader loader = thread.getContextClassLoader();
    CURRENT.set(this);
    thread.setContextClassLoader(ClientLog.class.getClassLoader());
    try {
      return work.call();
    } finally {
      thread.setContextClassLoader(loader);
      if (before == null) {
        CURRENT.remove();
      } else {
        CURRENT.set(before);
      }
    }
  }

  /** The log of this thread; null where no plugin stands behind it. */
  static ClientLog current() {
    return CURRENT.get();
  }

  /** The last warning of the client, for a message that would otherwise only say "timeout". */
  public synchronized String lastTrouble() {
    return lastTrouble;
  }

  /** How often since {@link #clearTrouble} the client has split a batch that was too large. */
  public synchronized int splits() {
    return splits;
  }

  /** Forgets the last warning and the batches that were split. */
  public synchronized void clearTrouble() {
    lastTrouble = null;
    splits = 0;
  }

  boolean isEnabled(Level level) {
    return (everything || level.compareTo(Level.WARN) >= 0) && log.isEnabled(level);
  }

  void write(Level level, String message, Throwable error) {
    if (level.compareTo(Level.WARN) >= 0) {
      synchronized (this) {
        lastTrouble = message;
        splits += message.contains(SPLIT) ? 1 : 0;
      }
    }
    if (!isEnabled(level)) {
      return;
    }
    if (everything) {
      log.log(level, message, error);
      return;
    }
    int leftOut = leftOut(message);
    if (leftOut >= 0) {
      String more = leftOut == 0 ? "" : " (" + leftOut + " more like it since the last one)";
      log.log(level, message + more, error);
    }
  }

  /** How many like it were left out since the last one; -1 where this one is left out too. */
  private synchronized int leftOut(String message) {
    long now = clock.nanos();
    if (seen.size() > MAX_KEPT) {
      seen.clear();
    }
    Seen like = seen.get(pattern(message));
    if (like == null) {
      like = new Seen();
      like.writtenAt = now;
      seen.put(pattern(message), like);
      return 0;
    }
    if (now - like.writtenAt < REPEAT_NANOS) {
      like.leftOut++;
      return -1;
    }
    int leftOut = like.leftOut;
    like.leftOut = 0;
    like.writtenAt = now;
    return leftOut;
  }

  private static String pattern(String message) {
    StringBuilder out = new StringBuilder(message.length());
    message.chars().filter(c -> c < '0' || c > '9').forEach(c -> out.append((char) c));
    return out.toString();
  }
}
