package io.runnel.connectors.sql;

import static org.assertj.core.api.Assertions.assertThatCode;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.runnel.config.ConfigException;
import io.runnel.plugin.Output;
import io.runnel.plugin.OutputContext;
import io.runnel.plugin.PluginKind;
import io.runnel.plugin.PluginType;
import io.runnel.testkit.OutputDriver;
import io.runnel.testkit.TestContext;
import io.runnel.testkit.TestPlugins;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** What is refused, and with which words; and what is taken. */
class SettingsTest {
  private static final String LOGIN = "host h\ndatabase d\nusername u\npassword secret\n";

  @SuppressWarnings("unchecked") // the catalogue's outputs
  private static void output(String type, String config) {
    PluginType<?, OutputContext, Output> found =
        (PluginType<?, OutputContext, Output>) new SqlPlugins().find(PluginKind.OUTPUT, type);
    try (TestContext context = new TestContext().buffer(OutputDriver.buffer("tag"))) {
      TestPlugins.output(found, LOGIN + config.replace(";", "\n"), context).close();
    }
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      quoteCharacter = '"',
      value = {
        "mysql|key_names a|columns or sql MUST be specified, but missing",
        "mysql|key_names a;columns b;sql INSERT|both of columns and sql are specified",
        "mysql|key_names a;columns b|table missing",
        "mysql|columns b;table t|key_names MUST be specified",
        "mysql|key_names a,b;sql INSERT INTO t VALUES (?)|mismatch between sql placeholders",
        "mysql|format json;sql INSERT INTO t VALUES (?,?)|mismatch between sql placeholders",
        "mysql|format jsonpath;key_names $.a b;table t;columns c|key_names: whitespace",
        "mysql|key_names a;columns a;table t;sslkey /k|certificates of clients are not supported",
        "mysql|key_names a;columns a;table t;sslca /nowhere;sslverify|sslca: there is no file",
        "mysql|key_names a;columns a;table t;driver_path /nowhere|driver_path: there is no file",
        "postgres|key_names a,b;sql INSERT INTO t VALUES ($1)|mismatch between sql placeholders",
        "mysql_bulk|column_names a,b;table t;key_names a|must be the same length: 2 and 1",
        "mysql_bulk|column_names a;table t;on_duplicate_key_update|on_duplicate_update_keys nil!",
        "mysql_bulk|column_names a;table t;on_duplicate_key_update;on_duplicate_update_keys"
            + " a,b;on_duplicate_update_custom_values a|must be the same length",
        "mysql_bulk|column_names a;table t;on_duplicate_key_update;on_duplicate_update_keys"
            + " a;on_duplicate_update_custom_values b|is neither the column's name",
        "sql|adapter mysql2|There is no default table.",
        "sql|adapter oracle;<table>;table t;column_mapping a;</table>|adapter 'oracle' is not"
            + " known",
        "sql|adapter mysql2;socket /s;<table>;table t;column_mapping a;</table>|unix sockets",
        "sql|adapter sqlite3;<table>;table t;column_mapping a;</table>|name its jar in driver_path",
      })
  void isRefused(String type, String config, String message) {
    assertThatThrownBy(() -> output(type, config))
        .isInstanceOf(ConfigException.class)
        .hasMessageContaining(message)
        .hasMessageNotContaining("secret");
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      quoteCharacter = '"',
      value = {
        "mysql|key_names a, b;table t;columns c, d;sslcipher x;sslcapath /x",
        "mysql|format json;table t;columns c;sslverify true",
        "postgres|key_names a;sql INSERT INTO t VALUES ($1, $1)",
        "mysql_bulk|column_names a;table t;on_duplicate_key_update;on_duplicate_update_keys"
            + " a;on_duplicate_update_custom_values ${a + 1}",
        "sql|adapter postgresql;schema_search_path a, b;<table>;table t;column_mapping a;</table>",
      })
  void isTaken(String type, String config) {
    assertThatCode(() -> output(type, config)).doesNotThrowAnyException();
  }
}
