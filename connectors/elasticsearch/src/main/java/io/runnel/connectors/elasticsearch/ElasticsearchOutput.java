package io.runnel.connectors.elasticsearch;

import io.runnel.config.ConfigException;
import io.runnel.config.Doc;
import io.runnel.config.Inline;
import io.runnel.config.LegacyParameters;
import io.runnel.plugin.BufferDefaults;
import io.runnel.plugin.Chunk;
import io.runnel.plugin.Output;
import io.runnel.plugin.OutputContext;
import io.runnel.plugin.PluginType;
import java.io.IOException;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

/** Sends events to Elasticsearch (fluent-plugin-elasticsearch). */
public final class ElasticsearchOutput implements ClusterOutput {
  static final BufferDefaults BUFFER =
      BufferDefaults.of(List.of("tag"), "@type", "memory", "timekey_use_utc", "true");

  static final PluginType<Config, OutputContext, Output> TYPE =
      PluginType.output("elasticsearch", Config.class, ElasticsearchOutput::new)
          .legacy(LegacyParameters.BUFFER)
          .buffered(BUFFER);

  @Doc("Sends events to Elasticsearch.")
  record Config(@Inline ElasticsearchConfig base, @Inline TemplateConfig templates) {}

  private final Config config;
  private final BulkOutput bulk;
  private final Plan plan;
  private final Templates templates;

  ElasticsearchOutput(Config config, OutputContext context) {
    this(config, context, bulk(config.base(), context));
  }

  ElasticsearchOutput(Config config, OutputContext context, BulkOutput bulk) {
    this.config = config;
    this.bulk = bulk;
    DocumentConfig documents = config.base().document();
    plan =
        Plan.of(
            Operation.of(documents.writeOperation(), context.element().placeOf("write_operation")));
    boolean template =
        config.templates().templateName().isPresent()
            && config.templates().templateFile().isPresent();
    Lifecycle lifecycle =
        new Lifecycle(config.base().lifecycle(), documents, template, context.element());
    templates = new Templates(bulk, config.templates(), lifecycle);
    List<String> texts = new ArrayList<>(templates.texts());
    texts.addAll(lifecycle.texts());
    texts.addAll(List.of(documents.indexName(), documents.logstashPrefix()));
    texts.add(config.base().connection().host());
    boolean placeholders = texts.stream().anyMatch(bulk::hasPlaceholder);
    bulk.checkBuffer(placeholders || bulk.hasPlaceholder(documents.logstashDateformat()));
  }

  /** What the outputs for Elasticsearch have in common. */
  static BulkOutput bulk(ElasticsearchConfig config, OutputContext context) {
    if (config.cloudId().isPresent() && config.cloudAuth().isEmpty()) {
      throw new ConfigException(
          "`cloud_auth` must be present if `cloud_id` is present",
          context.element().placeOf("cloud_id"));
    }
    Authentication authentication = config.apiKey().map(ApiKey::of).orElse(Authentication.basic());
    List<Host> cloud =
        config
            .cloudId()
            .map(id -> List.of(Host.ofCloud(id, config.cloudAuth().orElseThrow())))
            .orElse(null);
    return bulk(config, authentication, cloud, context);
  }

  /**
   * The same with a way to show who asks.
   *
   * @param fixed the addresses; null for those of {@code host} or {@code hosts}
   */
  static BulkOutput bulk(
      ElasticsearchConfig config,
      Authentication authentication,
      List<Host> fixed,
      OutputContext context) {
    if (config.maxRetryGetEsVersion() < 0) {
      throw new ConfigException(
          "'max_retry_get_es_version' must be greater than or equal to zero.",
          context.element().placeOf("max_retry_get_es_version"));
    }
    ConnectionConfig connection = config.connection();
    Cluster cluster = new Cluster(connection, authentication, context);
    return new BulkOutput(
        config.product(),
        connection,
        config.document(),
        config.delivery(),
        cluster,
        fixed == null ? null : cluster.hosts(fixed),
        context);
  }

  @Override
  public Cluster cluster() {
    return bulk.cluster();
  }

  @Override
  public void write(Chunk chunk) throws IOException {
    Names names =
        bulk.names(
            chunk, Optional.of(config.base().typeName()), config.templates().applicationName());
    bulk.write(chunk, plan, names, templates);
  }
}
