package io.runnel.plugins.client;

import java.time.Instant;

/**
 * What requests to AWS are signed with.
 *
 * @param sessionToken null for long-lived keys
 * @param expires null for those that do not
 */
public record AwsCredentials(
    String accessKeyId, String secretKey, String sessionToken, Instant expires) {
  /** Without the secrets. */
  @Override
  public String toString() {
    return "AwsCredentials[" + accessKeyId + "]";
  }
}
