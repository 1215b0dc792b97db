package io.runnel.connectors.httpservices;

import io.runnel.event.Bytes;
import io.runnel.event.Json;
import io.runnel.plugins.client.HttpBody;
import io.runnel.plugins.client.HttpDestination;
import io.runnel.plugins.client.HttpResponse;
import io.runnel.plugins.client.RefusedException;
import java.io.IOException;
import java.net.URI;
import java.util.HashMap;
import java.util.Map;
import java.util.Set;

/** Requests to Google's JSON interfaces. Safe for use by several threads at once. */
final class GoogleApi {
  /** Answers about what was sent. */
  private static final Set<Integer> REFUSED = Set.of(400, 405, 411, 413, 414, 415, 422);

  private static final int UNAUTHORIZED = 401;
  private static final int MOST_ANSWER = 16 << 20;

  private final HttpDestination http;
  private final GoogleTokens tokens;

  GoogleApi(HttpDestination http, GoogleTokens tokens) {
    this.http = http;
    this.tokens = tokens;
  }

  /** The answer, whatever it is. */
  HttpResponse ask(String method, URI uri, Map<String, String> headers, HttpBody body)
      throws IOException {
    Map<String, String> all = new HashMap<>(headers);
    all.put("Authorization", "Bearer " + tokens.get());
    HttpResponse answer = http.ask(method, uri, all, body, MOST_ANSWER);
    if (answer.status() == UNAUTHORIZED) {
      tokens.forget();
    }
    return answer;
  }

  HttpResponse post(URI uri, Bytes json) throws IOException {
    return ask("POST", uri, Map.of("Content-Type", "application/json"), HttpBody.of(json));
  }

  HttpResponse get(URI uri) throws IOException {
    return ask("GET", uri, Map.of(), HttpBody.empty());
  }

  /**
   * The decoded answer.
   *
   * @throws IOException where it is no success, or no JSON
   * @throws RefusedException where the service refuses what was sent
   */
  static Map<?, ?> accepted(String what, HttpResponse answer) throws IOException {
    if (answer.isSuccess()) {
      try {
        return Json.parse(answer.body()) instanceof Map<?, ?> map ? map : Map.of();
      } catch (IllegalArgumentException e) {
        throw new IOException(what + ": the answer is no JSON", e);
      }
    }
    String text = what + ": " + answer.status() + " " + message(answer);
    if (REFUSED.contains(answer.status())) {
      throw new RefusedException(answer.status(), text);
    }
    boolean credentials = answer.status() == UNAUTHORIZED || answer.status() == 403;
    throw new IOException(
        text + (credentials ? " (the credentials are wrong or may not do this)" : ""));
  }

  /** Google's message, or the answer as it is. */
  static String message(HttpResponse answer) {
    try {
      if (Json.parse(answer.body()) instanceof Map<?, ?> map
          && map.get("error") instanceof Map<?, ?> error
          && error.get("message") instanceof String text) {
        return text;
      }
    } catch (IllegalArgumentException e) {
      // of a proxy
    }
    return answer.body();
  }
}
