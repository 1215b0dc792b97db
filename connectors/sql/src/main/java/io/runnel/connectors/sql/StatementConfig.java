package io.runnel.connectors.sql;

import io.runnel.config.Default;
import io.runnel.config.Doc;
import io.runnel.config.Secret;
import io.runnel.plugins.common.InjectConfig;
import java.util.Optional;

/** What {@code mysql} and {@code postgres} share: a statement for each event. */
record StatementConfig(
    @Doc("The server's host.") String host,
    @Doc("The server's port; 3306 or 5432 where it is not given.") Optional<Integer> port,
    @Doc("The database.") String database,
    @Doc("The user.") String username,
    @Doc("The user's password.") @Secret @Default("") String password,
    @Doc("Fields whose values the statement takes, in order; not with format json.")
        Optional<String> keyNames,
    @Doc("The statement, with placeholders for the values; either this or columns.")
        Optional<String> sql,
    @Doc("The table, where columns are given.") Optional<String> table,
    @Doc("Columns that take the values, in order.") Optional<String> columns,
    @Doc(
            "raw takes the fields, json the whole record as one value, jsonpath what key_names lead"
                + " to.")
        @Default("raw")
        Format format,
    @Doc("The jar with the JDBC driver; an installed one is found without.")
        Optional<String> driverPath,
    @Doc("Fields that are added to each record.") Optional<InjectConfig> inject) {

  /** {@code format}. */
  enum Format {
    RAW,
    JSON,
    JSONPATH
  }
}
