package io.runnel.connectors.sql;

import io.runnel.config.ConfigException;
import java.io.IOException;
import java.sql.Connection;
import java.sql.Driver;
import java.sql.SQLException;
import java.util.ArrayDeque;
import java.util.Deque;
import java.util.Optional;
import java.util.Properties;

/**
 * A server with the connections that nobody uses at the moment, by database. Safe for use by
 * several threads.
 */
final class Database implements AutoCloseable {
  private static final int CONNECT_SECONDS = 10;

  /** A server that neither answers nor goes away; large chunks take their time. */
  private static final int ANSWER_SECONDS = 120;

  private static final int PING_SECONDS = 5;

  /** As many as an output has flush threads, within reason. */
  private static final int MAX_IDLE = 16;

  private static final int MILLIS = 1000;

  private final Settings settings;
  private final Driver driver;
  private final Deque<Idle> idle = new ArrayDeque<>();
  private boolean closed;

  private record Idle(String database, Connection connection) {}

  /**
   * Where it is and who logs in.
   *
   * @param port empty for the dialect's own
   * @param tls properties of the driver for TLS and the like
   */
  record Settings(
      Dialect dialect,
      String host,
      Optional<Integer> port,
      Optional<String> username,
      Optional<String> password,
      int connectMillis,
      Properties tls,
      Optional<String> driverPath) {
    static final int CONNECT_MILLIS = CONNECT_SECONDS * MILLIS;

    int effectivePort() {
      return port.orElse(dialect.defaultPort());
    }
  }

  /**
   * @param database any, to find the driver with
   * @throws ConfigException where there is no driver
   */
  Database(Settings settings, String database) {
    this.settings = settings;
    try {
      String url = settings.dialect.url(settings.host, settings.effectivePort(), "x");
      driver =
          Drivers.find(
              settings.dialect == Dialect.SQLITE ? url(database) : url, settings.driverPath);
    } catch (IllegalArgumentException e) {
      throw new ConfigException(e.getMessage(), io.runnel.config.Place.NONE, e);
    }
  }

  private String url(String database) {
    return settings.dialect.url(settings.host, settings.effectivePort(), database);
  }

  Dialect dialect() {
    return settings.dialect;
  }

  /** For messages. */
  String named() {
    return settings.dialect == Dialect.SQLITE
        ? "sqlite"
        : settings.host + ":" + settings.effectivePort();
  }

  /**
   * A connection that is alive; to be given back with {@link #release}, or closed after an error.
   */
  Connection take(String database) throws SQLException, IOException {
    for (Idle next = poll(database); next != null; next = poll(database)) {
      if (next.connection.isValid(PING_SECONDS)) {
        return next.connection;
      }
      closeQuietly(next.connection);
    }
    Connection connection = driver.connect(url(database), properties());
    if (connection == null) {
      throw new IOException("the driver does not take " + url(database));
    }
    connection.setAutoCommit(false);
    return connection;
  }

  private synchronized Idle poll(String database) throws IOException {
    if (closed) {
      throw new IOException("closed");
    }
    for (Idle each : idle) {
      if (each.database.equals(database)) {
        idle.remove(each);
        return each;
      }
    }
    return null;
  }

  void release(String database, Connection connection) {
    Idle oldest = null;
    synchronized (this) {
      idle.addLast(new Idle(database, connection));
      if (closed || idle.size() > MAX_IDLE) {
        oldest = idle.pollFirst();
      }
    }
    if (oldest != null) {
      closeQuietly(oldest.connection);
    }
  }

  private Properties properties() {
    Properties properties = new Properties();
    properties.putAll(settings.tls);
    settings.username.ifPresent(name -> properties.setProperty("user", name));
    settings.password.ifPresent(word -> properties.setProperty("password", word));
    switch (settings.dialect) {
      case MYSQL -> {
        properties.setProperty("connectTimeout", Integer.toString(settings.connectMillis));
        properties.setProperty("socketTimeout", Integer.toString(ANSWER_SECONDS * MILLIS));
        properties.setProperty("allowMultiQueries", "true");
        properties.setProperty("tcpKeepAlive", "true");
      }
      case POSTGRESQL -> {
        int seconds = Math.max(1, settings.connectMillis / MILLIS);
        properties.setProperty("connectTimeout", Integer.toString(seconds));
        properties.setProperty("loginTimeout", Integer.toString(2 * seconds));
        properties.setProperty("socketTimeout", Integer.toString(ANSWER_SECONDS));
        // A text takes the type of its column, as with the gems.
        properties.setProperty("stringtype", "unspecified");
        properties.setProperty("reWriteBatchedInserts", "true");
        properties.setProperty("ApplicationName", "runnel");
        properties.setProperty("tcpKeepAlive", "true");
      }
      case SQLITE -> {}
    }
    return properties;
  }

  static void closeQuietly(Connection connection) {
    try {
      connection.close();
    } catch (SQLException e) {
      // it is broken already
    }
  }

  @Override
  public void close() {
    Deque<Idle> all;
    synchronized (this) {
      closed = true;
      all = new ArrayDeque<>(idle);
      idle.clear();
    }
    all.forEach(each -> closeQuietly(each.connection));
  }
}
