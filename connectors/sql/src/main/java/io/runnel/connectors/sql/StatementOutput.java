package io.runnel.connectors.sql;

import io.runnel.config.ConfigException;
import io.runnel.connectors.sql.StatementConfig.Format;
import io.runnel.event.Json;
import io.runnel.event.RecordAccessor;
import io.runnel.plugin.BufferedOutput;
import io.runnel.plugin.Chunk;
import io.runnel.plugin.Formatter;
import io.runnel.plugin.OutputContext;
import io.runnel.plugins.common.Injector;
import java.io.IOException;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Properties;

/** Runs a statement for each event, those of a chunk in one transaction. */
final class StatementOutput implements BufferedOutput {
  private final StatementConfig config;
  private final OutputContext context;
  private final Database database;
  private final Formatter stored;
  private final List<RecordAccessor> keys;
  private final Placeholders statement;

  StatementOutput(StatementConfig config, Dialect dialect, Properties tls, OutputContext context) {
    this.config = config;
    this.context = context;
    if (config.columns().isEmpty() && config.sql().isEmpty()) {
      throw fault("columns", "columns or sql MUST be specified, but missing");
    }
    if (config.columns().isPresent() && config.sql().isPresent()) {
      throw fault("columns", "both of columns and sql are specified, but specify one of them");
    }
    keys = keys();
    int values = config.format() == Format.JSON ? 1 : keys.size();
    statement = statement(dialect, values);
    if (statement.values() != values) {
      throw fault("sql", "mismatch between sql placeholders and key_names");
    }
    database =
        new Database(
            new Database.Settings(
                dialect,
                config.host(),
                config.port(),
                Optional.of(config.username()),
                Optional.of(config.password()),
                Database.Settings.CONNECT_MILLIS,
                tls,
                config.driverPath()),
            config.database());
    stored = InjectedRecords.of(Injector.of(config.inject(), context));
  }

  private List<RecordAccessor> keys() {
    if (config.format() == Format.JSON) {
      return List.of();
    }
    List<String> names =
        Names.of(
            config.keyNames().orElseThrow(() -> fault("key_names", "key_names MUST be specified")));
    if (config.format() == Format.RAW) {
      return names.stream().map(RecordAccessor::ofKey).toList();
    }
    try {
      return names.stream().map(RecordAccessor::of).toList();
    } catch (IllegalArgumentException e) {
      throw new ConfigException(
          "key_names: " + e.getMessage(), context.element().placeOf("key_names"), e);
    }
  }

  private Placeholders statement(Dialect dialect, int values) {
    if (config.sql().isPresent()) {
      return dialect == Dialect.POSTGRESQL
          ? Placeholders.ofNumbers(config.sql().get())
          : Placeholders.ofMarks(config.sql().get());
    }
    String table = config.table().orElseThrow(() -> fault("table", "table missing"));
    return Placeholders.ofMarks(
        "INSERT INTO "
            + table
            + " ("
            + String.join(",", Names.of(config.columns().get()))
            + ") VALUES "
            + Names.marks(values));
  }

  private ConfigException fault(String parameter, String message) {
    return new ConfigException(message, context.element().placeOf(parameter));
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
    ChunkInserter.Plan plan =
        new ChunkInserter.Plan(
            statement.sql(),
            !statement.statements(),
            true,
            (time, record) -> statement.arrange(values(record)),
            Rows.Preparation.NONE);
    new ChunkInserter(database, config.database(), context.emitter())
        .write(chunk, "write to " + config.database(), connection -> plan);
  }

  private Object[] values(Map<String, Object> record) {
    return config.format() == Format.JSON
        ? new Object[] {Json.write(record)}
        : keys.stream().map(key -> key.get(record)).toArray();
  }
}
