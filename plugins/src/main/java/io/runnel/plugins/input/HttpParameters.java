package io.runnel.plugins.input;

import io.runnel.event.Bytes;
import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.Map;

/** Reads parameters: of a query, a form, or a form in several parts. The last of a name wins. */
final class HttpParameters {
  /** Parameters of one request: more of them is no client of ours. */
  private static final int MAX = 1000;

  private HttpParameters() {}

  /** Adds the parameters of {@code a=b&c=d}; bytes that {@code %} does not precede stay. */
  static void addForm(byte[] text, int offset, int length, Map<String, byte[]> target) {
    int end = offset + length;
    int at = offset;
    while (at < end && target.size() < MAX) {
      int next = at;
      while (next < end && text[next] != '&') {
        next++;
      }
      int equals = at;
      while (equals < next && text[equals] != '=') {
        equals++;
      }
      String name = new String(decode(text, at, equals), StandardCharsets.UTF_8);
      if (!name.isEmpty()) {
        target.put(name, decode(text, Math.min(equals + 1, next), next));
      }
      at = next + 1;
    }
  }

  /** The parameters of a query; none where there is no query. To be read only. */
  static Map<String, byte[]> query(String query) {
    if (query == null) {
      return Map.of();
    }
    Map<String, byte[]> parameters = new LinkedHashMap<>();
    byte[] text = query.getBytes(StandardCharsets.UTF_8);
    addForm(text, 0, text.length, parameters);
    return parameters;
  }

  private static byte[] decode(byte[] text, int from, int to) {
    Bytes out = new Bytes(Math.max(1, to - from));
    for (int i = from; i < to; i++) {
      int b = text[i];
      if (b == '+') {
        out.write(' ');
      } else if (b == '%'
          && i + 2 < to
          && Character.digit(text[i + 1], 16) >= 0
          && Character.digit(text[i + 2], 16) >= 0) {
        out.write(Character.digit(text[i + 1], 16) << 4 | Character.digit(text[i + 2], 16));
        i += 2;
      } else {
        out.write(b);
      }
    }
    return out.toByteArray();
  }

  /**
   * Adds the parts of {@code multipart/form-data} (RFC 7578) that have a name.
   *
   * @param boundary as in the content type, without the dashes in front
   */
  static void addParts(
      byte[] body, int offset, int length, String boundary, Map<String, byte[]> target) {
    byte[] delimiter = ("--" + boundary).getBytes(StandardCharsets.ISO_8859_1);
    int end = offset + length;
    int at = find(body, offset, end, delimiter);
    while (at >= 0 && target.size() < MAX) {
      int head = at + delimiter.length;
      int next = find(body, head, end, delimiter);
      if (next < 0 || head + 2 > end || body[head] == '-' && body[head + 1] == '-') {
        return;
      }
      int blank = find(body, head, next, "\r\n\r\n".getBytes(StandardCharsets.ISO_8859_1));
      if (blank >= 0) {
        String name = name(new String(body, head, blank - head, StandardCharsets.UTF_8));
        int contentEnd = Math.max(blank + 4, next - 2); // the CRLF before the delimiter
        if (name != null) {
          target.put(name, Arrays.copyOfRange(body, blank + 4, contentEnd));
        }
      }
      at = next;
    }
  }

  private static String name(String head) {
    for (String line : head.split("\r\n")) {
      if (line.regionMatches(true, 0, "Content-Disposition:", 0, 20)) {
        int at = line.indexOf("name=\"");
        int end = at < 0 ? -1 : line.indexOf('"', at + 6);
        return end < 0 ? null : line.substring(at + 6, end);
      }
    }
    return null;
  }

  /** The boundary in a content type; null where it has none. */
  static String boundary(String contentType) {
    int at = contentType.indexOf("boundary=");
    if (at < 0) {
      return null;
    }
    String value = contentType.substring(at + 9);
    int end = value.indexOf(';');
    value = (end < 0 ? value : value.substring(0, end)).strip();
    boolean quoted = value.length() > 1 && value.startsWith("\"") && value.endsWith("\"");
    return quoted ? value.substring(1, value.length() - 1) : value;
  }

  private static int find(byte[] text, int from, int to, byte[] pattern) {
    for (int i = from; i + pattern.length <= to; i++) {
      if (text[i] == pattern[0]
          && Arrays.equals(text, i, i + pattern.length, pattern, 0, pattern.length)) {
        return i;
      }
    }
    return -1;
  }
}
