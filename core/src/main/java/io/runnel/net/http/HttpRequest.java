package io.runnel.net.http;

import java.net.InetAddress;
import java.nio.charset.StandardCharsets;
import java.util.Locale;
import java.util.function.BiConsumer;

/**
 * A request as a view into the buffer of its connection. Header names are compared without regard
 * to case; text that is no UTF-8 stays readable byte by byte through the views.
 */
public final class HttpRequest {
  byte[] buffer;
  String method;
  int targetStart;
  int targetEnd;
  boolean http11;
  int headerCount;

  /** Four numbers for each header: name from, to, value from, to. */
  int[] headers = new int[4 * 16];

  int bodyStart;
  int bodyEnd;
  boolean keepAlive;
  private InetAddress peer;
  private int pathEnd;
  private int pathStart;

  void begin(byte[] bytes, InetAddress client) {
    buffer = bytes;
    peer = client;
    headerCount = 0;
    bodyStart = 0;
    bodyEnd = 0;
  }

  /** Splits the target: an absolute one loses scheme and host, a query goes. */
  void splitTarget() {
    pathStart = targetStart;
    if (buffer[targetStart] != '/') {
      int at = targetStart;
      while (at + 2 < targetEnd
          && !(buffer[at] == ':' && buffer[at + 1] == '/' && buffer[at + 2] == '/')) {
        at++;
      }
      if (at + 2 < targetEnd) {
        at += 3;
        while (at < targetEnd && buffer[at] != '/' && buffer[at] != '?') {
          at++;
        }
        pathStart = at;
      }
    }
    pathEnd = pathStart;
    while (pathEnd < targetEnd && buffer[pathEnd] != '?' && buffer[pathEnd] != '#') {
      pathEnd++;
    }
  }

  public String method() {
    return method;
  }

  public boolean is(String name) {
    return method.equals(name);
  }

  /** The path without the query, as it came: nothing in it is decoded. */
  public String path() {
    return new String(buffer, pathStart, pathEnd - pathStart, StandardCharsets.UTF_8);
  }

  /** The array in which everything stands. */
  public byte[] buffer() {
    return buffer;
  }

  public int pathStart() {
    return pathStart;
  }

  public int pathEnd() {
    return pathEnd;
  }

  /** What stands behind the first {@code ?}, not decoded; null where there is none. */
  public String query() {
    if (pathEnd >= targetEnd || buffer[pathEnd] != '?') {
      return null;
    }
    int end = pathEnd + 1;
    while (end < targetEnd && buffer[end] != '#') {
      end++;
    }
    return new String(buffer, pathEnd + 1, end - pathEnd - 1, StandardCharsets.UTF_8);
  }

  public boolean isHttp11() {
    return http11;
  }

  public boolean keepAlive() {
    return keepAlive;
  }

  /** The client's address; null over a unix socket. */
  public InetAddress peer() {
    return peer;
  }

  /** The last header of that name; null where there is none. */
  public String header(String name) {
    int index = find(name);
    return index < 0 ? null : value(index);
  }

  public boolean hasHeader(String name) {
    return find(name) >= 0;
  }

  /** Whether there is such a header and it is this value, without regard to case. */
  public boolean headerIs(String name, String value) {
    int index = find(name);
    return index >= 0 && equal(headers[4 * index + 2], headers[4 * index + 3], value);
  }

  /** Whether there is such a header whose value begins so, without regard to case. */
  public boolean headerStarts(String name, String prefix) {
    int index = find(name);
    int from = index < 0 ? 0 : headers[4 * index + 2];
    return index >= 0
        && headers[4 * index + 3] - from >= prefix.length()
        && equal(from, from + prefix.length(), prefix);
  }

  /** Passes all headers in their order, names as they came. */
  public void eachHeader(BiConsumer<String, String> consumer) {
    for (int i = 0; i < headerCount; i++) {
      int from = headers[4 * i];
      String name = new String(buffer, from, headers[4 * i + 1] - from, StandardCharsets.US_ASCII);
      consumer.accept(name, value(i));
    }
  }

  public int bodyOffset() {
    return bodyStart;
  }

  public int bodyLength() {
    return bodyEnd - bodyStart;
  }

  /** The body as text. */
  public String bodyText() {
    return new String(buffer, bodyStart, bodyEnd - bodyStart, StandardCharsets.UTF_8);
  }

  String value(int index) {
    int from = headers[4 * index + 2];
    return new String(buffer, from, headers[4 * index + 3] - from, StandardCharsets.UTF_8);
  }

  int find(String name) {
    for (int i = headerCount - 1; i >= 0; i--) {
      if (equal(headers[4 * i], headers[4 * i + 1], name)) {
        return i;
      }
    }
    return -1;
  }

  int count(String name) {
    int count = 0;
    for (int i = 0; i < headerCount; i++) {
      if (equal(headers[4 * i], headers[4 * i + 1], name)) {
        count++;
      }
    }
    return count;
  }

  boolean equal(int from, int to, String text) {
    if (to - from != text.length()) {
      return false;
    }
    for (int i = 0; i < text.length(); i++) {
      if (lower(buffer[from + i]) != lower((byte) text.charAt(i))) {
        return false;
      }
    }
    return true;
  }

  private static int lower(byte b) {
    return b >= 'A' && b <= 'Z' ? b | 0x20 : b;
  }

  /** The request line, for messages. */
  @Override
  public String toString() {
    return method + " " + path() + (http11 ? " HTTP/1.1" : " HTTP/1.0").toUpperCase(Locale.ROOT);
  }
}
