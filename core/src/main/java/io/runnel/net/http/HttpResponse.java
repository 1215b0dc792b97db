package io.runnel.net.http;

import io.runnel.event.Bytes;
import java.nio.charset.StandardCharsets;
import java.util.LinkedHashMap;
import java.util.Map;

/**
 * An answer. It is encoded once for each kind of connection and may be kept and sent again and
 * again, by several threads.
 */
public final class HttpResponse {
  private final int status;
  private final Map<String, String> headers;
  private final byte[] body;
  private final boolean close;
  private byte[] encodedKeep;
  private byte[] encodedClose;

  private HttpResponse(int status, Map<String, String> headers, byte[] body, boolean close) {
    this.status = status;
    this.headers = headers;
    this.body = body;
    this.close = close;
  }

  public static HttpResponse of(int status, String contentType, byte[] body) {
    return new HttpResponse(status, Map.of("Content-Type", contentType), body, false);
  }

  public static HttpResponse text(int status, String body) {
    return of(status, "text/plain", body.getBytes(StandardCharsets.UTF_8));
  }

  /** A copy with one more header; what stands in it must hold no line break. */
  public HttpResponse header(String name, String value) {
    if (value.indexOf('\r') >= 0 || value.indexOf('\n') >= 0) {
      throw new IllegalArgumentException("line break in header " + name);
    }
    Map<String, String> more = new LinkedHashMap<>(headers);
    more.put(name, value);
    return new HttpResponse(status, more, body, close);
  }

  /** A copy after which the connection is closed. */
  public HttpResponse closing() {
    return new HttpResponse(status, headers, body, true);
  }

  public int status() {
    return status;
  }

  public byte[] body() {
    return body;
  }

  boolean isClosing() {
    return close;
  }

  /** The bytes on the wire. */
  byte[] encoded(boolean keepAlive) {
    byte[] encoded = keepAlive ? encodedKeep : encodedClose;
    if (encoded == null) {
      encoded = encode(keepAlive);
      if (keepAlive) {
        encodedKeep = encoded;
      } else {
        encodedClose = encoded;
      }
    }
    return encoded;
  }

  private byte[] encode(boolean keepAlive) {
    Bytes out = new Bytes(256 + body.length);
    out.ascii("HTTP/1.1 " + status + " " + reason(status) + "\r\n");
    headers.forEach((name, value) -> out.utf8(name + ": " + value + "\r\n"));
    if (status >= 200 && status != 204) {
      out.ascii("Content-Length: " + body.length + "\r\n");
    }
    out.ascii(keepAlive ? "Connection: Keep-Alive\r\n\r\n" : "Connection: close\r\n\r\n");
    if (status != 204) {
      out.write(body);
    }
    return out.toByteArray();
  }

  static String reason(int status) {
    return switch (status) {
      case 200 -> "OK";
      case 204 -> "No Content";
      case 400 -> "Bad Request";
      case 403 -> "Forbidden";
      case 404 -> "Not Found";
      case 405 -> "Method Not Allowed";
      case 408 -> "Request Timeout";
      case 413 -> "Request Entity Too Large";
      case 415 -> "Unsupported Media Type";
      case 417 -> "Expectation Failed";
      case 431 -> "Request Header Fields Too Large";
      case 500 -> "Internal Server Error";
      case 501 -> "Not Implemented";
      case 503 -> "Service Unavailable";
      case 505 -> "HTTP Version Not Supported";
      default -> "Status";
    };
  }
}
