package io.runnel.connectors.s3;

import io.runnel.event.Bytes;
import java.io.IOException;
import java.io.InputStream;

/** Reads lines, each with its end, from an object up to a limit. Used by one thread. */
final class ObjectLines {
  /** The object is larger than allowed: it is skipped. */
  static final class TooLarge extends IOException {
    private static final long serialVersionUID = 1L;

    TooLarge(long limit) {
      super("Extracted data exceeds limit of " + limit + " bytes");
    }
  }

  private final InputStream in;
  private final long limit;
  private final byte[] buffer = new byte[64 * 1024];
  private int at;
  private int end;
  private long total;

  ObjectLines(InputStream in, long limit) {
    this.in = in;
    this.limit = limit;
  }

  /**
   * Puts the next line into {@code line}, its end included.
   *
   * @return false at the end
   */
  boolean next(Bytes line) throws IOException {
    line.clear();
    while (true) {
      if (at == end && !fill()) {
        return line.length() > 0;
      }
      int from = at;
      while (at < end && buffer[at] != '\n') {
        at++;
      }
      boolean whole = at < end;
      at += whole ? 1 : 0;
      line.write(buffer, from, at - from);
      if (whole) {
        return true;
      }
    }
  }

  private boolean fill() throws IOException {
    end = Math.max(in.read(buffer, 0, buffer.length), 0);
    at = 0;
    total += end;
    if (total > limit) {
      throw new TooLarge(limit);
    }
    return end > 0;
  }
}
