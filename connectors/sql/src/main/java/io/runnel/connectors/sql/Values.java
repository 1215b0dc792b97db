package io.runnel.connectors.sql;

import io.runnel.event.EventTime;
import io.runnel.event.Json;
import io.runnel.event.RawBytes;
import java.sql.PreparedStatement;
import java.sql.SQLException;
import java.sql.Types;
import java.util.List;
import java.util.Map;

/** Values of records as parameters of statements. */
final class Values {
  private Values() {}

  /** Sets one; numbers go as numbers, but to PostgreSQL as text that takes its column's type. */
  static void set(PreparedStatement statement, int index, Object value, Dialect dialect)
      throws SQLException {
    switch (value) {
      case null -> statement.setNull(index, Types.NULL);
      case RawBytes raw when raw.binary() -> statement.setBytes(index, raw.bytes());
      case Number number when dialect != Dialect.POSTGRESQL ->
          statement.setObject(index, number(number));
      case Boolean bool when dialect != Dialect.POSTGRESQL -> statement.setBoolean(index, bool);
      default -> statement.setString(index, text(value));
    }
  }

  private static Object number(Number number) {
    return number instanceof java.math.BigInteger big ? new java.math.BigDecimal(big) : number;
  }

  /** Lists and maps are JSON. */
  static String text(Object value) {
    return switch (value) {
      case Map<?, ?> map -> Json.write(map);
      case List<?> list -> Json.write(list);
      case EventTime time -> Long.toString(time.seconds());
      default -> value.toString();
    };
  }
}
