package io.runnel.plugins.output;

import io.runnel.plugin.OutputContext;
import java.io.IOException;
import java.net.DatagramPacket;
import java.net.DatagramSocket;
import java.net.InetSocketAddress;
import java.net.SocketTimeoutException;

/**
 * Asks one node for a sign of life at every interval, in a thread of its own so that a node that is
 * slow to answer holds up no other.
 */
final class ForwardHeartbeat implements Runnable {
  private final ForwardNode node;
  private final boolean udp;
  private final long intervalNanos;
  private final Runnable changed;
  private final OutputContext context;
  private volatile boolean stopped;
  private volatile Thread thread;
  private DatagramSocket socket;

  /**
   * @param changed is called when the node has come back
   */
  ForwardHeartbeat(
      ForwardNode node, boolean udp, long intervalNanos, Runnable changed, OutputContext context) {
    this.node = node;
    this.udp = udp;
    this.intervalNanos = intervalNanos;
    this.changed = changed;
    this.context = context;
  }

  void start() {
    thread = context.startVirtual("out_forward_heartbeat", this);
  }

  @Override
  public void run() {
    try {
      while (!stopped) {
        beat();
        node.purgeIdle();
        context.clock().sleep(intervalNanos);
      }
    } catch (InterruptedException e) {
      // stop() asks for the end
    } finally {
      closeSocket();
    }
  }

  private void beat() {
    try {
      boolean alive = udp ? beatUdp() : beatConnection();
      if (alive && node.alive(true)) {
        changed.run();
      }
    } catch (IOException e) {
      closeSocket();
      context
          .log()
          .debug("failed to send heartbeat packet", "host", node.service().host(), "error", e);
    }
  }

  private boolean beatConnection() throws IOException {
    node.connect().close();
    return true;
  }

  /** Sends one byte, and waits for the one that comes back until it is time for the next. */
  private boolean beatUdp() throws IOException {
    InetSocketAddress address = node.address();
    if (socket == null || !address.equals(socket.getRemoteSocketAddress())) {
      closeSocket();
      socket = new DatagramSocket();
      socket.connect(address);
      socket.setSoTimeout((int) Math.max(1, intervalNanos / 1_000_000));
    }
    socket.send(new DatagramPacket(new byte[1], 1));
    try {
      socket.receive(new DatagramPacket(new byte[16], 16));
      return true;
    } catch (SocketTimeoutException e) {
      return false;
    }
  }

  private void closeSocket() {
    if (socket != null) {
      socket.close();
      socket = null;
    }
  }

  void stop() {
    stopped = true;
    Thread running = thread;
    if (running != null) {
      running.interrupt();
    }
  }
}
