package io.runnel.connectors.sql;

import io.runnel.config.ConfigException;
import io.runnel.config.Default;
import io.runnel.config.Doc;
import io.runnel.config.Inline;
import io.runnel.config.Name;
import io.runnel.host.Disk;
import io.runnel.plugin.EmitException;
import io.runnel.plugin.Input;
import io.runnel.plugin.PluginContext;
import io.runnel.plugin.PluginType;
import io.runnel.plugins.common.StopSignal;
import java.io.IOException;
import java.nio.file.Path;
import java.sql.Connection;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

/**
 * Reads the rows of tables that are new by a column that grows. How far it is, is stored when the
 * events are safe in the buffers: a kill repeats rows, none is lost.
 */
final class SqlInput implements Input {
  static final PluginType<Config, PluginContext, Input> TYPE =
      PluginType.input("sql", Config.class, SqlInput::new).singleWorker();

  private static final long JOIN_MILLIS = 10_000;

  @Doc("Reads new rows of tables of PostgreSQL, MySQL and others.")
  record Config(
      @Inline ServerConfig server,
      @Doc("File that keeps how far each table was read.") Optional<String> stateFile,
      @Doc("Goes in front of the tables' tags, with a dot.") Optional<String> tagPrefix,
      @Doc("Time between two looks for new rows.") @Default("60") Duration selectInterval,
      @Doc("Rows that are read together; 0 for all.") @Default("500") int selectLimit,
      @Doc("Reads every table of the database, by its primary key.") @Default("false")
          boolean allTables,
      @Doc("A table.") @Name("table") List<Table> tables) {}

  /** {@code <table>}. */
  record Table(
      @Doc("The table's name.") String table,
      @Doc("Its tag; its name where it is not given.") Optional<String> tag,
      @Doc("The column that grows; the primary key where it is not given.")
          Optional<String> updateColumn,
      @Doc("The column with the events' time; now where it is not given.")
          Optional<String> timeColumn,
      @Doc("The primary key, where the database knows of none.") Optional<String> primaryKey,
      @Doc("Format of columns with a time.") @Default("%Y-%m-%d %H:%M:%S.%6N%z")
          String timeFormat) {}

  private final Config config;
  private final PluginContext context;
  private final Database database;
  private final ReadState state;
  private final StopSignal stop = new StopSignal();
  private final List<TableReader> readers = new ArrayList<>();
  private boolean allRead;
  private Thread thread;

  SqlInput(Config config, PluginContext context) {
    this.config = config;
    this.context = context;
    if (config.tables.isEmpty() && !config.allTables) {
      throw new ConfigException(
          "no table is configured: add <table>, or all_tables", context.element().place());
    }
    if (config.stateFile.isEmpty()) {
      context.log().warn("'state_file PATH' parameter is not set to a 'sql' source.");
      context
          .log()
          .warn("this parameter is highly recommended to save the last rows to resume tailing.");
    }
    database = config.server.database(Database.Settings.CONNECT_MILLIS);
    state = new ReadState(config.stateFile.map(Path::of), Disk.local());
    config.tables.forEach(this::addReader);
  }

  private void addReader(Table table) {
    String name = table.tag.orElse(table.table);
    String tag = config.tagPrefix.map(prefix -> prefix + "." + name).orElse(name);
    readers.add(
        new TableReader(table, tag, database.dialect(), config.selectLimit, state, context));
  }

  @Override
  public void start() throws IOException {
    state.open(context.ownership());
    thread = context.start("sql_input", this::run);
  }

  @Override
  public void stop() {
    stop.set();
    StopSignal.join(thread, JOIN_MILLIS);
  }

  @Override
  public void close() {
    database.close();
    state.close();
  }

  private void run() {
    String said = "";
    while (stop.pause(config.selectInterval.toNanos())) {
      try {
        readAll();
        said = "";
      } catch (SQLException e) {
        String text =
            SqlErrors.of("read from " + config.server.database(), database.named(), e).getMessage();
        if (!text.equals(said)) { // once, not at each look
          context.log().warn(text);
        }
        said = text;
      } catch (EmitException | IOException e) {
        context.log().warn("rows are read again, because they could not be stored", e);
      }
    }
  }

  private void readAll() throws SQLException, IOException {
    Connection connection = database.take(config.server.database());
    boolean good = false;
    try {
      if (config.allTables && !allRead) {
        findTables(connection);
      }
      for (TableReader reader : readers) {
        while (!stop.isSet() && reader.read(connection)) {
          connection.rollback(); // the next look sees what has come since
        }
        connection.rollback();
      }
      good = true;
    } finally {
      if (good) {
        database.release(config.server.database(), connection);
      } else {
        Database.closeQuietly(connection);
      }
    }
  }

  private void findTables(Connection connection) throws SQLException {
    try (ResultSet tables =
        connection
            .getMetaData()
            .getTables(
                connection.getCatalog(), connection.getSchema(), "%", new String[] {"TABLE"})) {
      while (tables.next()) {
        String name = tables.getString("TABLE_NAME");
        if (!name.equalsIgnoreCase("schema_migrations")) {
          addReader(
              new Table(
                  name,
                  Optional.empty(),
                  Optional.empty(),
                  Optional.empty(),
                  Optional.empty(),
                  "%Y-%m-%d %H:%M:%S.%6N%z"));
        }
      }
    }
    allRead = true;
  }
}
