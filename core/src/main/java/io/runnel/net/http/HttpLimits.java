package io.runnel.net.http;

import io.runnel.host.MemoryBudget;
import java.time.Duration;

/**
 * What one HTTP server grants a client.
 *
 * @param headBytes longest request line with headers; browsers stay below 16 KiB
 * @param headers number of headers
 * @param bodyBytes longest body as received; more is answered with 413
 * @param connections connections at once; one more is closed at once
 * @param idle how long a connection may stay silent between requests
 * @param head how long a client may take for the request line and headers
 * @param body how long a client may take for {@link #PROGRESS_BYTES} of a body, or for its rest
 * @param buffered for unfinished bodies of all connections together; more is answered with 503
 */
public record HttpLimits(
    int headBytes,
    int headers,
    long bodyBytes,
    int connections,
    Duration idle,
    Duration head,
    Duration body,
    MemoryBudget buffered) {
  /** What must arrive within {@link #body} for the time to start again. */
  static final int PROGRESS_BYTES = 8 * 1024;

  /** Up to this a request's buffer is not counted against {@link #buffered}. */
  static final int FREE_BYTES = 16 * 1024;

  /** For a server of small requests, such as monitor_agent. */
  public static HttpLimits small() {
    return new HttpLimits(
        32 * 1024,
        100,
        1024 * 1024,
        256,
        Duration.ofSeconds(10),
        Duration.ofSeconds(10),
        Duration.ofSeconds(10),
        new MemoryBudget(16L * 1024 * 1024));
  }

  /**
   * For a server that takes in data.
   *
   * @param buffered shared with other servers
   */
  public static HttpLimits ingest(long bodyBytes, Duration idle, MemoryBudget buffered) {
    return new HttpLimits(
        64 * 1024,
        200,
        bodyBytes,
        8192,
        idle,
        Duration.ofSeconds(20),
        Duration.ofSeconds(30),
        buffered);
  }
}
