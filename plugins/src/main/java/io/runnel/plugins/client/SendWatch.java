package io.runnel.plugins.client;

import io.runnel.plugin.PluginContext;
import java.io.IOException;
import java.net.SocketTimeoutException;
import java.time.Duration;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;

/**
 * Ends sends that make no progress, by closing their connection from a thread of its own: blocking
 * writes know no timeout. Safe for use by several threads at once.
 */
public final class SendWatch {
  private static final long PERIOD_NANOS = 500_000_000L;
  private static final String STALLED = "no progress within send_timeout";

  /** What is done with a connection under watch. */
  public interface Use {
    void run(ClientConnection connection) throws IOException;
  }

  private final PluginContext context;
  private final long timeoutNanos;

  /** The connections in use, and whether this watch has closed them. */
  private final Map<ClientConnection, Boolean> sending = new ConcurrentHashMap<>();

  private Thread thread;

  public SendWatch(PluginContext context, Duration timeout) {
    this.context = context;
    this.timeoutNanos = timeout.toNanos();
  }

  /**
   * Uses a connection; where that fails, the connection is closed.
   *
   * @throws SocketTimeoutException where it made no progress for too long
   */
  public void use(ClientConnection connection, Use use) throws IOException {
    sending.put(connection, false);
    try {
      use.run(connection);
    } catch (IOException | RuntimeException e) {
      connection.close();
      if (sending.get(connection)) {
        throw (IOException) new SocketTimeoutException(STALLED).initCause(e);
      }
      throw e;
    } finally {
      sending.remove(connection);
    }
  }

  public void start() {
    start(PERIOD_NANOS, () -> {});
  }

  /**
   * @param also is run each time, by the thread of this watch
   */
  public void start(long periodNanos, Runnable also) {
    long period = Math.min(periodNanos, PERIOD_NANOS);
    thread =
        context.startVirtual(
            "send_timeout",
            () -> {
              try {
                while (true) {
                  context.clock().sleep(period);
                  also.run();
                  check();
                }
              } catch (InterruptedException e) {
                // stop() asks for the end
              }
            });
  }

  private void check() {
    long now = context.clock().nanos();
    for (ClientConnection connection : sending.keySet()) {
      long since = connection.stalledSince();
      if (since >= 0 && now - since > timeoutNanos) {
        sending.replace(connection, true);
        context.log().warn(STALLED + ", closing the connection");
        connection.close();
      }
    }
  }

  /** Ends the watch. */
  public void stop() {
    if (thread != null) {
      thread.interrupt();
    }
  }

  /** Ends the sends that are still under way. */
  public void close() {
    sending.keySet().forEach(ClientConnection::close);
  }
}
