package io.runnel.connectors.mongo;

import io.runnel.config.Default;
import io.runnel.config.Doc;
import io.runnel.config.Inline;
import io.runnel.config.LegacyParameters;
import io.runnel.plugin.Output;
import io.runnel.plugin.OutputContext;
import io.runnel.plugin.PluginType;
import java.util.List;
import java.util.Optional;

/** The output {@code mongo_replset}: the same for the servers of a replica set. */
final class MongoReplsetOutput {
  static final PluginType<Config, OutputContext, Output> TYPE =
      PluginType.output("mongo_replset", Config.class, MongoReplsetOutput::create)
          .legacy(LegacyParameters.BUFFER, LegacyParameters.INJECT)
          .buffered(MongoWriter::bufferDefaults);

  @Doc("Writes each event as a document of a collection of a MongoDB replica set.")
  record Config(
      @Inline OutputConfig output,
      @Doc("The servers, host:port each; host and port where it is not given.") List<String> nodes,
      @Doc("The name of the replica set.") String replicaSet,
      @Doc("Who is read from: primary, primary_preferred, secondary, secondary_preferred, nearest.")
          Optional<String> read,
      @Doc("Half seconds that a new primary is waited for, before the chunk is tried again.")
          @Default("60")
          int numRetries) {}

  private MongoReplsetOutput() {}

  private static Output create(Config config, OutputContext context) {
    OutputConfig output = config.output;
    List<String> nodes =
        config.nodes.isEmpty() ? List.of(output.host() + ":" + output.port()) : config.nodes;
    return new MongoWriter(
        output,
        new Servers.Nodes(
            nodes, Optional.of(config.replicaSet), config.read, Math.max(1, config.numRetries / 2)),
        context);
  }
}
