package io.runnel.plugins.input;

import io.runnel.config.ConfigException;
import io.runnel.net.http.HttpRequest;
import io.runnel.net.http.HttpResponse;
import java.util.List;

/**
 * Cross-origin requests (CORS): which pages may send events from a browser.
 *
 * @param origins empty where the list is not configured: then requests of all origins are taken,
 *     but no preflight
 */
record HttpCors(List<String> origins, boolean credentials) {
  private static final HttpResponse FORBIDDEN = HttpResponse.text(403, "").closing();

  HttpCors {
    if (credentials && (origins.isEmpty() || origins.contains("*"))) {
      throw new ConfigException("Cannot enable cors_allow_credentials without specific origins");
    }
  }

  private boolean isAny() {
    return origins.contains("*");
  }

  private boolean allows(String origin) {
    return isAny() || origins.stream().anyMatch(allowed -> matches(allowed, origin));
  }

  /** Compares with an origin that may hold one {@code *}. */
  private static boolean matches(String allowed, String origin) {
    int star = allowed.indexOf('*');
    if (star < 0) {
      return allowed.equals(origin);
    }
    String suffix = allowed.substring(star + 1);
    return origin.length() >= star + suffix.length()
        && origin.startsWith(allowed.substring(0, star))
        && origin.endsWith(suffix);
  }

  /** The refusal of a request; null where it is let through. A request without origin always is. */
  HttpResponse refusal(HttpRequest request) {
    if (origins.isEmpty()) {
      return null;
    }
    String origin = request.header("Origin");
    return origin == null || allows(origin) ? null : FORBIDDEN;
  }

  /** The answer to OPTIONS. */
  HttpResponse preflight(HttpRequest request) {
    String origin = request.header("Origin");
    if (origins.isEmpty()
        || !request.headerIs("Access-Control-Request-Method", "POST")
        || !isAny() && (origin == null || !allows(origin))) {
      return FORBIDDEN;
    }
    HttpResponse answer = HttpResponse.text(200, "").header("Access-Control-Allow-Methods", "POST");
    String headers = request.header("Access-Control-Request-Headers");
    if (headers != null) {
      answer = answer.header("Access-Control-Allow-Headers", headers);
    }
    return decorate(answer, request);
  }

  /** Adds to the answer of a request what lets the page see it. */
  HttpResponse decorate(HttpResponse answer, HttpRequest request) {
    if (origins.isEmpty()) {
      return answer;
    }
    if (isAny()) {
      return answer.header("Access-Control-Allow-Origin", "*");
    }
    String origin = request.header("Origin");
    if (origin == null || !allows(origin)) {
      return answer;
    }
    HttpResponse decorated = answer.header("Access-Control-Allow-Origin", origin);
    return credentials ? decorated.header("Access-Control-Allow-Credentials", "true") : decorated;
  }
}
