package io.runnel.connectors.elasticsearch;

import io.runnel.config.ConfigException;
import io.runnel.config.Doc;
import io.runnel.config.Inline;
import io.runnel.config.LegacyParameters;
import io.runnel.event.Bytes;
import io.runnel.plugin.Output;
import io.runnel.plugin.OutputContext;
import io.runnel.plugin.PluginType;
import java.io.IOException;
import java.net.URI;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/**
 * Elasticsearch at Amazon (fluent-plugin-aws-elasticsearch-service): the output for Elasticsearch,
 * whose addresses are those of the {@code <endpoint>} sections and whose requests are signed with
 * each section's own credentials.
 */
final class AwsEndpoints implements Authentication {
  static final PluginType<Config, OutputContext, Output> TYPE =
      PluginType.output("aws-elasticsearch-service", Config.class, AwsEndpoints::output)
          .legacy(LegacyParameters.BUFFER)
          .buffered(ElasticsearchOutput.BUFFER);

  @Doc("Sends events to Elasticsearch at Amazon.")
  record Config(
      @Inline ElasticsearchConfig base,
      @Inline TemplateConfig templates,
      @Doc("A domain; its requests are signed.") List<OpenSearchConfig.Endpoint> endpoint) {}

  private final Map<Host, AwsAuthentication> signers = new LinkedHashMap<>();

  private AwsEndpoints(Config config, OutputContext context) {
    for (OpenSearchConfig.Endpoint endpoint : config.endpoint()) {
      AwsAuthentication signer = new AwsAuthentication(endpoint, context);
      for (Host host : AwsAuthentication.hosts(endpoint, config.base().connection())) {
        signers.put(host, signer);
      }
    }
    if (signers.isEmpty()) {
      throw new ConfigException("`endpoint` require.", context.element().place());
    }
  }

  private static Output output(Config config, OutputContext context) {
    AwsEndpoints endpoints = new AwsEndpoints(config, context);
    List<Host> hosts = List.copyOf(endpoints.signers.keySet());
    return new ElasticsearchOutput(
        new ElasticsearchOutput.Config(config.base(), config.templates()),
        context,
        ElasticsearchOutput.bulk(config.base(), endpoints, hosts, context));
  }

  @Override
  public void add(String method, URI uri, Host host, Map<String, String> headers, Bytes body)
      throws IOException {
    signers.get(host).add(method, uri, host, headers, body);
  }
}
