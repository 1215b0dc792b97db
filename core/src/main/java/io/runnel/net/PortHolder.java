package io.runnel.net;

import io.runnel.host.ProcessTable;
import io.runnel.host.SocketTable;
import java.io.IOException;
import java.util.Optional;

/** Finds who holds a port. Sockets of other users cannot be traced to a process without root. */
public final class PortHolder {
  private PortHolder() {}

  /**
   * @param kind {@code tcp} or {@code udp}
   * @return such as {@code pid 4711 (rsyslogd)}; empty where nothing could be found out
   */
  public static Optional<String> find(String kind, int port) {
    try {
      ProcessTable processes = ProcessTable.system();
      for (SocketTable.Listening socket : SocketTable.system().listening()) {
        if (socket.port() == port && socket.protocol().startsWith(kind)) {
          Optional<ProcessTable.Process> holder = processes.holderOfSocket(socket.inode());
          if (holder.isPresent()) {
            return holder.map(process -> "pid " + process.pid() + " (" + process.command() + ")");
          }
        }
      }
    } catch (IOException e) {
      // Without /proc nobody can tell; the port is held all the same.
    }
    return Optional.empty();
  }
}
