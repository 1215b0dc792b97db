package io.runnel.plugins.forward;

/**
 * Finds the ends of values in a stream of MessagePack or JSON that arrives in pieces. It goes on
 * where it stopped, so bytes that come one by one cost no more than others, and believes no
 * declared length: it only counts what is still to come.
 */
final class MessageScanner {
  private boolean json;
  private boolean decided;

  /** MessagePack: values that are still to begin. */
  private long open;

  /** MessagePack: bytes of the present value that are still to come. */
  private long payload;

  /** MessagePack: bytes of a head that is not whole, most significant first. */
  private long head;

  private int headCode;
  private int headLeft;

  private int depth;
  private boolean inString;
  private boolean escaped;
  private boolean inside;

  /** True where the stream is JSON; known after the first byte. */
  boolean isJson() {
    return json;
  }

  /** True between the first and the last byte of a value. */
  boolean isInside() {
    return inside;
  }

  /**
   * Reads on.
   *
   * @return the position behind the value, where it ends before {@code to}; -1 where all was read
   *     and it does not
   * @throws ForwardException where the bytes are no MessagePack
   */
  int scan(byte[] bytes, int from, int to) throws ForwardException {
    if (from == to) {
      return -1;
    }
    if (!decided) {
      decided = true;
      json = bytes[from] == '{' || bytes[from] == '[';
    }
    return json ? scanJson(bytes, from, to) : scanMsgpack(bytes, from, to);
  }

  /** How much of the bytes from {@code from} is white space between two JSON values. */
  int blanks(byte[] bytes, int from, int to) {
    int at = from;
    if (json && !inside) {
      while (at < to && bytes[at] <= ' ' && bytes[at] >= 0) {
        at++;
      }
    }
    return at - from;
  }

  private int scanJson(byte[] bytes, int from, int to) throws ForwardException {
    for (int at = from; at < to; at++) {
      byte b = bytes[at];
      if (!inside) {
        if (b != '{' && b != '[') {
          throw new ForwardException("neither an object nor an array in JSON");
        }
        inside = true;
      }
      if (inString) {
        if (escaped) {
          escaped = false;
        } else if (b == '\\') {
          escaped = true;
        } else if (b == '"') {
          inString = false;
        }
      } else if (b == '"') {
        inString = true;
      } else if (b == '{' || b == '[') {
        depth++;
      } else if ((b == '}' || b == ']') && --depth == 0) {
        inside = false;
        return at + 1;
      }
    }
    return -1;
  }

  private int scanMsgpack(byte[] bytes, int from, int to) throws ForwardException {
    int at = from;
    if (!inside) {
      inside = true;
      open = 1;
    }
    while (true) {
      if (payload > 0) {
        int step = (int) Math.min(payload, to - at);
        payload -= step;
        at += step;
        if (payload > 0) {
          return -1;
        }
      }
      if (headLeft == 0 && open == 0) {
        inside = false;
        return at;
      }
      if (at == to) {
        return -1;
      }
      if (headLeft > 0) {
        head = head << 8 | bytes[at++] & 0xff;
        if (--headLeft == 0) {
          headEnded();
        }
      } else {
        open--;
        begin(bytes[at++] & 0xff);
      }
    }
  }

  private void begin(int code) throws ForwardException {
    if (code < 0x80 || code >= 0xe0) {
      return;
    }
    if (code <= 0x8f) {
      open += 2L * (code & 15);
    } else if (code <= 0x9f) {
      open += code & 15;
    } else if (code <= 0xbf) {
      payload = code & 31;
    } else {
      switch (code) {
        case 0xc0, 0xc2, 0xc3 -> {}
        case 0xc4, 0xc7, 0xd9 -> length(code, 1);
        case 0xc5, 0xc8, 0xda, 0xdc, 0xde -> length(code, 2);
        case 0xc6, 0xc9, 0xdb, 0xdd, 0xdf -> length(code, 4);
        case 0xcc, 0xd0 -> payload = 1;
        case 0xcd, 0xd1, 0xd4 -> payload = 2;
        case 0xd5 -> payload = 3;
        case 0xca, 0xce, 0xd2 -> payload = 4;
        case 0xd6 -> payload = 5;
        case 0xcb, 0xcf, 0xd3 -> payload = 8;
        case 0xd7 -> payload = 9;
        case 0xd8 -> payload = 17;
        default -> throw new ForwardException("0x%02x begins no MessagePack value".formatted(code));
      }
    }
  }

  private void length(int code, int bytes) {
    headCode = code;
    headLeft = bytes;
    head = 0;
  }

  private void headEnded() {
    switch (headCode) {
      case 0xdc, 0xdd -> open += head;
      case 0xde, 0xdf -> open += 2 * head;
      case 0xc7, 0xc8, 0xc9 -> payload = head + 1;
      default -> payload = head;
    }
  }
}
