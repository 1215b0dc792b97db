package io.runnel.net;

import io.runnel.host.Ownership;
import java.io.IOException;
import java.nio.file.Path;

/**
 * The listening sockets of a process, handed out as leases. Several workers, and an old and a new
 * configuration during a reload, may hold the same address at once: they share one socket, which
 * stays open until its last lease is closed, so that a reload refuses no connection. Safe for use
 * by several threads.
 */
public interface Sockets {
  /** Connections that wait to be accepted, where the configuration names no {@code backlog}. */
  int DEFAULT_BACKLOG = 1024;

  /**
   * Listens on a TCP port.
   *
   * @param bind address or host name, IPv4 or IPv6; only that family is bound
   * @param port 0 for any free one, which is then never shared
   * @param backlog 0 for {@link #DEFAULT_BACKLOG}; counts only for the first lease
   * @throws BindFailure where the address cannot be had; names the process that has it
   */
  StreamLease tcp(String bind, int port, int backlog) throws IOException;

  /**
   * Binds a UDP port.
   *
   * @param receiveBuffer bytes the kernel keeps for this socket; 0 for its own default
   * @throws BindFailure as in {@link #tcp}
   */
  DatagramLease udp(String bind, int port, int receiveBuffer) throws IOException;

  /**
   * Listens on a unix stream socket. The file of a dead process is taken over; missing directories
   * are made.
   *
   * @throws BindFailure where a live process listens there, or the path is no socket
   * @throws Ownership.OwnedException where another instance has claimed the path
   */
  StreamLease unix(Path path, int backlog, Ownership ownership) throws IOException;

  /** Keeps sockets open after their last lease, until the retention is closed: for a reload. */
  Retention retain();

  /** See {@link #retain}. */
  interface Retention extends AutoCloseable {
    /** Closes the sockets that nobody has leased again. */
    @Override
    void close();
  }
}
