package io.runnel.connectors.elasticsearch;

import io.runnel.config.Default;
import io.runnel.config.Doc;
import io.runnel.config.Inline;
import io.runnel.config.Name;
import io.runnel.config.Secret;
import java.time.Duration;
import java.util.List;
import java.util.Optional;

/** What the outputs for OpenSearch have besides what they share with those for Elasticsearch. */
record OpenSearchConfig(
    @Inline ConnectionConfig connection,
    @Inline("time_parse_error_tag=opensearch_plugin.output.time.error") DocumentConfig document,
    @Doc("Asks for the version of OpenSearch before the first chunk.") @Default("true")
        boolean verifyOsVersionAtStartup,
    @Doc("The version where it is not asked for.") @Default("1") int defaultOpensearchVersion,
    @Doc("The version is asked for with each try of a chunk; only checked to be no less than 0.")
        @Default("15")
        int maxRetryGetOsVersion,
    @Doc("Has no effect here: the start does not wait for the cluster.") @Default("true")
        boolean failOnDetectingOsVersionRetryExceed,
    @Doc("Says in error events why a document was refused with 400.")
        @Default("false")
        @Name("log_os_400_reason")
        boolean logOs400Reason,
    @Doc("Types of errors that are the document's own fault.") @Default("json_parse_exception")
        List<String> unrecoverableRecordTypes,
    @Doc("Reports documents that are refused to @ERROR; false: to the log.") @Default("true")
        boolean emitErrorLabelEvent,
    @Inline("unrecoverable_error_types=out_of_memory_error,rejected_execution_exception")
        DeliveryConfig delivery,
    @Doc("A service of Amazon; requests are signed.") Optional<Endpoint> endpoint) {
  /** {@code aws_service_name}. */
  enum Service {
    ES,
    AOSS
  }

  @Doc("A service of Amazon; requests are signed.")
  record Endpoint(
      @Doc("Its region.") String region,
      @Doc("Its URL.") String url,
      @Doc("Key; from where Amazon's tools look where empty.") @Default("") String accessKeyId,
      @Doc("The secret of the key.") @Default("") @Secret("") String secretAccessKey,
      @Doc("A role to assume.") Optional<String> assumeRoleArn,
      @Doc("Where a container gets its credentials.")
          Optional<String> ecsContainerCredentialsRelativeUri,
      @Doc("Name of the session with the role.") @Default("fluentd") String assumeRoleSessionName,
      @Doc("A file with a token that the role is assumed with.")
          Optional<String> assumeRoleWebIdentityTokenFile,
      @Doc("Region of the service that gives the role; region where absent.")
          Optional<String> stsCredentialsRegion,
      @Doc("Credentials are asked for again before they expire; kept for the gem's sake.")
          @Default("18000")
          Duration refreshCredentialsInterval,
      @Doc("es: a domain; aoss: a serverless collection.") @Default("es") Service awsServiceName) {}

  Product product() {
    return new Product(
        "OpenSearch",
        verifyOsVersionAtStartup,
        defaultOpensearchVersion,
        false,
        "_doc",
        Optional.empty(),
        emitErrorLabelEvent,
        logOs400Reason,
        unrecoverableRecordTypes,
        "application/x-ndjson");
  }
}
