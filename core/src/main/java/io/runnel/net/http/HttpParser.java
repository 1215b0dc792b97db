package io.runnel.net.http;

import java.net.InetAddress;
import java.util.Arrays;

/**
 * Cuts a stream of bytes into HTTP/1.1 requests (RFC 9112), strictly: whatever two implementations
 * could read in different ways is refused, because this may stand behind a proxy that reads it the
 * other way (request smuggling). So there is no bare LF, no folded header, no space before a colon,
 * no second Content-Length, no Content-Length beside Transfer-Encoding, and no sign in a length.
 *
 * <p>Holds the bytes of one connection. The head is searched once and parsed once when it is whole,
 * so bytes that come one by one cost no more than others. A chunked body is joined in place.
 */
final class HttpParser {
  /** What {@link #advance} found. */
  enum Result {
    /** The request is not whole yet. */
    MORE,
    /** As MORE, and the client waits for {@code 100 Continue}. */
    CONTINUE,
    /** {@link #request} is whole. */
    REQUEST,
    /** {@link #status} and {@link #reason} say why it is refused; nothing more can be read. */
    REJECTED
  }

  private static final int INITIAL_BYTES = 4096;
  private static final int CHUNK_LINE_BYTES = 1024;

  private enum State {
    HEAD,
    BODY,
    CHUNK_SIZE,
    CHUNK_DATA,
    CHUNK_END,
    TRAILER,
    DONE
  }

  private static final boolean[] TOKEN = new boolean[128];

  static {
    for (int c = '!'; c < 127; c++) {
      TOKEN[c] = "\"(),/:;<=>?@[\\]{}".indexOf(c) < 0;
    }
  }

  private final HttpLimits limits;
  private final InetAddress peer;
  private final HttpRequest request = new HttpRequest();
  private byte[] buffer = new byte[INITIAL_BYTES];
  private int start;
  private int end;
  private int scanned;
  private State state = State.HEAD;
  private int at;
  private int chunkLeft;
  private long needed;
  private int trailerBytes;
  private int status;
  private String reason;

  HttpParser(HttpLimits limits, InetAddress peer) {
    this.limits = limits;
    this.peer = peer;
  }

  HttpRequest request() {
    return request;
  }

  int status() {
    return status;
  }

  String reason() {
    return reason;
  }

  /** True where a request has begun but is not whole. */
  boolean isInside() {
    return end > start;
  }

  /** True while the head is not whole. */
  boolean isInHead() {
    return state == State.HEAD;
  }

  /** Bytes that the buffer takes. */
  int capacity() {
    return buffer.length;
  }

  /** What the buffer must grow to for {@code more} bytes; its present size where they fit. */
  int capacityFor(int more) {
    if (end + more <= buffer.length) {
      return buffer.length;
    }
    long wanted = Math.max((long) end + more, buffer.length * 2L);
    return (int) Math.min(wanted, Integer.MAX_VALUE - 16);
  }

  /** The buffer with room for {@code more} bytes at {@link #end}. */
  byte[] room(int more) {
    int capacity = capacityFor(more);
    if (capacity > buffer.length) {
      buffer = Arrays.copyOf(buffer, capacity);
      request.buffer = buffer;
    }
    return buffer;
  }

  int end() {
    return end;
  }

  /** Says that {@code count} bytes were put at {@link #end}. */
  void filled(int count) {
    end += count;
  }

  /** Takes the request that was found away; what stands behind it is the next one's. */
  void next() {
    int left = end - at;
    if (buffer.length > HttpLimits.FREE_BYTES && left < INITIAL_BYTES) {
      byte[] small = new byte[INITIAL_BYTES];
      System.arraycopy(buffer, at, small, 0, left);
      buffer = small;
      start = 0;
      end = left;
    } else if (left == 0) {
      start = 0;
      end = 0;
    } else {
      System.arraycopy(buffer, at, buffer, 0, left);
      start = 0;
      end = left;
    }
    scanned = start;
    state = State.HEAD;
  }

  /** Goes on with what there is. */
  Result advance() {
    while (true) {
      switch (state) {
        case HEAD -> {
          Result result = head();
          if (result != null) {
            return result;
          }
        }
        case BODY -> {
          if (end - request.bodyStart < needed) {
            return Result.MORE;
          }
          at = request.bodyStart + (int) needed;
          request.bodyEnd = at;
          state = State.DONE;
        }
        case CHUNK_SIZE -> {
          Result result = chunkSize();
          if (result != null) {
            return result;
          }
        }
        case CHUNK_DATA -> {
          if (!chunkData()) {
            return Result.MORE;
          }
        }
        case CHUNK_END -> {
          if (end - at < 2) {
            return Result.MORE;
          }
          if (buffer[at] != '\r' || buffer[at + 1] != '\n') {
            return reject(400, "bad chunk");
          }
          at += 2;
          state = State.CHUNK_SIZE;
        }
        case TRAILER -> {
          Result result = trailer();
          if (result != null) {
            return result;
          }
        }
        case DONE -> {
          return status == 0 ? Result.REQUEST : Result.REJECTED;
        }
      }
    }
  }

