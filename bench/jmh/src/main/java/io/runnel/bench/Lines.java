package io.runnel.bench;

import java.nio.charset.StandardCharsets;

/** The lines of bench.py, made again: what changes from line to line changes here too. */
final class Lines {
  private static final String[] PATHS = {
    "/",
    "/index.html",
    "/api/v1/users",
    "/static/app.js",
    "/search?q=log+collector",
    "/cart/checkout"
  };
  private static final String[] LEVELS = {"info", "warn", "error"};

  private Lines() {}

  /** Lines of one kind: json, nginx, syslog, ltsv or csv. */
  static byte[][] of(String kind, int count) {
    byte[][] lines = new byte[count][];
    for (int i = 0; i < count; i++) {
      lines[i] = line(kind, i).getBytes(StandardCharsets.UTF_8);
    }
    return lines;
  }

  private static String line(String kind, int i) {
    return switch (kind) {
      case "json", "none" ->
          ("{\"ts\":\"2026-01-02T03:00:%02d.%03dZ\",\"level\":\"%s\",\"service\":\"checkout\","
                  + "\"request_id\":\"%032x\",\"user_id\":%d,\"latency_ms\":%s,\"path\":\"%s\","
                  + "\"ok\":%s,\"msg\":\"request served from cache node %d\"}")
              .formatted(
                  i / 1000 % 60,
                  i % 1000,
                  LEVELS[i % 3],
                  i * 2_654_435_761L,
                  i % 10_007,
                  i % 997 / 10.0,
                  PATHS[i % 6],
                  i % 7 != 0,
                  i % 13);
      case "nginx", "regexp" ->
          ("10.%d.%d.%d - - [02/Jan/2026:03:00:%02d +0000] \"GET %s HTTP/1.1\" 200 %d \"-\""
                  + " \"Mozilla/5.0 (X11; Linux x86_64) AppleWebKit/537.36\"")
              .formatted(i % 250, i % 251, i % 241, i / 100 % 60, PATHS[i % 6], 100 + i % 9000);
      case "syslog" ->
          "<%d>1 2026-01-02T03:00:%02d.%06dZ host%d app %d ID47 - request %d served in %d us"
              .formatted(i % 192, i / 100 % 60, i % 1_000_000, i % 50, 1000 + i % 999, i, i % 5000);
      case "ltsv" ->
          "host:10.0.0.%d\tuser:frank\treq:GET %s HTTP/1.0\tstatus:200\tsize:%d"
              .formatted(i % 250, PATHS[i % 6], 100 + i % 9000);
      case "csv" -> "2026-01-02,host%d,\"a quoted, text\",%d,plain text".formatted(i % 50, i);
      default -> throw new IllegalArgumentException(kind);
    };
  }
}
