package io.runnel.connectors.sql;

import java.io.IOException;
import java.net.UnknownHostException;
import java.sql.SQLException;
import java.util.Set;

/** What a database's errors mean, in words for the operator. */
final class SqlErrors {
  private static final String DATA = "22";
  private static final String CONSTRAINT = "23";
  private static final String LOGIN = "28";

  /**
   * Of MySQL and MariaDB, faults of a value that have no state of their own: 1265, 1292, 1364,
   * 1366.
   */
  private static final Set<Integer> MYSQL_DATA = Set.of(1265, 1292, 1364, 1366);

  /** Of MySQL and MariaDB: access denied (to the database, with the password). */
  private static final Set<Integer> MYSQL_LOGIN = Set.of(1044, 1045, 1698);

  /** Of SQLite: a constraint, a mismatch of types. */
  private static final Set<Integer> SQLITE_DATA = Set.of(19, 20);

  private SqlErrors() {}

  /** True where the row is to blame: it will never be taken, others will. */
  static boolean isOfRow(SQLException e, Dialect dialect) {
    for (Throwable each = e; each != null; each = each.getCause()) {
      if (each instanceof SQLException sql && isOfRowItself(sql, dialect)) {
        return true;
      }
    }
    return false;
  }

  private static boolean isOfRowItself(SQLException e, Dialect dialect) {
    String state = e.getSQLState() == null ? "" : e.getSQLState();
    return state.startsWith(DATA)
        || state.startsWith(CONSTRAINT)
        || switch (dialect) {
          case MYSQL -> MYSQL_DATA.contains(e.getErrorCode());
          case SQLITE -> SQLITE_DATA.contains(e.getErrorCode() & 0xff);
          case POSTGRESQL -> false;
        };
  }

  /**
   * What to throw for a chunk.
   *
   * @param what was tried
   */
  static IOException of(String what, String server, SQLException e) {
    String state = e.getSQLState() == null ? "" : e.getSQLState();
    String hint =
        state.startsWith(LOGIN) || MYSQL_LOGIN.contains(e.getErrorCode())
            ? " (check username and password)"
            : "";
    return new IOException("cannot " + what + " at " + server + ": " + text(e) + hint, e);
  }

  /** The first line, with the host where it is not known. */
  static String text(SQLException e) {
    for (Throwable each = e; each != null; each = each.getCause()) {
      if (each instanceof UnknownHostException) {
        return "unknown host " + each.getMessage();
      }
    }
    SQLException next = e.getNextException();
    String message = String.valueOf(next == null ? e.getMessage() : next.getMessage());
    return message.lines().findFirst().orElse(message);
  }
}