  private Result reject(int code, String why) {
    status = code;
    reason = why;
    state = State.DONE;
    return Result.REJECTED;
  }

  /** Finds the empty line and parses what stands before; null where the body is next. */
  private Result head() {
    while (end - start >= 2 && buffer[start] == '\r' && buffer[start + 1] == '\n') {
      start += 2; // RFC 9112, 2.2: an empty line before a request is ignored
    }
    int headEnd = -1;
    for (int i = Math.max(start, scanned - 3) + 3; i < end; i++) {
      if (buffer[i] == '\n'
          && buffer[i - 1] == '\r'
          && buffer[i - 2] == '\n'
          && buffer[i - 3] == '\r') {
        headEnd = i - 1;
        break;
      }
    }
    scanned = end;
    if (headEnd < 0) {
      return end - start > limits.headBytes() ? reject(431, "headers too large") : Result.MORE;
    }
    if (headEnd - start > limits.headBytes()) {
      return reject(431, "headers too large");
    }
    request.begin(buffer, peer);
    int lineEnd = line(start, headEnd);
    if (!requestLine(start, lineEnd)) {
      return Result.REJECTED;
    }
    for (int i = lineEnd + 2; i < headEnd; ) {
      int next = line(i, headEnd);
      if (!header(i, next)) {
        return Result.REJECTED;
      }
      i = next + 2;
    }
    return framing(headEnd + 2);
  }

  /** The position of the CRLF that ends the line at {@code from}. */
  private int line(int from, int limit) {
    int i = from;
    while (i < limit && !(buffer[i] == '\r' && buffer[i + 1] == '\n')) {
      i++;
    }
    return i;
  }

  private boolean requestLine(int from, int to) {
    int i = from;
    while (i < to && isToken(buffer[i])) {
      i++;
    }
    int methodEnd = i;
    if (methodEnd == from || methodEnd - from > 32 || i >= to || buffer[i] != ' ') {
      reject(400, "bad request line");
      return false;
    }
    request.targetStart = ++i;
    while (i < to && (buffer[i] > ' ' && buffer[i] != 127 || buffer[i] < 0)) {
      i++;
    }
    request.targetEnd = i;
    boolean version =
        to - i == 9
            && buffer[i] == ' '
            && buffer[i + 1] == 'H'
            && buffer[i + 2] == 'T'
            && buffer[i + 3] == 'T'
            && buffer[i + 4] == 'P'
            && buffer[i + 5] == '/'
            && isDigit(buffer[i + 6])
            && buffer[i + 7] == '.'
            && isDigit(buffer[i + 8]);
    if (!version || request.targetEnd == request.targetStart) {
      reject(400, "bad request line");
      return false;
    }
    if (buffer[i + 6] != '1') {
      reject(505, "HTTP/1.1 is spoken here");
      return false;
    }
    request.http11 = buffer[i + 8] != '0';
    request.method = method(from, methodEnd);
    request.splitTarget();
    return true;
  }

  private String method(int from, int to) {
    if (request.equal(from, to, "POST") && buffer[from] == 'P' && buffer[from + 3] == 'T') {
      return "POST";
    }
    return new String(buffer, from, to - from, java.nio.charset.StandardCharsets.US_ASCII);
  }

  private boolean header(int from, int to) {
    int colon = from;
    while (colon < to && isToken(buffer[colon])) {
      colon++;
    }
    if (colon == from || colon >= to || buffer[colon] != ':') {
      reject(400, "bad header");
      return false;
    }
    int valueStart = colon + 1;
    int valueEnd = to;
    while (valueStart < valueEnd && isBlank(buffer[valueStart])) {
      valueStart++;
    }
    while (valueEnd > valueStart && isBlank(buffer[valueEnd - 1])) {
      valueEnd--;
    }
    for (int i = valueStart; i < valueEnd; i++) {
      byte b = buffer[i];
      if (b >= 0 && b < ' ' && b != '\t' || b == 127) {
        reject(400, "control character in a header");
        return false;
      }
    }
    if (request.headerCount == limits.headers()) {
      reject(431, "too many headers");
      return false;
    }
    int index = 4 * request.headerCount++;
    if (index == request.headers.length) {
      request.headers = Arrays.copyOf(request.headers, 2 * index);
    }
    request.headers[index] = from;
    request.headers[index + 1] = colon;
    request.headers[index + 2] = valueStart;
    request.headers[index + 3] = valueEnd;
    return true;
  }

