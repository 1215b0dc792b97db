package io.runnel.plugins.output;

/**
 * What a server answered.
 *
 * @param reason the text behind the status code; may be empty
 * @param body as text, cut where it is long
 */
public record HttpResponse(int status, String reason, String body) {
  public boolean isSuccess() {
    return status >= 200 && status < 300;
  }

  /** {@code 404 Not Found BODY}, as Fluentd writes it. */
  @Override
  public String toString() {
    return status + " " + reason.strip() + " " + body.stripLeading();
  }
}
