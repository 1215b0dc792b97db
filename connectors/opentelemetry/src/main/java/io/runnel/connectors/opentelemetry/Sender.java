package io.runnel.connectors.opentelemetry;

import io.runnel.event.Bytes;
import java.io.IOException;

/** Brings requests to a server. Safe for use by several threads at once. */
interface Sender extends AutoCloseable {
  /** The server takes no request as large as this one. */
  final class TooLargeException extends IOException {
    private static final long serialVersionUID = 1L;

    private final boolean retryable;

    /**
     * @param retryable whether one that cannot be made smaller is to be tried again all the same
     */
    TooLargeException(String message, boolean retryable) {
      super(message);
      this.retryable = retryable;
    }

    boolean isRetryable() {
      return retryable;
    }
  }

  void start();

  /** Ends what is under way. */
  void stop();

  @Override
  void close();

  /**
   * Sends a request; returns when the server has taken it.
   *
   * @param request a message of Protocol Buffers
   * @throws TooLargeException where a smaller one might be taken
   * @throws IOException where it is to be tried again
   * @throws io.runnel.plugin.UnrecoverableException where it is never taken
   */
  void send(Signal signal, Bytes request) throws IOException, InterruptedException;
}
