package io.runnel.net;

import java.io.IOException;
import java.net.SocketAddress;
import java.nio.ByteBuffer;

/** A share of a UDP socket: each datagram goes to one of the leases. */
public interface DatagramLease extends AutoCloseable {
  /**
   * Waits for a datagram; what does not fit into {@code buffer} is cut off.
   *
   * @return the sender; null once this lease is closed
   */
  SocketAddress receive(ByteBuffer buffer) throws IOException;

  /** Like {@link #receive}, but returns null where nothing is there. */
  SocketAddress receiveNow(ByteBuffer buffer) throws IOException;

  void send(ByteBuffer data, SocketAddress target) throws IOException;

  int port();

  /** Ends {@link #receive} of this lease; the last lease closes the socket. */
  @Override
  void close();
}
