package io.runnel.connectors.s3;

import java.net.URI;
import java.util.Map;
import java.util.Optional;

/** Regions and endpoints as the configuration names them. */
final class Endpoints {
  private static final String AMAZON = "amazonaws.com";

  private Endpoints() {}

  /** The region of the configuration, of the environment, or Amazon's first one. */
  static String region(Optional<String> configured, Map<String, String> environment) {
    return configured.orElse(environment.getOrDefault("AWS_REGION", "us-east-1"));
  }

  /** Amazon's own names come from the region; those of others may be given. */
  static boolean isRefused(String endpoint) {
    return endpoint.endsWith(AMAZON)
        && !endpoint.endsWith("vpce." + AMAZON)
        && !endpoint.contains("fips")
        && !endpoint.contains("gov");
  }

  /**
   * An endpoint without a scheme is taken as https.
   *
   * @throws IllegalArgumentException where it is no URL with a host
   */
  static URI uri(String text) {
    URI uri = URI.create(text.contains("://") ? text : "https://" + text);
    if (uri.getHost() == null) {
      throw new IllegalArgumentException("not a URL with a host: " + text);
    }
    return uri;
  }
}
