package io.runnel.net;

import java.io.IOException;
import java.nio.channels.ServerSocketChannel;
import java.nio.channels.SocketChannel;

/** A share of a listening stream socket (TCP or unix). */
public interface StreamLease extends AutoCloseable {
  /**
   * Waits for a connection; it is in blocking mode.
   *
   * @return null once this lease is closed
   * @throws IOException where this one connection could not be had (too many open files …); the
   *     lease stays usable
   */
  SocketChannel accept() throws IOException;

  /** The socket itself, in non-blocking mode, for a server with a selector of its own. */
  ServerSocketChannel channel();

  /** The port, also where 0 was asked for; 0 for a unix socket. */
  int port();

  /** True where a dead process' socket file was removed. */
  boolean tookOver();

  /** Ends {@link #accept} of this lease; the last lease closes the socket. */
  @Override
  void close();
}
