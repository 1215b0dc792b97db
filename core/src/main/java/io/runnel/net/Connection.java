package io.runnel.net;

import java.io.Closeable;
import java.io.IOException;
import java.net.InetAddress;

/**
 * A stream connection, plain or TLS, TCP or unix, for one thread that reads and writes with
 * blocking calls. {@link #abort} and {@link #endInput} may be called from other threads.
 */
public interface Connection extends Closeable {
  /**
   * Reads what is there, and waits where nothing is.
   *
   * @return the number of bytes, at least 1; -1 at the end
   */
  int read(byte[] target, int offset, int length) throws IOException;

  /** Writes all of it. */
  void write(byte[] source, int offset, int length) throws IOException;

  /** The other side's address; null for a unix socket. */
  InetAddress peer();

  /** The other side's port; 0 for a unix socket. */
  int peerPort();

  /** The other side for messages: an address, or {@code unix}. */
  default String peerText() {
    return peer() == null ? "unix" : peer().getHostAddress();
  }

  /** Lets the current and all later reads find the end, while writing still works. */
  void endInput();

  /** Closes after what was written has been sent. */
  @Override
  void close();

  /** Closes at once; over TCP the other side sees a reset. */
  void abort();
}
