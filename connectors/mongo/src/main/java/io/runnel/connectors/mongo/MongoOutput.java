package io.runnel.connectors.mongo;

import io.runnel.config.Doc;
import io.runnel.config.Inline;
import io.runnel.config.LegacyParameters;
import io.runnel.plugin.Output;
import io.runnel.plugin.OutputContext;
import io.runnel.plugin.PluginType;

/** The output {@code mongo}: a server, or what a connection string names. */
final class MongoOutput {
  static final PluginType<Config, OutputContext, Output> TYPE =
      PluginType.output("mongo", Config.class, MongoOutput::create)
          .legacy(LegacyParameters.BUFFER, LegacyParameters.INJECT)
          .buffered(MongoWriter::bufferDefaults);

  @Doc("Writes each event as a document of a MongoDB collection.")
  record Config(@Inline OutputConfig output) {}

  private MongoOutput() {}

  private static Output create(Config config, OutputContext context) {
    OutputConfig output = config.output;
    return new MongoWriter(output, Servers.Nodes.of(output.host(), output.port()), context);
  }
}
