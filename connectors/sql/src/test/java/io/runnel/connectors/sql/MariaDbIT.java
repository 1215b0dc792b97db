package io.runnel.connectors.sql;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.runnel.event.Event;
import io.runnel.testkit.OutputDriver;
import io.runnel.testkit.TestCertificates;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Map;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;

/** Against Debian's MariaDB. */
class MariaDbIT extends DatabaseIT {
  @BeforeAll
  void serve() throws Exception {
    serve(RealDatabase.mariaDb(), "MariaDB");
  }

  @Override
  String adapter() {
    return "mysql2";
  }

  @Override
  String databaseName() {
    return "logs";
  }

  @Override
  String driverPath() {
    return "driver_path "
        + org.mariadb.jdbc.Driver.class
            .getProtectionDomain()
            .getCodeSource()
            .getLocation()
            .getPath();
  }

  @Test
  void bulkFitsValuesIntoTheirColumns() throws Exception {
    database.run("CREATE DATABASE app_web");
    database.run(
        "CREATE TABLE app_web.t_app_web (id INT AUTO_INCREMENT PRIMARY KEY, name VARCHAR(4),"
            + " made DATETIME, seen DATETIME, extra TEXT)");
    String config =
        login()
            + "database ${tag}\ntable t_${tag}\ncolumn_names id,name,made,seen,extra\n"
            + "key_names id, user, ${time}, seen, extra\njson_key_names extra\n"
            + "unixtimestamp_key_names seen\ntransaction_isolation_level read_committed";
    try (OutputDriver driver = driver(MysqlBulkOutput.TYPE, config, "tag")) {
      driver.write(
          "app.web",
          Map.of("user", "née long", "seen", 1_500_000_000L, "extra", Map.of("a", 1)),
          Map.of("user", "b", "seen", "never"));
      assertThat(database.rows("SELECT name, made, seen, extra FROM app_web.t_app_web"))
          .containsExactly("née |2017-07-14 02:40:00|2017-07-14 02:40:00|{\"a\":1}");
      assertThat(driver.context().emitter().errors()).hasSize(1);
      assertThat(driver.context().emitter().errors().getFirst().error())
          .hasMessageContaining("seen is no time in seconds: never");
    }
  }

  /** The user may log in over TLS only, so a row that arrives has come over TLS. */
  @Test
  void tlsIsUsedAndItsAuthorityChecked() throws Exception {
    database.run("CREATE TABLE sealed (n INT)");
    database.run("CREATE USER 'sealed'@'127.0.0.1' IDENTIFIED BY 'p' REQUIRE SSL");
    database.run("GRANT ALL ON logs.* TO 'sealed'@'127.0.0.1'");
    Path stranger =
        TestCertificates.in(Files.createDirectories(temporary.resolve("other")), "127.0.0.1")
            .authority();
    try (OutputDriver driver = driver(MysqlBulkOutput.TYPE, sealed("p", database.authority()))) {
      driver.write("app", Map.of("n", 1L));
      driver.start(MysqlBulkOutput.TYPE, sealed("p", stranger));
      assertThatThrownBy(() -> driver.write("app", Map.of("n", 2L)))
          .isInstanceOf(IOException.class)
          .hasMessageContaining("127.0.0.1:" + database.port())
          .hasStackTraceContaining("certificates");
      driver.start(MysqlBulkOutput.TYPE, sealed("wrong", database.authority()));
      assertThatThrownBy(() -> driver.write("app", Map.of("n", 3L)))
          .isInstanceOf(IOException.class)
          .hasMessageContaining("sealed")
          .hasMessageNotContaining("wrong");
      driver.start(MysqlBulkOutput.TYPE, sealed("p", null));
      assertThatThrownBy(() -> driver.write("app", Map.of("n", 4L)))
          .isInstanceOf(IOException.class);
      driver.start(MysqlBulkOutput.TYPE, sealed("p", database.authority()));
      driver.write("app", Map.of("n", 5L));
    }
    assertThat(database.rows("SELECT n FROM sealed ORDER BY n")).containsExactly("1", "5");
  }

  private String sealed(String password, Path authority) {
    return "host 127.0.0.1\nport "
        + database.port()
        + "\nusername sealed\npassword "
        + password
        + "\ndatabase logs\ntable sealed\ncolumn_names n\n"
        + (authority == null ? "" : "sslverify true\nsslca " + authority + "\n");
  }

  @Test
  void bulkChangesRowsThatAreThere() throws Exception {
    database.run("CREATE TABLE counts (id INT PRIMARY KEY, last INT, times INT DEFAULT 1)");
    String config =
        login()
            + "database logs\ntable counts\ncolumn_names id,last\non_duplicate_key_update true\n"
            + "on_duplicate_update_keys last,times\n"
            + "on_duplicate_update_custom_values last,${times + 1}";
    try (OutputDriver driver = driver(MysqlBulkOutput.TYPE, config)) {
      driver.write("app", Map.of("id", 1L, "last", 5L), Map.of("id", 2L, "last", 6L));
      driver.write("app", Map.of("id", 1L, "last", 7L));
      assertThat(database.rows("SELECT id, last, times FROM counts ORDER BY id"))
          .containsExactly("1|7|2", "2|6|1");
    }
  }

  @Test
  void aLargeChunkGoesInWhole() throws Exception {
    database.run("CREATE TABLE large (n INT, t TEXT)");
    String config = login() + "database logs\ntable large\ncolumn_names n,t";
    try (OutputDriver driver = driver(MysqlBulkOutput.TYPE, config)) {
      Event[] events = new Event[20_000];
      for (int n = 0; n < events.length; n++) {
        events[n] = new Event(OutputDriver.TIME, Map.of("n", (long) n, "t", "x".repeat(1000)));
      }
      driver.write(driver.chunk("app", events));
      assertThat(database.rows("SELECT count(DISTINCT n) FROM large")).containsExactly("20000");
    }
  }

  @Test
  void theOldOutputRunsItsStatementForEachEvent() throws Exception {
    database.run("CREATE TABLE old (tag VARCHAR(20), time VARCHAR(40), a INT, j TEXT)");
    String config =
        login()
            + "database logs\nkey_names tag,time,$.in.a\nformat jsonpath\n<inject>\ntag_key tag\n"
            + "time_key time\ntime_type string\ntime_format %Y\n</inject>\n"
            + "sql INSERT INTO old (tag,time,a) VALUES (?,?,?)";
    try (OutputDriver driver = driver(MysqlOutput.TYPE, config)) {
      driver.write("app", Map.of("in", Map.of("a", 1L)));
      driver.start(MysqlOutput.TYPE, login() + "database logs\nformat json\ntable old\ncolumns j");
      driver.write("app", Map.of("a", 2L));
      driver.start(
          MysqlOutput.TYPE,
          login()
              + "database logs\nkey_names a\n"
              + "sql UPDATE old SET tag = 'x'; INSERT INTO old (a) VALUES (?)");
      driver.write("app", Map.of("a", 3L), Map.of("a", 4L));
      assertThat(database.rows("SELECT tag, time, a, j FROM old ORDER BY coalesce(a, 2)"))
          .containsExactly(
              "x|2017|1|null", "x|null|null|{\"a\":2}", "x|null|3|null", "null|null|4|null");
    }
  }
}
