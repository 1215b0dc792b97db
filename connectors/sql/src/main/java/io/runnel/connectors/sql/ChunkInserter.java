package io.runnel.connectors.sql;

import io.runnel.event.Event;
import io.runnel.event.EventCursor;
import io.runnel.event.EventStream;
import io.runnel.plugin.Chunk;
import io.runnel.plugin.Emitter;
import io.runnel.plugin.UnrecoverableException;
import java.io.IOException;
import java.sql.Connection;
import java.sql.PreparedStatement;
import java.sql.SQLException;
import java.sql.Savepoint;
import java.util.ArrayList;
import java.util.List;

/**
 * Writes a chunk's events with one statement, in one transaction: a chunk that failed has left
 * nothing behind. Where rows are refused for what they hold, the others are written and these go to
 * {@code @ERROR}. Used by one thread for one chunk.
 */
final class ChunkInserter {
  /** Rows that go to the server together. */
  private static final int BATCH = 500;

  private final Database database;
  private final String name;
  private final Emitter emitter;
  private final List<Rejection> rejections = new ArrayList<>();

  private record Rejection(Event event, Exception why) {}

  private record Row(Event event, Object[] values) {}

  /**
   * @param name of the database
   */
  ChunkInserter(Database database, String name, Emitter emitter) {
    this.database = database;
    this.name = name;
    this.emitter = emitter;
  }

  /**
   * The statement of a chunk.
   *
   * @param sql with question marks
   * @param batches whether it is one statement, which may be sent for many rows at once
   * @param fallback whether rows that are refused are left out
   */
  record Plan(String sql, boolean batches, boolean fallback, Rows rows, Rows.Preparation first) {}

  /** Makes the plan when there is a connection to ask. */
  interface Planner {
    Plan plan(Connection connection) throws SQLException;
  }

  void write(Chunk chunk, String what, Planner planner) throws IOException {
    Connection connection = null;
    try {
      connection = database.take(name);
      Plan plan = planner.plan(connection);
      plan.first.prepare(connection);
      try {
        rows(chunk, connection, plan, false);
      } catch (SQLException e) {
        if (!plan.fallback || !SqlErrors.isOfRow(e, database.dialect())) {
          throw e;
        }
        connection.rollback();
        rejections.clear();
        rows(chunk, connection, plan, true);
      }
      connection.commit();
      database.release(name, connection);
      connection = null;
    } catch (SQLException e) {
      throw SqlErrors.of(what, database.named(), e);
    } catch (IllegalArgumentException e) { // a name that is none
      throw new UnrecoverableException("cannot " + what + ": " + e.getMessage(), e);
    } finally {
      if (connection != null) {
        Database.closeQuietly(connection); // what was not committed counts for nothing
      }
    }
    String tag = chunk.tag() == null ? "" : chunk.tag();
    for (Rejection each : rejections) {
      emitter.emitError(tag, each.event.time(), each.event.record(), each.why);
    }
  }

  /**
   * @param single whether each row goes alone, so that it is seen which one is refused
   */
  private void rows(Chunk chunk, Connection connection, Plan plan, boolean single)
      throws SQLException, IOException {
    SQLException[] failure = {null};
    try (PreparedStatement statement = connection.prepareStatement(plan.sql)) {
      chunk.eachStream(
          stream -> {
            if (failure[0] == null) {
              try {
                rows(stream, connection, statement, plan, single);
              } catch (SQLException e) {
                failure[0] = e;
              }
            }
          });
    }
    if (failure[0] != null) {
      throw failure[0];
    }
  }

  private void rows(
      EventStream stream,
      Connection connection,
      PreparedStatement statement,
      Plan plan,
      boolean single)
      throws SQLException {
    int waiting = 0;
    for (EventCursor cursor = stream.cursor(); cursor.next(); ) {
      Row row = row(new Event(cursor.time(), cursor.record()), plan);
      if (row == null) {
        continue;
      }
      for (int i = 0; i < row.values.length; i++) {
        Values.set(statement, i + 1, row.values[i], database.dialect());
      }
      if (single) {
        alone(connection, statement, row);
      } else if (!plan.batches) {
        statement.execute();
      } else {
        statement.addBatch();
        if (++waiting == BATCH) {
          statement.executeBatch();
          waiting = 0;
        }
      }
    }
    if (waiting > 0) {
      statement.executeBatch();
    }
  }

  private Row row(Event event, Plan plan) {
    try {
      return new Row(event, plan.rows.row(event.time(), event.record()));
    } catch (IllegalArgumentException e) {
      rejections.add(new Rejection(event, e));
      return null;
    }
  }

  private void alone(Connection connection, PreparedStatement statement, Row row)
      throws SQLException {
    Savepoint before = connection.setSavepoint();
    try {
      statement.execute();
      connection.releaseSavepoint(before);
    } catch (SQLException e) {
      if (!SqlErrors.isOfRow(e, database.dialect())) {
        throw e;
      }
      connection.rollback(before);
      rejections.add(
          new Rejection(
              row.event, new SQLException("the database does not take it: " + SqlErrors.text(e))));
    }
  }
}
