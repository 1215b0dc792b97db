package io.runnel.net.http;

/** Answers requests. Called by one thread at a time, unless a call takes long. */
public interface HttpHandler {
  /**
   * @param request valid only during the call
   * @throws Exception answered with 500
   */
  HttpResponse handle(HttpRequest request) throws Exception;

  /**
   * Called after one or more requests were handled by this thread and before their answers are
   * sent: the moment to make safe what they brought. Where it fails, successes become 500.
   */
  default void commit() throws Exception {}

  /** The answer for an exception out of {@link #handle} or {@link #commit}. */
  default HttpResponse failure(Exception e) {
    return HttpResponse.text(500, "500 Internal Server Error\n" + e.getMessage() + "\n");
  }

  /** The answer for a request that breaks a limit or the protocol; the connection is closed. */
  default HttpResponse rejection(int status, String reason) {
    return HttpResponse.text(status, status == 413 ? "Too large" : status + " " + reason + "\n");
  }
}
