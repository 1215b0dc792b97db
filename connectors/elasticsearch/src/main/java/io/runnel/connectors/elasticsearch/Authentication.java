package io.runnel.connectors.elasticsearch;

import io.runnel.event.Bytes;
import io.runnel.plugins.client.HttpClient;
import java.io.IOException;
import java.net.URI;
import java.util.Map;

/** Adds to the headers of a request what shows who sends it. */
@FunctionalInterface
interface Authentication {
  void add(String method, URI uri, Host host, Map<String, String> headers, Bytes body)
      throws IOException;

  /** The user of the host, where it has one. */
  static Authentication basic() {
    return (method, uri, host, headers, body) -> {
      if (host.user() != null) {
        headers.put("Authorization", HttpClient.basic(host.user()));
      }
    };
  }
}
