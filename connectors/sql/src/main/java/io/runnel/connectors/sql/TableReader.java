package io.runnel.connectors.sql;

import io.runnel.event.Bytes;
import io.runnel.event.EventBuilder;
import io.runnel.event.EventTime;
import io.runnel.event.RawBytes;
import io.runnel.plugin.PluginContext;
import io.runnel.time.Strftime;
import io.runnel.time.TimeParseException;
import io.runnel.time.TimeParser;
import io.runnel.time.Zone;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.sql.Connection;
import java.sql.PreparedStatement;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Timestamp;
import java.time.OffsetDateTime;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/**
 * Reads a table's rows in the order of a column that grows.
 *
 * <p>Rows with the same value may stand on both sides of a limit, so those with the last value of a
 * full batch are left for the next one; where a batch has one value only, all rows with it are
 * read. Used by one thread.
 */
final class TableReader {
  private final SqlInput.Table table;
  private final String tag;
  private final Dialect dialect;
  private final int limit;
  private final ReadState state;
  private final PluginContext context;
  private final Strftime timeFormat;
  private final Zone zone;
  private final TimeParser timeParser;
  private String column;
  private boolean ignored;

  private record Row(Map<String, Object> record, String position, long time) {}

  TableReader(
      SqlInput.Table table,
      String tag,
      Dialect dialect,
      int limit,
      ReadState state,
      PluginContext context) {
    this.table = table;
    this.tag = tag;
    this.dialect = dialect;
    this.limit = limit;
    this.state = state;
    this.context = context;
    timeFormat = Strftime.compile(table.timeFormat());
    zone = Zone.of(context.zone());
    timeParser = TimeParser.text(null, zone, context.clock());
  }

  /**
   * Reads a batch and waits until its events are safe.
   *
   * @return whether there may be more
   */
  boolean read(Connection connection) throws SQLException, IOException {
    if (ignored || !knowsColumn(connection)) {
      return false;
    }
    Optional<String> position = state.position(table.table(), column);
    List<Row> rows = select(connection, position, ">", limit);
    boolean full = limit > 0 && rows.size() == limit;
    if (full) {
      String last = rows.getLast().position;
      rows.removeIf(row -> row.position.equals(last));
      if (rows.isEmpty()) {
        rows = select(connection, Optional.of(last), "=", 0);
      }
    }
    if (rows.isEmpty()) {
      return false;
    }
    EventBuilder events = new EventBuilder();
    rows.forEach(row -> events.add(row.time, row.record));
    context.emitter().emit(tag, events.take());
    context.emitter().commit();
    state.store(table.table(), column, rows.getLast().position);
    return full;
  }

  private boolean knowsColumn(Connection connection) throws SQLException {
    if (column == null) {
      column = table.updateColumn().or(table::primaryKey).orElse(null);
    }
    if (column == null) {
      List<String> keys = new ArrayList<>();
      try (ResultSet found =
          connection
              .getMetaData()
              .getPrimaryKeys(connection.getCatalog(), connection.getSchema(), table.table())) {
        while (found.next()) {
          keys.add(found.getString("COLUMN_NAME"));
        }
      }
      if (keys.size() != 1) {
        ignored = true;
        context
            .log()
            .warn(
                "Can't handle '"
                    + table.table()
                    + "' table. Ignoring. Composite primary key is not supported. Set update_column"
                    + " parameter to <table> section.");
        return false;
      }
      column = keys.getFirst();
    }
    return true;
  }

  private List<Row> select(
      Connection connection, Optional<String> position, String comparison, int most)
      throws SQLException {
    String name = dialect.column(column);
    String sql =
        "SELECT * FROM "
            + dialect.quoted(table.table())
            + (position.isPresent() ? " WHERE " + name + " " + comparison + " ?" : "")
            + " ORDER BY "
            + name
            + " ASC"
            + (most > 0 ? " LIMIT " + most : "");
    List<Row> rows = new ArrayList<>();
    try (PreparedStatement statement = connection.prepareStatement(sql)) {
      if (position.isPresent()) {
        statement.setString(1, position.get());
      }
      try (ResultSet found = statement.executeQuery()) {
        while (found.next()) {
          String value = found.getString(column);
          if (value != null) {
            rows.add(new Row(record(found), value, time(found)));
          }
        }
      }
    }
    return rows;
  }

  private Map<String, Object> record(ResultSet row) throws SQLException {
    Map<String, Object> record = new LinkedHashMap<>();
    for (int i = 1; i <= row.getMetaData().getColumnCount(); i++) {
      record.put(row.getMetaData().getColumnLabel(i), value(row.getObject(i)));
    }
    return record;
  }

  private Object value(Object value) {
    return switch (value) {
      case null -> null;
      case Boolean b -> b;
      case Long n -> n;
      case Integer n -> (long) n;
      case Short n -> (long) n;
      case Byte n -> (long) n;
      case java.math.BigInteger n -> n;
      case Double d -> d;
      case Float f -> Double.parseDouble(f.toString());
      case byte[] bytes -> new RawBytes(bytes, true);
      case Timestamp time -> formatted(time);
      case OffsetDateTime time -> formatted(Timestamp.from(time.toInstant()));
      default -> value.toString();
    };
  }

  private String formatted(Timestamp time) {
    Bytes out = new Bytes(40);
    timeFormat.format(Math.floorDiv(time.getTime(), 1000L), time.getNanos(), zone, out);
    return out.toString();
  }

  private long time(ResultSet row) throws SQLException {
    long now = EventTime.ofMillis(context.clock().millis());
    if (table.timeColumn().isEmpty()) {
      return now;
    }
    Object value = row.getObject(table.timeColumn().get());
    if (value instanceof OffsetDateTime time) {
      return EventTime.pack(time.toEpochSecond(), time.getNano());
    }
    if (value instanceof Timestamp time) {
      return EventTime.pack(Math.floorDiv(time.getTime(), 1000L), time.getNanos());
    }
    if (value == null) {
      return now;
    }
    byte[] text = value.toString().getBytes(StandardCharsets.UTF_8);
    try {
      return timeParser.parse(text, 0, text.length);
    } catch (TimeParseException e) {
      context
          .log()
          .warn("Message contains invalid timestamp, using current time instead", "value", value);
      return now;
    }
  }
}
