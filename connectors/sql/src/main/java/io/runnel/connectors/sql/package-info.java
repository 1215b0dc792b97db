/**
 * Databases through JDBC: outputs {@code sql}, {@code mysql}, {@code mysql_bulk}, {@code postgres}.
 */
package io.runnel.connectors.sql;
