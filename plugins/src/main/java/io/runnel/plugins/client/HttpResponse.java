package io.runnel.plugins.client;

import java.util.Map;

/**
 * What a server answered.
 *
 * @param reason the text behind the status code; may be empty
 * @param headers by name in lower case; of those that come twice, the last
 * @param body as text
 * @param truncated the body was longer than what the caller wanted of it
 */
public record HttpResponse(
    int status, String reason, Map<String, String> headers, String body, boolean truncated) {
  public boolean isSuccess() {
    return status >= 200 && status < 300;
  }

  /** {@code 404 Not Found BODY}, as Fluentd writes it. */
  @Override
  public String toString() {
    return status + " " + reason.strip() + " " + body.stripLeading();
  }
}
