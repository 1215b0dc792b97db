package io.runnel.plugins.client;

import java.net.URI;
import java.time.Duration;
import java.util.Optional;

/**
 * A role at AWS that is to be assumed.
 *
 * @param session its name shows in the account's logs
 * @param policy narrows the role's, JSON
 * @param externalId what the role asks of accounts of others
 * @param endpoint of STS; that of the region where absent
 * @param tokenFile a file with an OIDC token that stands in for credentials, read each time
 */
public record AwsRole(
    String arn,
    String session,
    Optional<String> policy,
    Optional<Duration> duration,
    Optional<String> externalId,
    Optional<URI> endpoint,
    Optional<String> tokenFile) {
  /** A role with nothing but its name. */
  public static AwsRole of(String arn, Optional<String> tokenFile) {
    return new AwsRole(
        arn,
        "fluentd",
        Optional.empty(),
        Optional.empty(),
        Optional.empty(),
        Optional.empty(),
        tokenFile);
  }
}
