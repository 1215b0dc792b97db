package io.runnel.connectors.redis;

import io.runnel.plugin.UnrecoverableException;
import java.io.IOException;
import java.net.UnknownHostException;
import java.util.ArrayDeque;
import java.util.Deque;
import java.util.Optional;
import redis.clients.jedis.ClientSetInfoConfig;
import redis.clients.jedis.Connection;
import redis.clients.jedis.DefaultJedisClientConfig;
import redis.clients.jedis.HostAndPort;
import redis.clients.jedis.JedisClientConfig;
import redis.clients.jedis.exceptions.JedisConnectionException;
import redis.clients.jedis.exceptions.JedisDataException;
import redis.clients.jedis.exceptions.JedisException;

/**
 * A server with the connections that nobody uses at the moment. Safe for use by several threads.
 */
final class Server implements AutoCloseable {
  /** A server that neither answers nor goes away. */
  private static final int ANSWER_MILLIS = 60_000;

  /** As many as an output has flush threads, within reason. */
  private static final int MAX_IDLE = 16;

  private final HostAndPort address;
  private final int database;
  private final JedisClientConfig config;
  private final Deque<Connection> idle = new ArrayDeque<>();
  private boolean closed;

  Server(String host, int port, int database, Optional<String> password, int connectMillis) {
    this.address = new HostAndPort(host, port);
    this.database = database;
    DefaultJedisClientConfig.Builder builder =
        DefaultJedisClientConfig.builder()
            .connectionTimeoutMillis(connectMillis)
            .socketTimeoutMillis(ANSWER_MILLIS)
            .clientSetInfoConfig(ClientSetInfoConfig.DISABLED)
            .database(database);
    password.ifPresent(builder::password);
    config = builder.build();
  }

  /** What is done with a connection. */
  interface Work {
    void run(Connection connection);
  }

  /**
   * Does something with a connection that is alive.
   *
   * @throws IOException where it may be tried again
   */
  void use(Work work) throws IOException {
    Connection connection = null;
    try {
      connection = take();
      work.run(connection);
      release(connection);
      connection = null;
    } catch (JedisException e) {
      throw failure(e);
    } finally {
      if (connection != null) {
        closeQuietly(connection);
      }
    }
  }

  private Connection take() throws IOException {
    for (Connection next = poll(); next != null; next = poll()) {
      if (isAlive(next)) {
        return next;
      }
      closeQuietly(next);
    }
    return new Connection(address, config);
  }

  private static boolean isAlive(Connection connection) {
    try {
      return connection.ping();
    } catch (JedisException e) {
      return false;
    }
  }

  private synchronized Connection poll() throws IOException {
    if (closed) {
      throw new IOException("closed");
    }
    return idle.pollFirst();
  }

  private void release(Connection connection) {
    synchronized (this) {
      if (!closed && idle.size() < MAX_IDLE) {
        idle.addFirst(connection);
        return;
      }
    }
    closeQuietly(connection);
  }

  private static void closeQuietly(Connection connection) {
    try {
      connection.close();
    } catch (JedisException e) {
      // it is broken already
    }
  }

  private IOException failure(JedisException e) {
    String message = String.valueOf(e.getMessage());
    if (e instanceof JedisDataException && message.startsWith("ERR DB index")) {
      throw new UnrecoverableException("cannot write to Redis at " + named() + ": " + message, e);
    }
    Throwable root = e;
    while (root.getCause() != null) {
      root = root.getCause();
    }
    String reason =
        root instanceof UnknownHostException
            ? "unknown host " + address.getHost()
            : e instanceof JedisConnectionException && root != e
                ? root.getMessage()
                : message.lines().findFirst().orElse(message);
    boolean login =
        message.contains("WRONGPASS")
            || message.contains("NOAUTH")
            || message.contains("AUTH <password>")
            || message.contains("invalid password");
    return new IOException(
        "cannot write to Redis at " + named() + ": " + reason + (login ? " (check password)" : ""),
        e);
  }

  private String named() {
    return address.getHost() + ":" + address.getPort() + "/" + database;
  }

  @Override
  public void close() {
    Deque<Connection> all;
    synchronized (this) {
      closed = true;
      all = new ArrayDeque<>(idle);
      idle.clear();
    }
    all.forEach(Server::closeQuietly);
  }
}
