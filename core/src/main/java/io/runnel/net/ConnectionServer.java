package io.runnel.net;

import java.io.IOException;
import java.net.StandardSocketOptions;
import java.nio.channels.SocketChannel;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.TimeUnit;

/**
 * Accepts connections and serves each on a thread of its own, with blocking calls. The first {@link
 * #PLATFORM_THREADS} get platform threads, which are cheaper per byte; the rest virtual ones, which
 * are cheaper per connection.
 */
public final class ConnectionServer {
  /**
   * Where many are connected, stacks would weigh more than the dearer switches of virtual threads.
   */
  static final int PLATFORM_THREADS = 32;

  /** Wait after a failed accept, milliseconds: it fails again at once where descriptors are out. */
  private static final long ACCEPT_PAUSE_MILLIS = 100;

  /** Serves one connection; what it throws ends the connection. */
  @FunctionalInterface
  public interface Handler {
    void serve(Session session) throws IOException;
  }

  private final String name;
  private final StreamLease lease;
  private final TlsContext tls;
  private final ConnectionLimits limits;
  private final Threads threads;
  private final Report report;
  private final Handler handler;
  private final Set<Session> sessions = ConcurrentHashMap.newKeySet();
  private volatile boolean stopping;
  private boolean watching;
  private Thread acceptor;

  /**
   * @param tls null for plain connections
   */
  public ConnectionServer(
      String name,
      StreamLease lease,
      TlsContext tls,
      ConnectionLimits limits,
      Threads threads,
      Report report,
      Handler handler) {
    this.name = name;
    this.lease = lease;
    this.tls = tls;
    this.limits = limits;
    this.threads = threads;
    this.report = report;
    this.handler = handler;
  }

  public void start() {
    acceptor = threads.start(name + "-accept", false, this::acceptLoop);
  }

  /** True once {@link #stop} has begun: a handler then takes no further message. */
  public boolean isStopping() {
    return stopping;
  }

  public int port() {
    return lease.port();
  }

  public int connections() {
    return sessions.size();
  }

  /**
   * Closes the lease, lets each connection finish the message it is at, and waits for that: as long
   * as the limits say, then the connection is cut and its thread interrupted.
   */
  public void stop() {
    stopping = true;
    lease.close();
    join(acceptor, limits.drain().toMillis());
    sessions.forEach(Session::endInput);
    long deadline = System.nanoTime() + limits.drain().toNanos();
    for (Session session : sessions) {
      session.join(Math.max(1, TimeUnit.NANOSECONDS.toMillis(deadline - System.nanoTime())));
    }
    for (Session session : sessions) {
      session.cut();
      session.join(1000);
    }
  }

  private static void join(Thread thread, long millis) {
    if (thread == null || thread == Thread.currentThread()) {
      return;
    }
    try {
      thread.join(millis);
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    }
  }

  private void acceptLoop() {
    while (!stopping) {
      try {
        SocketChannel channel = lease.accept();
        if (channel == null) {
          return;
        }
        admit(channel);
      } catch (IOException e) {
        report.warn("could not accept a connection", e);
        pause();
      }
    }
  }

  private void pause() {
    try {
      Thread.sleep(ACCEPT_PAUSE_MILLIS);
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    }
  }

  private void admit(SocketChannel channel) throws IOException {
    int connections = sessions.size();
    if (connections >= limits.maxConnections() || stopping) {
      channel.close();
      if (!stopping) {
        report.warn(
            "refused a connection: there are " + connections + " already, which is the limit",
            null);
      }
      return;
    }
    PlainConnection plain;
    try {
      plain = new PlainConnection(channel);
      if (limits.keepalive() && plain.peer() != null) {
        channel.setOption(StandardSocketOptions.SO_KEEPALIVE, true);
      }
    } catch (IOException e) {
      channel.close(); // the client has gone again already
      return;
    }
    Session session = new Session(plain);
    sessions.add(session);
    watch();
    session.thread =
        threads.start(
            name + "-" + plain.peerText(), connections >= PLATFORM_THREADS, () -> run(session));
  }

  private void run(Session session) {
    try {
      session.open(tls);
      handler.serve(session);
      session.connection.close();
    } catch (IOException e) {
      if (!stopping && !session.expired) {
        report.warn(
            "unexpected error on reading data host=\"%s\" port=%d"
                .formatted(session.peerText(), session.connection.peerPort()),
            e);
      }
    } finally {
      session.connection.abort();
      sessions.remove(session);
    }
  }

  /** Starts the thread that looks for silent connections, unless it runs or is not needed. */
  private synchronized void watch() {
    if (!watching && !limits.idle().isZero()) {
      watching = true;
      threads.start(name + "-idle", true, this::watchLoop);
    }
  }

  private void watchLoop() {
    long periodMillis = Math.clamp(limits.idle().toMillis() / 4, 10, 10_000);
    while (!stopping) {
      try {
        Thread.sleep(periodMillis);
      } catch (InterruptedException e) {
        return;
      }
      long now = System.nanoTime();
      for (Session session : sessions) {
        long deadline = session.deadline; // read once: the connection's thread changes it
        if (deadline != 0 && now - deadline > 0) {
          session.expired = true;
          session.connection.abort();
        }
      }
      synchronized (this) {
        if (sessions.isEmpty()) {
          watching = false;
          return;
        }
      }
    }
  }

  /** One connection with its thread and deadline. */
  public final class Session {
    private volatile Connection connection;
    private volatile Thread thread;
    private volatile long deadline;
    private volatile boolean expired;

    private Session(PlainConnection plain) {
      connection = plain;
      touch();
    }

    private void open(TlsContext context) throws IOException {
      if (context != null) {
        connection = TlsConnection.accept((PlainConnection) connection, context);
      }
    }

    public Connection connection() {
      return connection;
    }

    public boolean isStopping() {
      return stopping;
    }

    private String peerText() {
      return connection.peerText();
    }

    /** Starts the idle time again: something useful has arrived. */
    public void touch() {
      if (!limits.idle().isZero()) {
        long at = System.nanoTime() + limits.idle().toNanos();
        deadline = at == 0 ? 1 : at;
      }
    }

    /** Suspends the idle time: the server itself is what is being waited for. */
    public void busy() {
      deadline = 0;
    }

    private void endInput() {
      connection.endInput();
    }

    private void cut() {
      connection.abort();
      Thread running = thread;
      if (running != null) {
        running.interrupt();
      }
    }

    private void join(long millis) {
      ConnectionServer.join(thread, millis);
    }
  }
}
