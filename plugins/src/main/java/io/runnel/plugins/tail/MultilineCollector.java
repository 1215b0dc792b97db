package io.runnel.plugins.tail;

import io.runnel.event.Bytes;
import io.runnel.log.Log;
import io.runnel.plugin.ParseException;

/**
 * Gathers the lines of one file that make up one event. With an expression for first lines an event
 * ends where the next one begins; without one it grows until the parser accepts it. Used by the
 * tail thread alone.
 */
final class MultilineCollector {
  /** Most bytes of one event: a first line that never comes must not fill the memory. */
  static final int MOST_BYTES = 16 << 20;

  /** Tells first lines. */
  interface FirstLine {
    boolean matches(byte[] text, int offset, int length);
  }

  private final FirstLine firstLine;
  private final LineEvents events;
  private final Log log;
  private final Bytes text = new Bytes(0);
  private long start;
  private long lastLine;

  /**
   * @param firstLine null where the parser has no expression for it
   */
  MultilineCollector(FirstLine firstLine, LineEvents events, Log log) {
    this.firstLine = firstLine;
    this.events = events;
    this.log = log;
  }

  boolean isEmpty() {
    return text.length() == 0;
  }

  /** Offset of the first gathered line. */
  long start() {
    return start;
  }

  /** When the last line came, as {@link io.runnel.host.Clock#nanos}. */
  long lastLine() {
    return lastLine;
  }

  /** Whether what is gathered is an event although no next first line has come. */
  boolean endsByTime() {
    return firstLine != null;
  }

  void clear() {
    text.reset(0);
  }

  /**
   * Takes one line with its line end.
   *
   * @param at the line's offset in the file
   * @param quiet no warnings
   */
  void line(
      TailedFile file, byte[] line, int offset, int length, long at, long now, boolean quiet) {
    lastLine = now;
    if (firstLine == null) {
      gather(line, offset, length, at);
      if (isAccepted(file) || text.length() > MOST_BYTES) {
        flush(file, quiet);
      }
    } else if (firstLine.matches(line, offset, length)) {
      flush(file, quiet);
      gather(line, offset, length, at);
    } else if (isEmpty()) {
      int bare = chomped(line, offset, length);
      if (!quiet) {
        log.warn(
            "got incomplete line before first line from "
                + file.path
                + ": "
                + LineEvents.inspect(line, offset, length));
      }
      events.unmatched(file, line, offset, bare);
    } else {
      gather(line, offset, length, at);
      if (text.length() > MOST_BYTES) {
        flush(file, quiet);
      }
    }
  }

  private void gather(byte[] line, int offset, int length, long at) {
    if (isEmpty()) {
      start = at;
    }
    text.write(line, offset, length);
  }

  private boolean isAccepted(TailedFile file) {
    try {
      boolean accepted =
          events.parse(file, text.array(), 0, chomped(text.array(), 0, text.length()))
              || events.parse(file, text.array(), 0, text.length());
      if (accepted) {
        clear();
      }
      return accepted;
    } catch (ParseException e) {
      return true; // matched, but with a wrong value: flush() says so
    }
  }

  /** Makes an event of what is gathered. */
  void flush(TailedFile file, boolean quiet) {
    if (!isEmpty()) {
      events.add(file, text.array(), 0, chomped(text.array(), 0, text.length()), quiet);
      text.clear();
    }
  }

  /** The length without one line end ({@code \n}, {@code \r\n} or {@code \r}, as Ruby's chomp). */
  static int chomped(byte[] text, int offset, int length) {
    int end = length;
    if (end > 0 && text[offset + end - 1] == '\n') {
      end--;
    }
    if (end > 0 && text[offset + end - 1] == '\r') {
      end--;
    }
    return end;
  }
}
