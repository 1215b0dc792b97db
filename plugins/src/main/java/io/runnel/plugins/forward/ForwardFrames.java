package io.runnel.plugins.forward;

import io.runnel.host.MemoryBudget;
import io.runnel.net.Connection;
import java.io.IOException;

/**
 * Cuts the bytes of one connection into messages. What is received stays where it was written: a
 * message is a view into the buffer, and so are the events in it, which need no copy. What is read
 * next may overwrite them.
 *
 * <p>The buffer grows only with bytes that have really come, never by a declared length. It starts
 * as large as the last messages were, as long as memory is not scarce. All but small buffers are
 * counted against a budget, from the moment that they are made until they are replaced.
 */
public final class ForwardFrames {
  private static final int INITIAL_BYTES = 8 * 1024;

  /** Up to here a connection's buffer is not counted: connections are limited in number. */
  private static final int FREE_BYTES = 16 * 1024;

  private static final int LARGEST_START = 1024 * 1024;

  /** Size for a client that sends faster than is read, however small its messages are. */
  private static final int BUSY_BYTES = 256 * 1024;

  /** From here on a message is taken in parts, so that it need not fit into memory. */
  private static final int LONG_BYTES = 4 * 1024 * 1024;

  /**
   * The same while there is plenty of memory: a whole chunk of a memory buffer (8 MB) of the
   * sender. Only a message that is taken whole can be recognized when it comes again.
   */
  private static final int LARGEST_WHOLE = 9 * 1024 * 1024;

  private static final int LEAST_ROOM = 16 * 1024;

  private final MessageScanner scanner = new MessageScanner();
  private final MemoryBudget budget;
  private final long dropAbove;
  private byte[] buffer = new byte[INITIAL_BYTES];
  private int start;
  private int scanned;
  private int end;
  private int messageEnd;
  private int usual = INITIAL_BYTES;
  private long charged;
  private long dropped;
  private boolean dropping;

  /**
   * @param dropAbove messages of more bytes are skipped ({@code chunk_size_limit}); 0 for none
   */
  public ForwardFrames(MemoryBudget budget, long dropAbove) {
    this.budget = budget;
    this.dropAbove = dropAbove;
  }

  /** True where the client speaks JSON; known with the first message. */
  public boolean isJson() {
    return scanner.isJson();
  }

  /** Bytes of the message that {@link #next} found but dropped; 0 where it was kept. */
  public long droppedBytes() {
    return dropped;
  }

  /** The array in which the message stands. */
  public byte[] buffer() {
    return buffer;
  }

  public int offset() {
    return start;
  }

  public int length() {
    return messageEnd - start;
  }

  /** Bytes that have come but make no whole message yet. */
  public int unfinished() {
    return end - start;
  }

  /**
   * True where so much of an unfinished message is there that its first events should be taken
   * before the rest comes; not where messages of some size are to be dropped as a whole.
   */
  public boolean isLong() {
    return dropAbove == 0
        && unfinished() >= LONG_BYTES
        && scanner.isInside()
        && !scanner.isJson()
        && (unfinished() >= Math.min(LARGEST_WHOLE, budget.total() / 8) || budget.isScarce());
  }

  /** Gives up the first bytes of the unfinished message, up to a position in the buffer. */
  public void consume(int position) {
    start = position;
  }

  /**
   * Goes to the next whole message among the bytes that have come. Where it was too large, {@link
   * #droppedBytes} is not 0 and there is nothing to look at.
   *
   * @return false where more bytes must be read first
   */
  public boolean next() throws ForwardException {
    start = Math.max(start, messageEnd);
    if (!scanner.isInside()) {
      scanned = Math.max(scanned, start);
      int blanks = scanner.blanks(buffer, scanned, end);
      scanned += blanks;
      start = scanned;
      dropped = 0;
      dropping = false;
    }
    int found = scanner.scan(buffer, scanned, end);
    if (found < 0) {
      if (dropping || dropAbove > 0 && dropped + end - start > dropAbove) {
        dropping = true;
        dropped += end - start;
        start = end;
      }
      scanned = end;
      messageEnd = start;
      return false;
    }
    scanned = found;
    messageEnd = found;
    if (dropping || dropAbove > 0 && found - start > dropAbove) {
      dropped += found - start;
      start = found;
    } else {
      usual = Math.max(usual, Math.min(LARGEST_START, (found - start) / 4 * 5));
    }
    return true;
  }

  /**
   * Reads from the connection.
   *
   * @return false at its end
   * @throws ForwardException where the message becomes larger than there is memory for
   */
  public boolean fill(Connection connection) throws IOException {
    int kept = end - start;
    if (kept == 0) {
      int size = budget.isScarce() ? INITIAL_BYTES : usual;
      if (buffer.length > Math.min(size, LARGEST_START) || buffer.length < size) {
        restart(size);
      } else {
        move(buffer);
      }
    }
    if (buffer.length - end < LEAST_ROOM && buffer.length - end < buffer.length / 2) {
      grow(kept);
    }
    int count = connection.read(buffer, end, buffer.length - end);
    if (count < 0) {
      return false;
    }
    end += count;
    if (end == buffer.length && usual < BUSY_BYTES) {
      usual = Math.min(BUSY_BYTES, 2 * buffer.length);
    }
    return true;
  }

  private void grow(int kept) throws ForwardException {
    long wanted = Math.max(budget.isScarce() ? INITIAL_BYTES : usual, kept * 2L);
    if (kept * 2L <= buffer.length) {
      move(buffer);
      return;
    }
    if (wanted > Integer.MAX_VALUE - 16) {
      throw new ForwardException("a message of more than " + kept + " bytes");
    }
    long least = kept + (long) LEAST_ROOM;
    if (charge(wanted)) {
      replace((int) wanted);
    } else if (least < wanted && charge(least)) {
      replace((int) least);
    } else {
      throw new ForwardException(
          "a message of more than %d bytes: unfinished messages together may take %d bytes; give"
                  .formatted(kept, budget.total())
              + " this instance more memory, or let the client send smaller chunks");
    }
  }

  /** Begins with an empty buffer of a size that is only convenient. */
  private void restart(int size) {
    settle();
    replace(charge(size) ? size : INITIAL_BYTES);
  }

  /** Counts a buffer of that size in place of the one there is; false where it is too large. */
  private boolean charge(long size) {
    long cost = size <= FREE_BYTES ? 0 : size;
    if (cost > charged && !budget.take(cost - charged)) {
      return false;
    }
    if (cost < charged) {
      budget.give(charged - cost);
    }
    charged = cost;
    return true;
  }

  private void settle() {
    budget.give(charged);
    charged = 0;
  }

  private void replace(int size) {
    move(new byte[size]);
  }

  private void move(byte[] target) {
    int kept = end - start;
    if (target != buffer || start > 0) {
      System.arraycopy(buffer, start, target, 0, kept);
    }
    scanned -= start;
    messageEnd = 0;
    start = 0;
    end = kept;
    buffer = target;
  }

  /** Gives back what the buffer took of the budget. */
  public void close() {
    settle();
  }
}
