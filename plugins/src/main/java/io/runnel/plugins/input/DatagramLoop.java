package io.runnel.plugins.input;

import io.runnel.net.DatagramLease;
import io.runnel.plugin.EmitException;
import io.runnel.plugin.PluginContext;
import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.SocketAddress;
import java.nio.ByteBuffer;

/** Receives datagrams in a thread of its own; what is there at once makes one batch. */
public final class DatagramLoop {
  /** Datagrams of one batch. */
  private static final int MOST = 256;

  private static final long JOIN_MILLIS = 10_000;

  /** Who takes the datagrams. All calls come from one thread. */
  public interface Taker {
    void begin();

    void take(byte[] data, int length, InetAddress sender);

    void flush();
  }

  private final PluginContext context;
  private final DatagramLease lease;
  private final Taker taker;
  private final byte[] data;
  private final ByteBuffer buffer;
  private volatile boolean stopping;
  private Thread thread;

  /**
   * @param length longest datagram; the rest of a longer one is cut off
   */
  public DatagramLoop(PluginContext context, DatagramLease lease, int length, Taker taker) {
    this.context = context;
    this.lease = lease;
    this.taker = taker;
    data = new byte[length];
    buffer = ByteBuffer.wrap(data);
  }

  public void start(String name) {
    thread = context.start(name, this::run);
  }

  public int port() {
    return lease.port();
  }

  private void run() {
    while (!stopping) {
      try {
        SocketAddress sender = lease.receive(buffer.clear());
        if (sender == null) {
          return;
        }
        taker.begin();
        for (int count = 1; sender != null; count++) {
          InetAddress address = sender instanceof InetSocketAddress inet ? inet.getAddress() : null;
          taker.take(data, buffer.position(), address);
          sender = count < MOST ? lease.receiveNow(buffer.clear()) : null;
        }
        taker.flush();
      } catch (EmitException e) {
        context.log().error("unexpected error, datagrams are lost", e);
      } catch (IOException e) {
        if (!stopping) {
          context.log().error("unexpected error on receiving a datagram", e);
        }
      }
    }
  }

  public void stop() {
    stopping = true;
    lease.close();
    try {
      if (thread != null) {
        thread.join(JOIN_MILLIS);
        thread.interrupt();
        thread.join(JOIN_MILLIS);
      }
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    }
  }
}