  /** Decides how long the body is, and what becomes of the connection. */
  private Result framing(int bodyStart) {
    request.bodyStart = bodyStart;
    request.bodyEnd = bodyStart;
    at = bodyStart;
    request.keepAlive =
        request.http11 ? !lists("Connection", "close") : lists("Connection", "keep-alive");
    int lengths = request.count("Content-Length");
    int codings = request.count("Transfer-Encoding");
    if (lengths > 1 || codings > 1 || lengths + codings > 1 || request.count("Host") > 1) {
      return reject(400, "ambiguous headers");
    }
    if (codings == 1) {
      if (!request.http11) {
        return reject(400, "Transfer-Encoding in HTTP/1.0");
      }
      if (!request.headerIs("Transfer-Encoding", "chunked")) {
        return reject(501, "Transfer-Encoding not known");
      }
      state = State.CHUNK_SIZE;
    } else if (lengths == 1) {
      needed = length(request.find("Content-Length"));
      if (needed < 0) {
        return reject(400, "bad Content-Length");
      }
      if (needed > limits.bodyBytes()) {
        return reject(413, "Too large");
      }
      state = State.BODY;
    } else {
      state = State.DONE;
    }
    return expectation();
  }

  private Result expectation() {
    if (!request.http11 || !request.hasHeader("Expect")) {
      return null;
    }
    if (!request.headerIs("Expect", "100-continue")) {
      return reject(417, "Expectation Failed");
    }
    return state != State.DONE && end == at ? Result.CONTINUE : null;
  }

  /** Whether a header that is a list holds a word. */
  private boolean lists(String name, String word) {
    String value = request.header(name);
    if (value == null) {
      return false;
    }
    for (String item : value.split(",")) {
      if (item.strip().equalsIgnoreCase(word)) {
        return true;
      }
    }
    return false;
  }

  /** Digits only: no sign, no blank, no list. */
  private long length(int header) {
    int from = request.headers[4 * header + 2];
    int to = request.headers[4 * header + 3];
    if (from == to || to - from > 18) {
      return -1;
    }
    long value = 0;
    for (int i = from; i < to; i++) {
      if (!isDigit(buffer[i])) {
        return -1;
      }
      value = value * 10 + buffer[i] - '0';
    }
    return value;
  }

  private Result chunkSize() {
    int i = at;
    long size = 0;
    int digits = 0;
    while (i < end && Character.digit(buffer[i], 16) >= 0) {
      size = size << 4 | Character.digit(buffer[i], 16);
      i++;
      if (++digits > 15) {
        return reject(400, "bad chunk size");
      }
    }
    int lineEnd = i;
    while (lineEnd < end && buffer[lineEnd] != '\r' && buffer[lineEnd] != '\n') {
      lineEnd++;
    }
    if (lineEnd + 1 >= end && (lineEnd >= end || buffer[lineEnd] == '\r')) {
      return lineEnd - at > CHUNK_LINE_BYTES ? reject(400, "bad chunk size") : Result.MORE;
    }
    boolean plain = lineEnd == i || buffer[i] == ';' || isBlank(buffer[i]);
    if (digits == 0 || !plain || buffer[lineEnd] != '\r' || buffer[lineEnd + 1] != '\n') {
      return reject(400, "bad chunk size");
    }
    if (request.bodyEnd - request.bodyStart + size > limits.bodyBytes()) {
      return reject(413, "Too large");
    }
    at = lineEnd + 2;
    chunkLeft = (int) size;
    trailerBytes = 0;
    state = size == 0 ? State.TRAILER : State.CHUNK_DATA;
    return null;
  }

  /** Moves what there is of a chunk behind the body so far; true where the chunk is whole. */
  private boolean chunkData() {
    int count = Math.min(chunkLeft, end - at);
    System.arraycopy(buffer, at, buffer, request.bodyEnd, count);
    request.bodyEnd += count;
    at += count;
    chunkLeft -= count;
    if (at == end) {
      at = request.bodyEnd; // the place of what was moved is free again
      end = at;
    }
    if (chunkLeft == 0) {
      state = State.CHUNK_END;
      return true;
    }
    return false;
  }

  /** Skips trailers up to the empty line: nothing here needs them. */
  private Result trailer() {
    int lineEnd = at;
    while (lineEnd + 1 < end && !(buffer[lineEnd] == '\r' && buffer[lineEnd + 1] == '\n')) {
      if (buffer[lineEnd] == '\n') {
        return reject(400, "bad trailer");
      }
      lineEnd++;
    }
    if (lineEnd + 1 >= end) {
      return end - at > limits.headBytes() ? reject(431, "trailer too large") : Result.MORE;
    }
    trailerBytes += lineEnd - at;
    boolean last = lineEnd == at;
    at = lineEnd + 2;
    if (trailerBytes > limits.headBytes()) {
      return reject(431, "trailer too large");
    }
    if (last) {
      state = State.DONE;
    }
    return null;
  }

  private static boolean isToken(byte b) {
    return b >= 0 && TOKEN[b];
  }

  private static boolean isDigit(byte b) {
    return b >= '0' && b <= '9';
  }

  private static boolean isBlank(byte b) {
    return b == ' ' || b == '\t';
  }
}
