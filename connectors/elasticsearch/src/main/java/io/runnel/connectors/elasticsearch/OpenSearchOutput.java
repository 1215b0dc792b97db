package io.runnel.connectors.elasticsearch;

import io.runnel.config.ConfigException;
import io.runnel.config.Doc;
import io.runnel.config.Inline;
import io.runnel.config.LegacyParameters;
import io.runnel.plugin.Chunk;
import io.runnel.plugin.Output;
import io.runnel.plugin.OutputContext;
import io.runnel.plugin.PluginType;
import java.io.IOException;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

/** Sends events to OpenSearch (fluent-plugin-opensearch). */
public final class OpenSearchOutput implements ClusterOutput {
  static final PluginType<Config, OutputContext, Output> TYPE =
      PluginType.output("opensearch", Config.class, OpenSearchOutput::new)
          .legacy(LegacyParameters.BUFFER)
          .buffered(ElasticsearchOutput.BUFFER);

  @Doc("Sends events to OpenSearch.")
  record Config(@Inline OpenSearchConfig base, @Inline TemplateConfig templates) {}

  private final Config config;
  private final BulkOutput bulk;
  private final Plan plan;
  private final Templates templates;

  OpenSearchOutput(Config config, OutputContext context) {
    this.config = config;
    bulk = bulk(config.base(), context);
    DocumentConfig documents = config.base().document();
    plan =
        Plan.of(
            Operation.of(documents.writeOperation(), context.element().placeOf("write_operation")));
    templates = new Templates(bulk, config.templates(), null);
    List<String> texts = new ArrayList<>(templates.texts());
    texts.addAll(List.of(documents.indexName(), documents.logstashPrefix()));
    texts.add(documents.logstashDateformat());
    texts.add(config.base().connection().host());
    bulk.checkBuffer(texts.stream().anyMatch(bulk::hasPlaceholder));
  }

  /** What the outputs for OpenSearch have in common. */
  static BulkOutput bulk(OpenSearchConfig config, OutputContext context) {
    if (config.maxRetryGetOsVersion() < 0) {
      throw new ConfigException(
          "'max_retry_get_os_version' must be greater than or equal to zero.",
          context.element().placeOf("max_retry_get_os_version"));
    }
    Authentication authentication =
        config
            .endpoint()
            .<Authentication>map(endpoint -> new AwsAuthentication(endpoint, context))
            .orElse(Authentication.basic());
    Cluster cluster = new Cluster(config.connection(), authentication, context);
    Hosts fixed =
        config
            .endpoint()
            .map(endpoint -> cluster.hosts(AwsAuthentication.hosts(endpoint, config.connection())))
            .orElse(null);
    return new BulkOutput(
        config.product(),
        config.connection(),
        config.document(),
        config.delivery(),
        cluster,
        fixed,
        context);
  }

  @Override
  public Cluster cluster() {
    return bulk.cluster();
  }

  @Override
  public void write(Chunk chunk) throws IOException {
    Names names = bulk.names(chunk, Optional.empty(), config.templates().applicationName());
    bulk.write(chunk, plan, names, templates);
  }
}
