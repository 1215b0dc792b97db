package io.runnel.plugins.input;

import io.runnel.net.Connection;
import java.io.IOException;
import java.util.Arrays;

/**
 * Cuts the bytes of one connection into messages: up to a delimiter, or by a count of octets in
 * front (RFC 6587). A message that is too long is skipped without being kept; the connection goes
 * on. What stands behind the last delimiter when the connection ends is no message.
 */
final class MessageFrames {
  /** Limit where the configuration has none: a client that sends no delimiter must not hurt. */
  static final long LONGEST = 32L * 1024 * 1024;

  private static final int INITIAL_BYTES = 4 * 1024;
  private static final int READ_BYTES = 64 * 1024;
  private static final int COUNT_DIGITS = 9;

  private final byte[] delimiter; // null for counted octets
  private final long limit;
  private byte[] buffer = new byte[INITIAL_BYTES];
  private int start;
  private int searched;
  private int end;
  private int messageEnd;
  private int next;
  private long skipping;
  private boolean tooLong;

  /**
   * @param delimiter null where each message has its length in front
   * @param limit most bytes of a message
   */
  MessageFrames(byte[] delimiter, long limit) {
    this.delimiter = delimiter;
    this.limit = limit;
  }

  byte[] buffer() {
    return buffer;
  }

  int offset() {
    return start;
  }

  int length() {
    return messageEnd - start;
  }

  /** True where {@link #next} has found a message that was too long; it has no bytes. */
  boolean isTooLong() {
    return tooLong;
  }

  /**
   * Goes to the next message.
   *
   * @return false where more bytes must be read first
   * @throws IOException where a count of octets was to stand and does not
   */
  boolean next() throws IOException {
    start = next;
    tooLong = false;
    return delimiter == null ? nextCounted() : nextDelimited();
  }

  private boolean nextDelimited() {
    int at = find(Math.max(searched, start));
    if (at < 0) {
      searched = Math.max(start, end - delimiter.length + 1);
      if (end - start > limit || skipping > 0) {
        skipping += searched - start;
        start = searched;
        next = start;
      }
      return false;
    }
    messageEnd = at;
    next = at + delimiter.length;
    searched = next;
    tooLong = skipping > 0 || at - start > limit;
    skipping = 0;
    if (tooLong) {
      start = messageEnd;
    }
    return true;
  }

  private int find(int from) {
    byte first = delimiter[0];
    int last = end - delimiter.length;
    for (int i = from; i <= last; i++) {
      if (buffer[i] == first
          && (delimiter.length == 1
              || Arrays.equals(buffer, i, i + delimiter.length, delimiter, 0, delimiter.length))) {
        return i;
      }
    }
    return -1;
  }

  private boolean nextCounted() throws IOException {
    if (skipping > 0) {
      long step = Math.min(skipping, end - start);
      skipping -= step;
      start += (int) step;
      next = start;
      if (skipping > 0) {
        return false;
      }
      messageEnd = start;
      tooLong = true;
      return true;
    }
    int at = start;
    long count = 0;
    while (at < end && buffer[at] >= '0' && buffer[at] <= '9' && at - start <= COUNT_DIGITS) {
      count = count * 10 + buffer[at] - '0';
      at++;
    }
    if (at == end && at - start <= COUNT_DIGITS) {
      return false;
    }
    if (at == start || at - start > COUNT_DIGITS || buffer[at] != ' ') {
      throw new IOException("no octet count where a message should begin");
    }
    at++;
    if (count > limit) {
      skipping = count;
      next = at;
      return next();
    }
    if (end - at < count) {
      return false;
    }
    start = at;
    messageEnd = at + (int) count;
    next = messageEnd;
    return true;
  }

  /**
   * Reads from the connection; views of the buffer end here.
   *
   * @return false at the end of the connection
   */
  boolean fill(Connection connection) throws IOException {
    int kept = end - start;
    if (start > 0) {
      System.arraycopy(buffer, start, buffer, 0, kept);
      searched = Math.max(0, searched - start);
      start = 0;
      next = 0;
      end = kept;
    }
    if (kept == 0 && buffer.length > READ_BYTES) {
      buffer = new byte[READ_BYTES];
    } else if (end == buffer.length) {
      buffer = Arrays.copyOf(buffer, Math.max(READ_BYTES, buffer.length * 2));
    }
    int count = connection.read(buffer, end, buffer.length - end);
    if (count < 0) {
      return false;
    }
    end += count;
    return true;
  }
}
