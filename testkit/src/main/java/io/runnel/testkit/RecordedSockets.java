package io.runnel.testkit;

import io.runnel.host.Ownership;
import io.runnel.net.DatagramLease;
import io.runnel.net.ProcessSockets;
import io.runnel.net.Sockets;
import io.runnel.net.StreamLease;
import java.io.IOException;
import java.nio.file.Path;
import java.util.List;
import java.util.concurrent.CopyOnWriteArrayList;

/** Real sockets that note what was asked for and cannot be seen from outside. */
public final class RecordedSockets implements Sockets {
  private final Sockets sockets = new ProcessSockets();
  private final List<String> asked = new CopyOnWriteArrayList<>();

  /** Such as {@code tcp backlog 7} and {@code udp receive buffer 4096}; 0 for the default. */
  public List<String> asked() {
    return List.copyOf(asked);
  }

  @Override
  public StreamLease tcp(String bind, int port, int backlog) throws IOException {
    asked.add("tcp backlog " + backlog);
    return sockets.tcp(bind, port, backlog);
  }

  @Override
  public DatagramLease udp(String bind, int port, int receiveBuffer) throws IOException {
    asked.add("udp receive buffer " + receiveBuffer);
    return sockets.udp(bind, port, receiveBuffer);
  }

  @Override
  public StreamLease unix(Path path, int backlog, Ownership ownership) throws IOException {
    asked.add("unix backlog " + backlog);
    return sockets.unix(path, backlog, ownership);
  }

  @Override
  public Retention retain() {
    return sockets.retain();
  }
}
