package io.runnel.connectors.sql;

import java.sql.SQLException;
import java.util.Map;

/** Makes the parameters of a statement of an event. */
interface Rows {
  /**
   * @param time packed EventTime
   * @return the values, in the order of the statement's question marks
   * @throws IllegalArgumentException where the event can never be a row
   */
  Object[] row(long time, Map<String, Object> record);

  /** What is to be done with a connection before a chunk's rows are written. */
  interface Preparation {
    Preparation NONE = connection -> {};

    void prepare(java.sql.Connection connection) throws SQLException;
  }
}
