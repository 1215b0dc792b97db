package io.runnel.connectors.sql;

import io.runnel.config.ConfigException;
import io.runnel.config.Default;
import io.runnel.config.Doc;
import io.runnel.config.Inline;
import io.runnel.config.LegacyParameters;
import io.runnel.config.Secret;
import io.runnel.plugin.BufferDefaults;
import io.runnel.plugin.BufferedOutput;
import io.runnel.plugin.Chunk;
import io.runnel.plugin.Formatter;
import io.runnel.plugin.Output;
import io.runnel.plugin.OutputContext;
import io.runnel.plugin.PluginType;
import io.runnel.plugins.common.InjectConfig;
import io.runnel.plugins.common.Injector;
import java.io.IOException;
import java.sql.Connection;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/** The output {@code mysql_bulk}: many rows with one INSERT, and what to do where one is there. */
final class MysqlBulkOutput implements BufferedOutput {
  static final PluginType<Config, OutputContext, Output> TYPE =
      PluginType.output("mysql_bulk", Config.class, MysqlBulkOutput::new)
          .legacy(LegacyParameters.BUFFER, LegacyParameters.INJECT)
          .buffered(BufferDefaults.none());

  private static final Pattern CUSTOM = Pattern.compile("\\$\\{(.*)}");
  private static final Pattern LENGTH = Pattern.compile("(?:var)?char\\((\\d+)\\)");

  @Doc("Writes events as rows of a table of MySQL or MariaDB.")
  record Config(
      @Doc("The server's host.") @Default("127.0.0.1") String host,
      @Doc("The server's port.") @Default("3306") int port,
      @Doc("The database; may hold placeholders, whose dots become underscores.") String database,
      @Doc("The user.") String username,
      @Doc("The user's password.") @Secret @Default("") String password,
      @Inline MysqlTls tls,
      @Doc("The columns, in order, with commas.") String columnNames,
      @Doc("The fields that go into them, where they have other names; ${time} is the time.")
          Optional<String> keyNames,
      @Doc("Fields that are stored as JSON.") Optional<String> jsonKeyNames,
      @Doc("The table; may hold placeholders, whose dots become underscores.") String table,
      @Doc("Fields with seconds since the epoch that are stored as dates.")
          Optional<String> unixtimestampKeyNames,
      @Doc("Changes a row that is there with the same key, instead of refusing the new one.")
          @Default("false")
          boolean onDuplicateKeyUpdate,
      @Doc("The columns that are changed in it, with commas.")
          Optional<String> onDuplicateUpdateKeys,
      @Doc("What they become: the column's name for the new value, or ${an SQL expression}.")
          Optional<String> onDuplicateUpdateCustomValues,
      @Doc("How far a transaction is kept apart from others; the server's own way else.")
          Optional<Isolation> transactionIsolationLevel,
      @Doc("The jar with the JDBC driver; an installed one is found without.")
          Optional<String> driverPath,
      @Doc("Fields that are added to each record.") Optional<InjectConfig> inject) {}

  /** {@code transaction_isolation_level}. */
  enum Isolation {
    READ_UNCOMMITTED(Connection.TRANSACTION_READ_UNCOMMITTED),
    READ_COMMITTED(Connection.TRANSACTION_READ_COMMITTED),
    REPEATABLE_READ(Connection.TRANSACTION_REPEATABLE_READ),
    SERIALIZABLE(Connection.TRANSACTION_SERIALIZABLE);

    private final int level;

    Isolation(int level) {
      this.level = level;
    }
  }

  private final Config config;
  private final OutputContext context;
  private final Database database;
  private final Formatter stored;
  private final List<String> columns;
  private final BulkRows rows;
  private final String update;

