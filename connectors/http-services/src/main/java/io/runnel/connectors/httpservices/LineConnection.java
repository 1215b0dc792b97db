package io.runnel.connectors.httpservices;

import io.runnel.event.Bytes;
import io.runnel.net.TlsClientConfig;
import io.runnel.net.TlsContext;
import io.runnel.plugin.PluginContext;
import io.runnel.plugins.client.ClientConnection;
import io.runnel.plugins.client.SendWatch;
import java.io.IOException;
import java.net.InetSocketAddress;
import java.time.Duration;
import java.util.Optional;

/**
 * One TCP or TLS connection for lines that nobody acknowledges, made anew where it broke. Sends by
 * several threads wait for each other.
 */
final class LineConnection implements AutoCloseable {
  private static final int TIMEOUT_MILLIS = 60_000;

  private final PluginContext context;
  private final String host;
  private final int port;
  private final Optional<TlsClientConfig> tls;
  private final SendWatch watch;
  private ClientConnection connection;
  private TlsContext tlsContext;

  /**
   * @param tls empty for plain TCP
   */
  LineConnection(PluginContext context, String host, int port, Optional<TlsClientConfig> tls) {
    this.context = context;
    this.host = host;
    this.port = port;
    this.tls = tls;
    watch = new SendWatch(context, Duration.ofMillis(TIMEOUT_MILLIS));
  }

  void start() {
    watch.start();
  }

  void stop() {
    watch.stop();
  }

  @Override
  public void close() {
    watch.close();
    synchronized (this) {
      drop();
    }
  }

  /**
   * Writes lines.
   *
   * @throws IOException where they were perhaps not all sent
   */
  synchronized void send(Bytes lines) throws IOException {
    try {
      if (connection != null && !connection.isReusable()) {
        drop();
      }
      if (connection == null) {
        connection = connect();
      }
      watch.use(connection, used -> used.write(lines.array(), 0, lines.length()));
    } catch (IOException e) {
      drop();
      throw new IOException("cannot send to " + host + ":" + port + ": " + e.getMessage(), e);
    }
  }

  private void drop() {
    if (connection != null) {
      connection.close();
      connection = null;
    }
  }

  private ClientConnection connect() throws IOException {
    InetSocketAddress address = new InetSocketAddress(host, port);
    if (address.isUnresolved()) {
      throw new IOException("cannot resolve host name: " + host);
    }
    ClientConnection opened = ClientConnection.open(address, TIMEOUT_MILLIS, context.clock());
    opened.keepalivePackets();
    if (tls.isPresent()) {
      if (tlsContext == null) {
        tlsContext = tls.get().context();
      }
      watch.use(opened, used -> used.startTls(tlsContext, host, TIMEOUT_MILLIS));
    }
    return opened;
  }
}
