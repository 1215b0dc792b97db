package io.runnel.testkit;

import java.io.IOException;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.util.StringJoiner;
import java.util.function.IntFunction;

/** Sends numbered events to in_http and repeats what was not acknowledged. Used by one thread. */
public final class EventSender implements AutoCloseable {
  private final HttpClient http = HttpClient.newHttpClient();
  private final URI uri;

  public EventSender(int port, String tag) {
    uri = URI.create("http://127.0.0.1:" + port + "/" + tag);
  }

  /**
   * Sends the events from one number to another as one request; returns when it is acknowledged.
   */
  public void send(int from, int to, IntFunction<String> record) {
    StringJoiner array = new StringJoiner(",", "[", "]");
    for (int n = from; n < to; n++) {
      array.add(record.apply(n));
    }
    HttpRequest request =
        HttpRequest.newBuilder(uri)
            .header("Content-Type", "application/json")
            .POST(HttpRequest.BodyPublishers.ofString(array.toString()))
            .build();
    Await.await(() -> isAcknowledged(request));
  }

  private boolean isAcknowledged(HttpRequest request) {
    try {
      return http.send(request, HttpResponse.BodyHandlers.discarding()).statusCode() == 200;
    } catch (IOException e) {
      return false;
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      throw new AssertionError("interrupted", e);
    }
  }

  @Override
  public void close() {
    http.close();
  }
}
