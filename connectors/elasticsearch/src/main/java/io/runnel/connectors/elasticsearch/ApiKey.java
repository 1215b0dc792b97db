package io.runnel.connectors.elasticsearch;

import java.nio.charset.StandardCharsets;
import java.util.Base64;

/** {@code api_key}: the header, for a key {@code id:key}. */
final class ApiKey {
  private ApiKey() {}

  static Authentication of(String key) {
    String header =
        "ApiKey " + Base64.getEncoder().encodeToString(key.getBytes(StandardCharsets.UTF_8));
    return (method, uri, host, headers, body) -> headers.put("Authorization", header);
  }
}
