package io.runnel.plugins.client;

import io.runnel.event.Bytes;
import java.io.EOFException;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.util.HashMap;
import java.util.Locale;
import java.util.Map;

/** Reads one answer of an HTTP/1.1 server (RFC 9112): status line, headers, body. */
final class HttpResponseReader {
  private static final int MAX_LINE = 16 * 1024;
  private static final int MAX_HEADERS = 200;

  /** What of a body is kept for messages. */
  static final int MESSAGE_BYTES = 64 * 1024;

  /** A longer body is not read to its end: the connection is closed instead. */
  private static final long MAX_READ = 16 << 20;

  private final ClientConnection connection;
  private final int timeoutMillis;
  private final boolean withoutBody;
  private final int keptBytes;
  private final byte[] buffer = new byte[8192];
  private int at;
  private int end;
  private boolean reusable;
  private boolean truncated;

  /**
   * @param withoutBody for the answers to HEAD and CONNECT
   * @param keptBytes what of a body is kept at most
   */
  HttpResponseReader(
      ClientConnection connection, int timeoutMillis, boolean withoutBody, int keptBytes) {
    this.connection = connection;
    this.timeoutMillis = timeoutMillis;
    this.withoutBody = withoutBody;
    this.keptBytes = keptBytes;
  }

  HttpResponse read() throws IOException {
    while (true) {
      String[] status = line().split(" ", 3);
      if (status.length < 2 || !status[0].startsWith("HTTP/1.") || !status[1].matches("\\d{3}")) {
        throw new IOException("wrong status line: \"" + String.join(" ", status) + "\"");
      }
      int code = Integer.parseInt(status[1]);
      Map<String, String> headers = headers();
      if (code >= 100 && code < 200) {
        continue; // 100 Continue and the like: the answer is still to come
      }
      String connectionHeader = headers.getOrDefault("connection", "").toLowerCase(Locale.ROOT);
      reusable =
          status[0].equals("HTTP/1.0")
              ? connectionHeader.contains("keep-alive")
              : !connectionHeader.contains("close");
      String body = body(code, headers);
      return new HttpResponse(code, status.length > 2 ? status[2] : "", headers, body, truncated);
    }
  }

  /** Whether another request can be sent after this answer. */
  boolean isReusable() {
    return reusable && at == end;
  }

  private Map<String, String> headers() throws IOException {
    Map<String, String> headers = new HashMap<>();
    for (int count = 0; ; count++) {
      String line = line();
      if (line.isEmpty()) {
        return headers;
      }
      if (count >= MAX_HEADERS) {
        throw new IOException("the answer has more than " + MAX_HEADERS + " headers");
      }
      int colon = line.indexOf(':');
      if (colon > 0) {
        headers.put(
            line.substring(0, colon).strip().toLowerCase(Locale.ROOT),
            line.substring(colon + 1).strip());
      }
    }
  }

  private String body(int code, Map<String, String> headers) throws IOException {
    if (withoutBody || code == 204 || code == 304) {
      return "";
    }
    Bytes kept = new Bytes(512);
    if (headers
        .getOrDefault("transfer-encoding", "")
        .toLowerCase(Locale.ROOT)
        .contains("chunked")) {
      chunked(kept);
    } else if (headers.containsKey("content-length")) {
      take(number(headers.get("content-length"), 10), kept);
    } else {
      reusable = false;
      untilEnd(kept);
    }
    return new String(kept.array(), 0, kept.length(), StandardCharsets.UTF_8);
  }

  private long longest() {
    return Math.max(MAX_READ, keptBytes);
  }

  private void chunked(Bytes kept) throws IOException {
    long total = 0;
    while (true) {
      String size = line();
      int extension = size.indexOf(';');
      long length = number(extension < 0 ? size : size.substring(0, extension), 16);
      if (length == 0) {
        headers(); // trailers
        return;
      }
      total += length;
      if (total > longest()) {
        reusable = false;
        truncated = true;
        return;
      }
      take(length, kept);
      line();
    }
  }

  private void untilEnd(Bytes kept) throws IOException {
    for (long total = 0; total < longest(); ) {
      if (at == end && !fill()) {
        return;
      }
      total += end - at;
      keep(end - at, kept);
    }
  }

  private void take(long length, Bytes kept) throws IOException {
    if (length > longest()) {
      reusable = false;
      truncated = true;
      return;
    }
    for (long left = length; left > 0; ) {
      if (at == end && !fill()) {
        throw new EOFException("the answer ends " + left + " bytes too early");
      }
      int count = (int) Math.min(left, end - at);
      keep(count, kept);
      left -= count;
    }
  }

  private void keep(int count, Bytes kept) {
    int room = Math.min(count, keptBytes - kept.length());
    truncated |= room < count;
    kept.write(buffer, at, room);
    at += count;
  }

  private static long number(String text, int radix) throws IOException {
    try {
      long value = Long.parseLong(text.strip(), radix);
      if (value >= 0) {
        return value;
      }
    } catch (NumberFormatException e) {
      // falls through
    }
    throw new IOException("wrong length in the answer: \"" + text + "\"");
  }

  private String line() throws IOException {
    Bytes line = new Bytes(128);
    while (true) {
      if (at == end && !fill()) {
        throw new EOFException("end of file reached before the answer was complete");
      }
      byte b = buffer[at++];
      if (b == '\n') {
        int length = line.length();
        boolean crlf = length > 0 && line.array()[length - 1] == '\r';
        return new String(line.array(), 0, crlf ? length - 1 : length, StandardCharsets.ISO_8859_1);
      }
      if (line.length() >= MAX_LINE) {
        throw new IOException("the answer has a line of more than " + MAX_LINE + " bytes");
      }
      line.write(b);
    }
  }

  private boolean fill() throws IOException {
    int count = connection.read(buffer, 0, buffer.length, timeoutMillis);
    at = 0;
    end = Math.max(count, 0);
    return count > 0;
  }
}
