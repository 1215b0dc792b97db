package io.runnel.plugins.output;

import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.ServerSocket;
import java.nio.channels.SocketChannel;
import java.util.ArrayList;
import java.util.List;

/** A port at which connections are neither accepted nor refused: its queue is full. */
final class FullBacklog implements AutoCloseable {
  /** More than a queue of length 1 takes. */
  private static final int CONNECTIONS = 5;

  private final ServerSocket server;
  private final List<SocketChannel> waiting = new ArrayList<>();

  FullBacklog() throws IOException {
    server = new ServerSocket(0, 1, InetAddress.getLoopbackAddress());
    for (int i = 0; i < CONNECTIONS; i++) {
      SocketChannel channel = SocketChannel.open();
      channel.configureBlocking(false);
      channel.connect(new InetSocketAddress(InetAddress.getLoopbackAddress(), port()));
      waiting.add(channel);
    }
  }

  int port() {
    return server.getLocalPort();
  }

  @Override
  public void close() throws IOException {
    for (SocketChannel channel : waiting) {
      channel.close();
    }
    server.close();
  }
}