  MysqlBulkOutput(Config config, OutputContext context) {
    this.config = config;
    this.context = context;
    columns = Names.of(config.columnNames);
    List<String> keys = config.keyNames.map(Names::of).orElse(columns);
    if (columns.isEmpty() || columns.size() != keys.size()) {
      throw fault(
          "column_names",
          "column_names and key_names must be the same length: "
              + columns.size()
              + " and "
              + keys.size());
    }
    rows =
        new BulkRows(
            keys,
            config.jsonKeyNames.map(Names::of).orElse(List.of()),
            config.unixtimestampKeyNames.map(Names::of).orElse(List.of()),
            context.zone());
    update = config.onDuplicateKeyUpdate ? update() : "";
    database =
        new Database(
            new Database.Settings(
                Dialect.MYSQL,
                config.host,
                Optional.of(config.port),
                Optional.of(config.username),
                Optional.of(config.password),
                Database.Settings.CONNECT_MILLIS,
                config.tls.properties(),
                config.driverPath),
            "");
    stored = InjectedRecords.of(Injector.of(config.inject, context));
  }

  private ConfigException fault(String parameter, String message) {
    return new ConfigException(message, context.element().placeOf(parameter));
  }

  private String update() {
    List<String> keys =
        config
            .onDuplicateUpdateKeys
            .map(Names::of)
            .orElseThrow(
                () ->
                    fault(
                        "on_duplicate_key_update",
                        "on_duplicate_key_update = true , on_duplicate_update_keys nil!"));
    List<String> values =
        config.onDuplicateUpdateCustomValues.map(text -> List.of(text.split(","))).orElse(keys);
    if (values.size() != keys.size()) {
      throw fault(
          "on_duplicate_update_custom_values",
          "on_duplicate_update_keys and on_duplicate_update_custom_values must be the same"
              + " length");
    }
    List<String> assignments = new ArrayList<>();
    for (int i = 0; i < keys.size(); i++) {
      String column = Dialect.MYSQL.column(keys.get(i));
      String value = values.get(i).strip();
      Matcher custom = CUSTOM.matcher(value);
      if (custom.find()) {
        assignments.add(column + " = " + custom.group(1));
      } else if (value.equals(keys.get(i))) {
        assignments.add(column + " = VALUES(" + column + ")");
      } else {
        throw fault(
            "on_duplicate_update_custom_values",
            "'" + value + "' is neither the column's name nor ${an SQL expression}");
      }
    }
    return " ON DUPLICATE KEY UPDATE " + String.join(",", assignments);
  }

  @Override
  public Formatter chunkFormat() {
    return stored;
  }

  @Override
  public void close() {
    database.close();
  }

  @Override
  public void write(Chunk chunk) throws IOException {
    String name = chunk.expand(config.database).replace('.', '_');
    String table = chunk.expand(config.table).replace('.', '_');
    new ChunkInserter(database, name, context.emitter())
        .write(
            chunk,
            "insert into " + name + "." + table,
            connection -> plan(connection, table, chunk.records()));
  }

  private ChunkInserter.Plan plan(Connection connection, String table, int count)
      throws SQLException {
    int[] lengths = lengths(connection, table);
    List<String> quoted = columns.stream().map(Dialect.MYSQL::column).toList();
    String sql =
        "INSERT INTO "
            + Dialect.MYSQL.column(table)
            + " ("
            + String.join(",", quoted)
            + ") VALUES "
            + Names.marks(columns.size())
            + update;
    context.log().info("bulk insert values size (table: " + table + ") => " + count);
    return new ChunkInserter.Plan(
        sql, true, true, (time, record) -> rows.row(time, record, lengths), this::isolate);
  }

  private void isolate(Connection connection) throws SQLException {
    if (config.transactionIsolationLevel.isPresent()) {
      connection.rollback(); // the look at the columns has begun a transaction
      connection.setTransactionIsolation(config.transactionIsolationLevel.get().level);
    }
  }

  /** How many characters each column holds; 0 for no limit. */
  private int[] lengths(Connection connection, String table) throws SQLException {
    Map<String, Integer> known = new HashMap<>();
    try (Statement statement = connection.createStatement();
        ResultSet found =
            statement.executeQuery("SHOW COLUMNS FROM " + Dialect.MYSQL.column(table))) {
      while (found.next()) {
        Matcher length = LENGTH.matcher(found.getString("Type"));
        known.put(found.getString("Field"), length.find() ? Integer.parseInt(length.group(1)) : 0);
      }
    }
    return columns.stream().mapToInt(column -> known.getOrDefault(column, 0)).toArray();
  }
}
