package io.runnel.connectors.sql;

import io.runnel.config.ConfigException;
import io.runnel.config.Doc;
import io.runnel.config.Secret;
import java.util.Optional;
import java.util.Properties;

/** What the plugins {@code sql} say of the server, in ActiveRecord's words. */
record ServerConfig(
    @Doc("The server's host.") String host,
    @Doc("The server's port; the usual one where it is not given.") Optional<Integer> port,
    @Doc("mysql2, postgresql, or sqlite3 with a driver_path.") String adapter,
    @Doc("The user.") Optional<String> username,
    @Doc("The user's password.") @Secret Optional<String> password,
    @Doc("The database.") String database,
    @Doc("The server's unix socket; refused: connect over TCP.") Optional<String> socket,
    @Doc("Schemas that PostgreSQL looks for tables in.") Optional<String> schemaSearchPath,
    Optional<String> driverPath) {

  /**
   * @param connectMillis how long a connection may take
   * @throws ConfigException where something is asked for that is not there
   */
  Database database(int connectMillis) {
    if (socket.isPresent()) {
      throw new ConfigException(
          "socket: unix sockets are not supported, connect over TCP with host and port");
    }
    Dialect dialect = Dialect.ofAdapter(adapter);
    Properties extra = new Properties();
    if (schemaSearchPath.isPresent() && dialect == Dialect.POSTGRESQL) {
      extra.setProperty("currentSchema", schemaSearchPath.get().replace(" ", ""));
    }
    return new Database(
        new Database.Settings(
            dialect, host, port, username, password, connectMillis, extra, driverPath),
        database);
  }
}
