package io.runnel.connectors.opentelemetry;

import io.runnel.net.StreamLease;
import io.runnel.plugin.PluginContext;
import java.io.IOException;
import java.net.InetSocketAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.net.SocketAddress;
import java.net.SocketException;
import java.nio.channels.SocketChannel;
import java.time.Duration;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.RejectedExecutionException;
import java.util.concurrent.ScheduledExecutorService;
import java.util.concurrent.TimeUnit;

/**
 * A share of a listening socket, in the form that gRPC's server knows: so a reload keeps the port
 * open. It holds the number of connections within a limit and ends those that do not say hello in
 * time; gRPC has neither. {@link #accept} is called by one thread.
 */
final class LeasedServerSocket extends ServerSocket {
  /**
   * What is granted to clients.
   *
   * @param connections at once; one more is closed
   * @param hello for TLS and the first frames of HTTP/2
   */
  record Limits(int connections, Duration hello) {
    /** As for the servers of HTTP: far below the usual limit of descriptors. */
    static final Limits DEFAULT = new Limits(8192, Duration.ofSeconds(20));
  }

  /** For the answer that says why, to be read. */
  private static final Duration FAREWELL = Duration.ofSeconds(2);

  private static final long ACCEPT_PAUSE_MILLIS = 100;

  private final StreamLease lease;
  private final Limits limits;
  private final PluginContext context;
  private final ScheduledExecutorService timer;
  private final Map<SocketAddress, Socket> accepted = new ConcurrentHashMap<>();
  private final Set<SocketAddress> greeted = ConcurrentHashMap.newKeySet();
  private volatile boolean closed;

  LeasedServerSocket(
      StreamLease lease, Limits limits, PluginContext context, ScheduledExecutorService timer)
      throws IOException {
    this.lease = lease;
    this.limits = limits;
    this.context = context;
    this.timer = timer;
  }

  /** The lease is bound already. */
  @Override
  public void bind(SocketAddress ignored) {}

  @Override
  public void bind(SocketAddress ignored, int backlog) {}

  @Override
  public SocketAddress getLocalSocketAddress() {
    try {
      return lease.channel().getLocalAddress();
    } catch (IOException e) {
      return new InetSocketAddress(lease.port());
    }
  }

  /** A fault of one connection must not reach gRPC, which would never accept again. */
  @Override
  public Socket accept() throws IOException {
    while (!closed) {
      try {
        SocketChannel channel = lease.accept();
        if (channel == null) {
          break;
        }
        Socket socket = admit(channel);
        if (socket != null) {
          return socket;
        }
      } catch (IOException e) {
        context.log().warn("could not accept a connection", "error", e);
        pause();
      }
    }
    throw new SocketException("closed");
  }

  private static void pause() {
    try {
      Thread.sleep(ACCEPT_PAUSE_MILLIS);
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    }
  }

  private Socket admit(SocketChannel channel) throws IOException {
    if (accepted.size() >= limits.connections) {
      accepted.values().removeIf(Socket::isClosed);
    }
    if (accepted.size() >= limits.connections) {
      context
          .log()
          .warn(
              "refused a connection: there are "
                  + limits.connections
                  + " already, which is the limit");
      channel.close();
      return null;
    }
    Socket socket = channel.socket();
    SocketAddress peer = socket.getRemoteSocketAddress();
    if (peer == null) {
      channel.close(); // the client has gone again already
      return null;
    }
    accepted.put(peer, socket);
    later(limits.hello, () -> expire(socket, peer));
    return socket;
  }

  /** gRPC speaks with this client. */
  void greeted(SocketAddress peer) {
    greeted.add(peer);
  }

  /** gRPC has ended the connection of this client. */
  void gone(SocketAddress peer) {
    greeted.remove(peer);
    accepted.values().removeIf(Socket::isClosed);
  }

  private void expire(Socket socket, SocketAddress peer) {
    if (greeted.contains(peer)) {
      return;
    }
    accepted.remove(peer, socket);
    closeQuietly(socket);
  }

  /**
   * Ends the connection of a client soon. To be called where a call was answered before its message
   * had come: what of it is still on the way is never credited to the client (in OkHttp's server),
   * so a connection on which that happens a few times would stand still.
   */
  void hangUp(SocketAddress peer) {
    Socket socket = accepted.get(peer);
    if (socket != null) {
      later(FAREWELL, () -> closeQuietly(socket));
    }
  }

  private void later(Duration delay, Runnable task) {
    try {
      timer.schedule(task, delay.toMillis(), TimeUnit.MILLISECONDS);
    } catch (RejectedExecutionException e) {
      task.run(); // the server is being closed
    }
  }

  private void closeQuietly(Socket socket) {
    try {
      socket.close();
    } catch (IOException e) {
      context.log().debug("a connection could not be closed", "error", e);
    }
  }

  @Override
  public boolean isClosed() {
    return closed;
  }

  @Override
  public void close() throws IOException {
    closed = true;
    lease.close();
    super.close();
  }

  /** Ends what gRPC has not ended by itself. */
  void cut() {
    accepted.values().forEach(this::closeQuietly);
    accepted.clear();
  }
}
