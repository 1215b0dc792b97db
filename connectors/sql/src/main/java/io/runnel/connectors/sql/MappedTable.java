package io.runnel.connectors.sql;

import io.runnel.config.Place;
import io.runnel.host.Clock;
import io.runnel.plugin.TagPattern;
import java.sql.Connection;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;
import java.time.Instant;
import java.time.ZoneOffset;
import java.time.format.DateTimeFormatter;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;

/**
 * A table with what goes into its columns. As ActiveRecord does, columns named {@code created_at},
 * {@code updated_at} and the like get the present time where nothing else goes into them. Safe for
 * use by several threads.
 */
final class MappedTable {
  private static final List<String> STAMPS =
      List.of("created_at", "created_on", "updated_at", "updated_on");

  /** UTC, as ActiveRecord has it. */
  private static final DateTimeFormatter NOW =
      DateTimeFormatter.ofPattern("uuuu-MM-dd HH:mm:ss.SSS").withZone(ZoneOffset.UTC);

  private final SqlOutput.Table table;
  private final Dialect dialect;
  private final Clock clock;
  private final TagPattern pattern;
  private final Map<String, String> columnsByField = new LinkedHashMap<>();
  private volatile Prepared prepared;

  private record Prepared(String sql, int stamps) {}

  MappedTable(SqlOutput.Table table, Dialect dialect, Clock clock, Place place) {
    this.table = table;
    this.dialect = dialect;
    this.clock = clock;
    pattern = table.pattern().isEmpty() ? null : TagPattern.parse(table.pattern(), place);
    for (String pair : Names.of(table.columnMapping())) {
      int colon = pair.indexOf(':');
      columnsByField.put(
          colon < 0 ? pair : pair.substring(0, colon),
          colon < 0 ? pair : pair.substring(colon + 1));
    }
  }

  String name() {
    return table.table();
  }

  /** Null for the default table. */
  TagPattern pattern() {
    return pattern;
  }

  String sql(Connection connection) throws SQLException {
    Prepared known = prepared;
    if (known == null) {
      known = prepare(connection);
      prepared = known;
    }
    return known.sql;
  }

  private Prepared prepare(Connection connection) throws SQLException {
    List<String> columns = new ArrayList<>(columnsByField.values());
    Set<String> there = new HashSet<>();
    try (Statement statement = connection.createStatement();
        ResultSet none =
            statement.executeQuery("SELECT * FROM " + dialect.quoted(name()) + " WHERE 1 = 0")) {
      for (int i = 1; i <= none.getMetaData().getColumnCount(); i++) {
        there.add(none.getMetaData().getColumnName(i));
      }
    }
    int mapped = columns.size();
    STAMPS.stream()
        .filter(stamp -> there.contains(stamp) && !columns.contains(stamp))
        .forEach(columns::add);
    String sql =
        "INSERT INTO "
            + dialect.quoted(name())
            + " ("
            + String.join(",", columns.stream().map(dialect::column).toList())
            + ") VALUES "
            + Names.marks(columns.size());
    return new Prepared(sql, columns.size() - mapped);
  }

  /** The values of a row; {@link #sql} was called before. */
  Object[] row(long time, Map<String, Object> record) {
    int stamps = prepared.stamps;
    Object[] values = new Object[columnsByField.size() + stamps];
    int i = 0;
    for (String field : columnsByField.keySet()) {
      values[i++] = record.get(field);
    }
    if (stamps > 0) {
      String now = NOW.format(Instant.ofEpochMilli(clock.millis()));
      while (i < values.length) {
        values[i++] = now;
      }
    }
    return values;
  }
}
