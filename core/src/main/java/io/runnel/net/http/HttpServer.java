package io.runnel.net.http;

import io.runnel.net.ConnectionLimits;
import io.runnel.net.ConnectionServer;
import io.runnel.net.Report;
import io.runnel.net.StreamLease;
import io.runnel.net.Threads;
import io.runnel.net.TlsContext;
import java.io.IOException;
import java.time.Duration;

/**
 * An HTTP/1.1 server. Without TLS one thread with a selector serves all connections, which costs
 * the least; with TLS each connection has its own thread.
 */
public final class HttpServer implements AutoCloseable {
  /** How long a stop waits for requests that are being handled. */
  static final Duration DRAIN = Duration.ofSeconds(10);

  private final StreamLease lease;
  private final HttpLoop loop;
  private final ConnectionServer secure;

  private HttpServer(StreamLease lease, HttpLoop loop, ConnectionServer secure) {
    this.lease = lease;
    this.loop = loop;
    this.secure = secure;
  }

  /**
   * Starts a server, which owns the lease from now on.
   *
   * @param name for thread dumps
   * @param tls null for plain HTTP
   */
  public static HttpServer start(
      String name,
      StreamLease lease,
      TlsContext tls,
      HttpHandler handler,
      HttpLimits limits,
      Threads threads,
      Report report)
      throws IOException {
    if (tls == null) {
      HttpLoop loop = new HttpLoop(name, lease, handler, limits, threads, report);
      loop.start();
      return new HttpServer(lease, loop, null);
    }
    Duration longest = limits.idle().compareTo(limits.body()) > 0 ? limits.idle() : limits.body();
    ConnectionServer server =
        new ConnectionServer(
            name,
            lease,
            tls,
            new ConnectionLimits(limits.connections(), longest, DRAIN, false),
            threads,
            report,
            session -> new HttpBlocking(session, handler, limits).serve());
    server.start();
    return new HttpServer(lease, null, server);
  }

  /** A server in clear text with threads of its own. */
  public static HttpServer start(StreamLease lease, HttpHandler handler, HttpLimits limits)
      throws IOException {
    Threads threads =
        (name, virtual, task) ->
            (virtual ? Thread.ofVirtual() : Thread.ofPlatform().daemon()).name(name).start(task);
    return start("http", lease, null, handler, limits, threads, (message, error) -> {});
  }

  public int port() {
    return lease.port();
  }

  /**
   * Stops: no request is taken any more, those that are being handled are answered, then all
   * connections are closed.
   */
  @Override
  public void close() {
    if (loop != null) {
      loop.stop();
      lease.close();
    } else {
      secure.stop();
    }
  }
}
