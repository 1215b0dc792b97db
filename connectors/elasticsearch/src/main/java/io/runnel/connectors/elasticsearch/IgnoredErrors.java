package io.runnel.connectors.elasticsearch;

import io.runnel.log.Log;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;

/**
 * {@code ignore_exceptions}: names of Ruby's classes of errors, which are matched by their last
 * part, such as {@code Elasticsearch::Transport::Transport::Errors::ServiceUnavailable}.
 */
final class IgnoredErrors {
  /** What the message of an error has in it, by the name of its Ruby class. */
  private static final Map<String, String> TEXTS =
      Map.ofEntries(
          Map.entry("BadRequest", ": 400 "),
          Map.entry("Unauthorized", ": 401 "),
          Map.entry("Forbidden", ": 403 "),
          Map.entry("NotFound", ": 404 "),
          Map.entry("RequestTimeout", ": 408 "),
          Map.entry("Conflict", ": 409 "),
          Map.entry("RequestEntityTooLarge", ": 413 "),
          Map.entry("TooManyRequests", ": 429 "),
          Map.entry("InternalServerError", ": 500 "),
          Map.entry("BadGateway", ": 502 "),
          Map.entry("ServiceUnavailable", ": 503 "),
          Map.entry("GatewayTimeout", ": 504 "),
          Map.entry("ConnectionFailed", "onnect"),
          Map.entry("ECONNREFUSED", "onnection refused"),
          Map.entry("ECONNRESET", "onnection reset"),
          Map.entry("TimeoutError", "timed out"),
          Map.entry("Timeout", "timed out"));

  private final List<String> texts = new ArrayList<>();

  IgnoredErrors(List<String> classes, Log log) {
    for (String name : classes) {
      String text = TEXTS.get(name.substring(name.lastIndexOf(':') + 1));
      if (text == null) {
        log.warn("Cannot find class " + name + ". Will ignore it.");
      } else {
        texts.add(text);
      }
    }
  }

  boolean match(Exception e) {
    String message = String.valueOf(e.getMessage());
    return texts.stream().anyMatch(message::contains);
  }
}
