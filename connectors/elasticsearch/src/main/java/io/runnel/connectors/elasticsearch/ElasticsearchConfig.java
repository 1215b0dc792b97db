package io.runnel.connectors.elasticsearch;

import io.runnel.config.Default;
import io.runnel.config.Doc;
import io.runnel.config.Inline;
import io.runnel.config.Name;
import io.runnel.config.Secret;
import java.util.List;
import java.util.Optional;

/** What the outputs for Elasticsearch have besides what they share with those for OpenSearch. */
record ElasticsearchConfig(
    @Inline ConnectionConfig connection,
    @Doc("A deployment of Elastic's cloud, instead of hosts; together with cloud_auth.")
        Optional<String> cloudId,
    @Doc("user:password there.") @Secret("") Optional<String> cloudAuth,
    @Doc("An API key, id:key; encoded here.") @Secret("") Optional<String> apiKey,
    @Inline("time_parse_error_tag=Fluent::ElasticsearchOutput::TimeParser.error")
        DocumentConfig document,
    @Doc("Type of the documents, up to version 6; may hold placeholders.") @Default("fluentd")
        String typeName,
    @Doc("A field, or a path with dots, with the type, up to version 5; taken out.")
        Optional<String> targetTypeKey,
    @Inline LifecycleConfig lifecycle,
    @Doc("Asks for the version of Elasticsearch before the first chunk.") @Default("true")
        boolean verifyEsVersionAtStartup,
    @Doc("The version where it is not asked for.") @Default("5") int defaultElasticsearchVersion,
    @Doc("The version is asked for with each try of a chunk; only checked to be no less than 0.")
        @Default("15")
        int maxRetryGetEsVersion,
    @Doc("Has no effect here: the start does not wait for the cluster.") @Default("true")
        boolean failOnDetectingEsVersionRetryExceed,
    @Doc("Says in error events why a document was refused with 400.")
        @Default("false")
        @Name("log_es_400_reason")
        boolean logEs400Reason,
    @Doc("Content type of bulk requests, up to version 8.") @Default("application/json")
        ContentType contentType,
    @Inline("unrecoverable_error_types=out_of_memory_error,es_rejected_execution_exception")
        DeliveryConfig delivery) {
  /** {@code content_type}. */
  enum ContentType {
    @Name("application/json")
    JSON("application/json"),
    @Name("application/x-ndjson")
    LINES("application/x-ndjson");

    private final String text;

    ContentType(String text) {
      this.text = text;
    }
  }

  Product product() {
    return new Product(
        "Elasticsearch",
        verifyEsVersionAtStartup,
        defaultElasticsearchVersion,
        true,
        typeName,
        targetTypeKey,
        true,
        logEs400Reason,
        List.of("json_parse_exception"),
        contentType.text);
  }
}
