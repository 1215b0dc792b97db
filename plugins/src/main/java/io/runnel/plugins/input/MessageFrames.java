package io.runnel.plugins.input;

import io.runnel.event.ByteSearch;
import io.runnel.host.MemoryBudget;
import io.runnel.net.Connection;
import java.io.IOException;
import java.util.Arrays;

/**
 * Cuts the bytes of one connection into messages: up to a delimiter, or by a count of octets in
 * front (RFC 6587). A message that is too long, or for which there is no memory, is skipped without
 * being kept; the connection goes on. What stands behind the last delimiter when the connection
 * ends is no message.
 */
public final class MessageFrames implements AutoCloseable {
  /** Limit where the configuration has none: a client that sends no delimiter must not hurt. */
  public static final long LONGEST = 32L * 1024 * 1024;

  private static final int INITIAL_BYTES = 4 * 1024;

  /**
   * Size for a client that sends faster than is read, and the size kept between messages; as much
   * as one read of a socket brings. The events of one read are emitted together by tag, and a relay
   * of syslog sends up to 192 tags: small reads make a write to the buffer of every event.
   */
  private static final int READ_BYTES = 128 * 1024;

  private static final int COUNT_DIGITS = 9;

  private final byte[] delimiter; // null for counted octets
  private final long limit;
  private final MemoryBudget budget;
  private long charged;
  private byte[] buffer = new byte[INITIAL_BYTES];
  private int start;
  private int searched;
  private int end;
  private int messageEnd;
  private int next;
  private long skipping;
  private boolean tooLong;

  /** The last read left no room: there is probably more to read. */
  private boolean filled;

  /**
   * Of a message with a count that has not come whole: what stands in front of it, and its size.
   */
  private int headBytes;

  private long counted;

  /**
   * @param delimiter null where each message has its length in front
   * @param limit most bytes of a message
   * @param budget buffers of more than {@link #READ_BYTES} are counted there
   */
  public MessageFrames(byte[] delimiter, long limit, MemoryBudget budget) {
    this.delimiter = delimiter;
    this.limit = limit;
    this.budget = budget;
  }

  public byte[] buffer() {
    return buffer;
  }

  public int offset() {
    return start;
  }

  public int length() {
    return messageEnd - start;
  }

  /** True where {@link #next} has found a message that was too long; it has no bytes. */
  public boolean isTooLong() {
    return tooLong;
  }

  /**
   * Goes to the next message.
   *
   * @return false where more bytes must be read first
   * @throws IOException where a count of octets was to stand and does not
   */
  public boolean next() throws IOException {
    start = next;
    tooLong = false;
    return delimiter == null ? nextCounted() : nextDelimited();
  }

  private boolean nextDelimited() {
    int at = find(Math.max(searched, start));
    if (at < 0) {
      searched = Math.max(start, end - delimiter.length + 1);
      // not by what has come: its last bytes may be the beginning of the delimiter
      if (searched - start > limit || skipping > 0) {
        skip();
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

  /** Gives up what has come of a message; a delimiter that has half come stays. */
  private void skip() {
    skipping += searched - start;
    start = searched;
    next = start;
  }

  /** Gives up the message for which the buffer would have to grow. */
  private void giveUp() {
    if (delimiter != null) {
      skip();
      return;
    }
    skipping = counted - (end - start - headBytes);
    start = end;
    next = end;
  }

  private int find(int from) {
    int last = end - delimiter.length;
    for (int i = from; i <= last; i++) {
      i = ByteSearch.indexOf(buffer, i, last + 1, delimiter[0] & 0xff);
      if (i < 0
          || delimiter.length == 1
          || Arrays.equals(buffer, i, i + delimiter.length, delimiter, 0, delimiter.length)) {
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
      headBytes = at - start;
      counted = count;
      return false;
    }
    start = at;
    messageEnd = at + (int) count;
    next = messageEnd;
    return true;
  }

  /**
   * Reads from the connection, into a buffer that has room; views of the buffer end here.
   *
   * @return false at the end of the connection
   */
  public boolean fill(Connection connection) throws IOException {
    moveToFront();
    if (end == 0 && buffer.length > READ_BYTES) {
      buffer = new byte[READ_BYTES];
      charge(0);
    } else if (filled && buffer.length < READ_BYTES) {
      buffer = Arrays.copyOf(buffer, READ_BYTES);
    } else if (end == buffer.length) {
      long wanted = Math.max(READ_BYTES, buffer.length * 2L);
      if (charge(wanted)) {
        buffer = Arrays.copyOf(buffer, (int) wanted);
      } else {
        giveUp();
        moveToFront();
      }
    }
    int count = connection.read(buffer, end, buffer.length - end);
    if (count < 0) {
      return false;
    }
    filled = count == buffer.length - end;
    end += count;
    return true;
  }

  private void moveToFront() {
    if (start > 0) {
      int kept = end - start;
      System.arraycopy(buffer, start, buffer, 0, kept);
      searched = Math.max(0, searched - start);
      start = 0;
      next = 0;
      end = kept;
    }
  }

  /** Counts a buffer of that size in place of the one there is; false where it is too large. */
  private boolean charge(long size) {
    long cost = size <= READ_BYTES ? 0 : size;
    if (cost > charged && !budget.take(cost - charged)) {
      return false;
    }
    if (cost < charged) {
      budget.give(charged - cost);
    }
    charged = cost;
    return true;
  }

  /** Gives back what the buffer takes of the budget. */
  @Override
  public void close() {
    charge(0);
  }
}
