package io.runnel.connectors.sql;

import io.runnel.config.Doc;
import io.runnel.config.Inline;
import io.runnel.config.LegacyParameters;
import io.runnel.plugin.BufferDefaults;
import io.runnel.plugin.Output;
import io.runnel.plugin.OutputContext;
import io.runnel.plugin.PluginType;
import java.util.Properties;

/** The output {@code postgres} of fluent-plugin-postgres. */
final class PostgresOutput {
  static final PluginType<Config, OutputContext, Output> TYPE =
      PluginType.output("postgres", Config.class, PostgresOutput::create)
          .legacy(LegacyParameters.BUFFER, LegacyParameters.INJECT)
          .buffered(BufferDefaults.none());

  @Doc("Runs a statement of PostgreSQL for each event.")
  record Config(@Inline StatementConfig statement) {}

  private PostgresOutput() {}

  private static Output create(Config config, OutputContext context) {
    return new StatementOutput(config.statement, Dialect.POSTGRESQL, new Properties(), context);
  }
}
