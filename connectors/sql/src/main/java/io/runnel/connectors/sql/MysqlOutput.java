package io.runnel.connectors.sql;

import io.runnel.config.Doc;
import io.runnel.config.Inline;
import io.runnel.config.LegacyParameters;
import io.runnel.plugin.BufferDefaults;
import io.runnel.plugin.Output;
import io.runnel.plugin.OutputContext;
import io.runnel.plugin.PluginType;

/** The output {@code mysql} of fluent-plugin-mysql; {@code mysql_bulk} is its newer sister. */
final class MysqlOutput {
  static final PluginType<Config, OutputContext, Output> TYPE =
      PluginType.output("mysql", Config.class, MysqlOutput::create)
          .legacy(LegacyParameters.BUFFER, LegacyParameters.INJECT)
          .buffered(BufferDefaults.none());

  @Doc("Runs a statement of MySQL or MariaDB for each event.")
  record Config(@Inline StatementConfig statement, @Inline MysqlTls tls) {}

  private MysqlOutput() {}

  private static Output create(Config config, OutputContext context) {
    return new StatementOutput(config.statement, Dialect.MYSQL, config.tls.properties(), context);
  }
}
