package io.runnel.connectors.s3;

import java.util.Optional;
import software.amazon.awssdk.auth.credentials.AwsCredentialsProvider;
import software.amazon.awssdk.core.checksums.RequestChecksumCalculation;
import software.amazon.awssdk.core.checksums.ResponseChecksumValidation;
import software.amazon.awssdk.regions.Region;
import software.amazon.awssdk.services.s3.S3Client;
import software.amazon.awssdk.services.s3.S3ClientBuilder;

/**
 * Which S3 is meant and how it is spoken to.
 *
 * @param checksums whether each request has one; where empty, only requests to Amazon: stores of
 *     others often do not know them
 */
record S3Settings(
    String region,
    Optional<String> endpoint,
    boolean pathStyle,
    boolean accelerate,
    boolean dualStack,
    Optional<Boolean> checksums,
    HttpSettings http) {
  S3Client client(AwsCredentialsProvider credentials) {
    boolean always = checksums.orElse(endpoint.isEmpty());
    S3ClientBuilder builder =
        S3Client.builder()
            .region(Region.of(region))
            .credentialsProvider(credentials)
            .httpClient(http.client())
            .forcePathStyle(pathStyle)
            .accelerate(accelerate)
            .dualstackEnabled(dualStack)
            .requestChecksumCalculation(
                always
                    ? RequestChecksumCalculation.WHEN_SUPPORTED
                    : RequestChecksumCalculation.WHEN_REQUIRED)
            .responseChecksumValidation(
                always
                    ? ResponseChecksumValidation.WHEN_SUPPORTED
                    : ResponseChecksumValidation.WHEN_REQUIRED);
    endpoint.ifPresent(url -> builder.endpointOverride(Endpoints.uri(url)));
    return builder.build();
  }
}
