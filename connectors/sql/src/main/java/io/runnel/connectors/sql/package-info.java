/**
 * Databases through JDBC: outputs {@code sql}, {@code mysql}, {@code mysql_bulk}, {@code postgres},
 * input {@code sql}.
 */
package io.runnel.connectors.sql;
