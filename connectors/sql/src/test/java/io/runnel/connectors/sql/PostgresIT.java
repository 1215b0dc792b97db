package io.runnel.connectors.sql;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.runnel.testkit.OutputDriver;
import java.io.IOException;
import java.util.Map;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;

/** Against Debian's PostgreSQL. */
class PostgresIT extends DatabaseIT {
  @BeforeAll
  void serve() throws IOException {
    serve(RealDatabase.postgreSql(), "PostgreSQL");
  }

  @Override
  String adapter() {
    return "postgresql";
  }

  @Override
  String databaseName() {
    return "postgres";
  }

  @Override
  String driverPath() {
    return "";
  }

  private String postgres(String rest) {
    return login() + "database postgres\n" + rest;
  }

  @Test
  void valuesTakeTheTypesOfTheirColumns() throws Exception {
    database.run(
        "CREATE TABLE typed (i INT, f NUMERIC, b BOOLEAN, t TIMESTAMPTZ, j JSONB, s TEXT)");
    String config =
        postgres(
            "key_names i,f,b,t,j,s\n"
                + "sql INSERT INTO typed (i,f,b,t,j,s) VALUES ($1,$2,$3,$4,$5,$6)");
    try (OutputDriver driver = driver(PostgresOutput.TYPE, config)) {
      driver.write(
          "app",
          Map.of(
              "i",
              "42",
              "f",
              1.5,
              "b",
              true,
              "t",
              "2020-01-01 00:00:00+00",
              "j",
              Map.of("a", 1),
              "s",
              7L));
      driver.write("app", Map.of());
      assertThat(
              database.rows("SELECT i, f, b, t = '2020-01-01Z', j->>'a', s FROM typed ORDER BY i"))
          .containsExactly("42|1.5|t|t|1|7", "null|null|null|null|null|null");
    }
  }

  @Test
  void askedForAConflictMakesNoDuplicates() throws Exception {
    database.run("CREATE TABLE once (n INT PRIMARY KEY, j JSONB)");
    String config =
        postgres(
            "format json\nsql INSERT INTO once (n, j) VALUES (($1::json->>'n')::int, $1)"
                + " ON CONFLICT (n) DO NOTHING");
    try (OutputDriver driver = driver(PostgresOutput.TYPE, config)) {
      var chunk = driver.chunk("app", Map.of("n", 1L), Map.of("n", 2L));
      driver.write(chunk);
      driver.write(chunk);
      assertThat(database.rows("SELECT n, j FROM once ORDER BY n"))
          .containsExactly("1|{\"n\": 1}", "2|{\"n\": 2}");
    }
  }

  @Test
  void columnsAndTableMakeTheStatement() throws Exception {
    database.run("CREATE SCHEMA own; CREATE TABLE own.made (tag TEXT, n INT)");
    String config =
        postgres(
            "table own.made\n"
                + "columns tag, n\n"
                + "key_names tag, n\n"
                + "include_tag_key true\n"
                + "<inject>\n"
                + "tag_key tag\n"
                + "</inject>");
    try (OutputDriver driver = driver(PostgresOutput.TYPE, config)) {
      driver.write("app.a", Map.of("n", 1L));
      assertThat(database.rows("SELECT tag, n FROM own.made")).containsExactly("app.a|1");
    }
    String schema = sql("schema_search_path own\n<table>\ntable made\ncolumn_mapping n\n</table>");
    try (OutputDriver driver = driver(SqlOutput.TYPE, schema, "tag")) {
      driver.write("app", Map.of("n", 2L));
      assertThat(database.rows("SELECT n FROM own.made ORDER BY n")).containsExactly("1", "2");
    }
  }

  @Test
  void aStatementThatIsWrongIsSaid() throws Exception {
    String config = postgres("key_names n\nsql INSRT INTO x VALUES ($1)");
    try (OutputDriver driver = driver(PostgresOutput.TYPE, config)) {
      assertThatThrownBy(() -> driver.write("app", Map.of("n", 1L)))
          .isInstanceOf(IOException.class)
          .hasMessageContaining("syntax error");
    }
  }
}
