package io.runnel.connectors.sql;

import io.runnel.testkit.DebianServer;
import io.runnel.testkit.ServerProcess;
import io.runnel.testkit.TestCertificates;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.GeneralSecurityException;
import java.sql.Connection;
import java.sql.DriverManager;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

/** Debian's MariaDB or PostgreSQL with a database {@code logs} for the user {@code runnel}. */
final class RealDatabase implements AutoCloseable {
  static final String PASSWORD = "pass-word";

  /** PostgreSQL's children outlive a kill of their parent for a moment. */
  private static final int START_TRIES = 20;

  private final Path folder;
  private final int port;
  private final String url;
  private final ServerProcess server;
  private Path authority;

  private RealDatabase(Path folder, int port, String url, List<String> command) {
    this.folder = folder;
    this.port = port;
    this.url = url;
    this.server =
        ServerProcess.of(folder, command)
            .readyWhen(
                () -> {
                  try (Connection ready = connect()) {
                    return ready.isValid(1);
                  }
                });
  }

  /** Empty where it cannot be had. */
  static Optional<RealDatabase> mariaDb() throws IOException, GeneralSecurityException {
    Optional<Path> program = DebianServer.program("mariadb-server", "/usr/sbin/mariadbd");
    Optional<Path> install = DebianServer.program("mariadb-server", "/usr/bin/mariadb-install-db");
    if (program.isEmpty() || install.isEmpty()) {
      return Optional.empty();
    }
    Path folder = DebianServer.folder("mariadb", "mysql");
    Path data = folder.resolve("data");
    TestCertificates certificates = TestCertificates.in(folder, "127.0.0.1");
    Path first = folder.resolve("first.sql");
    Files.writeString(
        first,
        "CREATE DATABASE IF NOT EXISTS logs CHARACTER SET utf8mb4;\n"
            + "CREATE USER IF NOT EXISTS 'runnel'@'127.0.0.1' IDENTIFIED BY '"
            + PASSWORD
            + "';\nGRANT ALL ON *.* TO 'runnel'@'127.0.0.1' WITH GRANT OPTION;\nFLUSH PRIVILEGES;\n");
    List<String> common =
        List.of(
            "--no-defaults",
            "--datadir=" + data,
            "--innodb-buffer-pool-size=16M",
            "--innodb-log-file-size=8M");
    List<String> prepare = new ArrayList<>(DebianServer.as("mysql"));
    prepare.add(install.get().toString());
    prepare.addAll(common);
    prepare.addAll(List.of("--skip-test-db", "--auth-root-authentication-method=normal"));
    if (!DebianServer.run(prepare)) {
      DebianServer.delete(folder);
      return Optional.empty();
    }
    int port = ServerProcess.freePort();
    List<String> command = new ArrayList<>(DebianServer.as("mysql"));
    command.add(program.get().toString());
    command.addAll(common);
    command.addAll(
        List.of(
            "--port=" + port,
            "--bind-address=127.0.0.1",
            "--socket=" + folder.resolve("s"),
            "--pid-file=" + folder.resolve("pid"),
            "--performance-schema=off",
            "--ssl-cert=" + certificates.certificate(),
            "--ssl-key=" + certificates.key(),
            "--init-file=" + first));
    RealDatabase made =
        new RealDatabase(folder, port, "jdbc:mariadb://127.0.0.1:" + port + "/logs", command);
    made.authority = certificates.authority();
    return Optional.of(made);
  }

  /** Empty where it cannot be had. */
  static Optional<RealDatabase> postgreSql() throws IOException {
    Optional<Path> program =
        DebianServer.program("postgresql", "/usr/lib/postgresql/*/bin/postgres");
    if (program.isEmpty()) {
      return Optional.empty();
    }
    Path folder = DebianServer.folder("postgresql", "postgres");
    Path data = folder.resolve("data");
    Path password = Files.writeString(folder.resolve("password"), PASSWORD + "\n");
    List<String> prepare = new ArrayList<>(DebianServer.as("postgres"));
    prepare.addAll(
        List.of(
            program.get().resolveSibling("initdb").toString(),
            "-D",
            data.toString(),
            "-U",
            "runnel",
            "-A",
            "scram-sha-256",
            "--pwfile=" + password,
            "-E",
            "UTF8",
            "--no-sync"));
    if (!DebianServer.run(prepare)) {
      DebianServer.delete(folder);
      return Optional.empty();
    }
    int port = ServerProcess.freePort();
    List<String> command = new ArrayList<>(DebianServer.as("postgres"));
    command.addAll(
        List.of(
            program.get().toString(),
            "-D",
            data.toString(),
            "-p",
            Integer.toString(port),
            "-h",
            "127.0.0.1",
            "-k",
            "",
            "-c",
            "shared_buffers=16MB"));
    return Optional.of(
        new RealDatabase(
            folder, port, "jdbc:postgresql://127.0.0.1:" + port + "/postgres", command));
  }

  RealDatabase start() {
    for (int tries = 1; ; tries++) {
      try {
        server.start();
        return this;
      } catch (AssertionError e) {
        if (tries == START_TRIES || server.isAlive()) {
          throw e;
        }
        pause();
      }
    }
  }

  /** The last one's children still hold the data. */
  private static void pause() {
    try {
      Thread.sleep(200);
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      throw new AssertionError("interrupted", e);
    }
  }

  void kill() {
    server.kill();
  }

  /** The file with the authority of its certificate; null where it speaks no TLS. */
  Path authority() {
    return authority;
  }

  int port() {
    return port;
  }

  Connection connect() throws SQLException {
    return DriverManager.getConnection(url, "runnel", PASSWORD);
  }

  void run(String sql) throws SQLException {
    try (Connection connection = connect();
        Statement statement = connection.createStatement()) {
      statement.execute(sql);
    }
  }

  /** The rows, each as its values with {@code |} between them. */
  List<String> rows(String sql) {
    List<String> rows = new ArrayList<>();
    try (Connection connection = connect();
        Statement statement = connection.createStatement();
        ResultSet found = statement.executeQuery(sql)) {
      int columns = found.getMetaData().getColumnCount();
      while (found.next()) {
        List<String> values = new ArrayList<>();
        for (int i = 1; i <= columns; i++) {
          values.add(String.valueOf(found.getString(i)));
        }
        rows.add(String.join("|", values));
      }
    } catch (SQLException e) {
      throw new AssertionError(sql, e);
    }
    return rows;
  }

  @Override
  public void close() {
    server.close();
    DebianServer.delete(folder);
  }
}
