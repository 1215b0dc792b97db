package io.runnel.connectors.elasticsearch;

import io.runnel.plugin.PluginCatalog;
import io.runnel.plugin.PluginKind;
import io.runnel.plugin.PluginType;
import java.util.List;

/** The catalogue of this connector; connector.index says the same for those who do not load it. */
public final class ElasticsearchPlugins implements PluginCatalog {
  @Override
  public PluginType<?, ?, ?> find(PluginKind kind, String name) {
    return switch (kind) {
      case FILTER -> filter(name);
      case OUTPUT -> output(name);
      default -> null;
    };
  }

  private static PluginType<?, ?, ?> filter(String name) {
    return switch (name) {
      case "elasticsearch_genid" -> GenidFilter.ELASTICSEARCH;
      case "opensearch_genid" -> GenidFilter.OPENSEARCH;
      default -> null;
    };
  }

  private static PluginType<?, ?, ?> output(String name) {
    return switch (name) {
      case "aws-elasticsearch-service" -> AwsEndpoints.TYPE;
      case "elasticsearch" -> ElasticsearchOutput.TYPE;
      case "elasticsearch_data_stream" -> ElasticsearchDataStreamOutput.TYPE;
      case "elasticsearch_dynamic" -> ElasticsearchDynamicOutput.TYPE;
      case "opensearch" -> OpenSearchOutput.TYPE;
      case "opensearch_data_stream" -> OpenSearchDataStreamOutput.TYPE;
      default -> null;
    };
  }

  @Override
  public List<String> names(PluginKind kind) {
    return switch (kind) {
      case FILTER -> List.of("elasticsearch_genid", "opensearch_genid");
      case OUTPUT ->
          List.of(
              "aws-elasticsearch-service",
              "elasticsearch",
              "elasticsearch_data_stream",
              "elasticsearch_dynamic",
              "opensearch",
              "opensearch_data_stream");
      default -> List.of();
    };
  }
}
