package io.runnel.connectors.sql;

import io.runnel.config.Argument;
import io.runnel.config.ConfigException;
import io.runnel.config.Default;
import io.runnel.config.Doc;
import io.runnel.config.Inline;
import io.runnel.config.LegacyParameters;
import io.runnel.config.Name;
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
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

/** The output {@code sql}: fields into columns of a table, which the tag may choose. */
final class SqlOutput implements BufferedOutput {
  static final PluginType<Config, OutputContext, Output> TYPE =
      PluginType.output("sql", Config.class, SqlOutput::new)
          .legacy(LegacyParameters.BUFFER, LegacyParameters.INJECT)
          .buffered(BufferDefaults.of(List.of("tag")));

  @Doc("Writes events as rows of tables of PostgreSQL, MySQL and others.")
  record Config(
      @Inline ServerConfig server,
      @Doc("Taken off the front of the tag before it is compared with the tables' patterns.")
          Optional<String> removeTagPrefix,
      @Doc("Leaves out rows that the database refuses; else the whole chunk is tried again.")
          @Default("true")
          boolean enableFallback,
      @Doc("Has no effect: there is a connection for each flush thread.") @Default("5") int pool,
      @Doc("Milliseconds that a connection may take.") @Default("5000") int timeout,
      @Doc("A table; the one without a pattern takes what no other takes.") @Name("table")
          List<Table> tables,
      @Doc("Fields that are added to each record.") Optional<InjectConfig> inject) {}

  /** {@code <table>}. */
  record Table(
      @Doc("Tags that go into this table.") @Argument @Default("") String pattern,
      @Doc("The table's name.") String table,
      @Doc("field:column with commas; a field alone goes into the column of its name.")
          String columnMapping,
      @Doc("Has no effect: what may pass is tried again with the chunk.") @Default("5")
          int numRetries) {}

  private final Config config;
  private final OutputContext context;
  private final Database database;
  private final Formatter stored;
  private final List<MappedTable> tables = new ArrayList<>();
  private MappedTable defaultTable;

  SqlOutput(Config config, OutputContext context) {
    this.config = config;
    this.context = context;
    database = config.server.database(config.timeout);
    for (Table table : config.tables) {
      MappedTable mapped =
          new MappedTable(table, database.dialect(), context.clock(), context.element().place());
      if (!table.pattern.isEmpty()) {
        tables.add(mapped);
        continue;
      }
      if (defaultTable != null) {
        context.log().warn("Detect duplicate default table definition");
      }
      defaultTable = mapped;
    }
    if (defaultTable == null) {
      throw new ConfigException(
          "There is no default table. <table> is required in sql output",
          context.element().place());
    }
    stored = InjectedRecords.of(Injector.of(config.inject, context));
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
    MappedTable table = table(chunk.tag());
    new ChunkInserter(database, config.server.database(), context.emitter())
        .write(
            chunk,
            "insert into " + config.server.database() + "." + table.name(),
            connection ->
                new ChunkInserter.Plan(
                    table.sql(connection),
                    true,
                    config.enableFallback,
                    table::row,
                    Rows.Preparation.NONE));
  }

  private MappedTable table(String tag) {
    String name = tag == null ? "" : tag;
    String prefix = config.removeTagPrefix.orElse("");
    String rest = name.startsWith(prefix) ? name.substring(prefix.length()) : name;
    return tables.stream()
        .filter(table -> table.pattern().matches(rest))
        .findFirst()
        .orElse(defaultTable);
  }
}
