package io.runnel.plugins.tail;

import io.runnel.event.ByteSearch;

/**
 * Finds line ends in bytes.
 *
 * @param width bytes of a newline: 1, or 2 and 4 for UTF-16 and UTF-32
 * @param littleEndian whether the low byte comes first; without meaning for width 1
 */
record Newlines(int width, boolean littleEndian) {
  static final Newlines BYTES = new Newlines(1, false);

  /** Where the first newline at or behind {@code from} starts; -1 where there is none. */
  int indexOf(byte[] text, int from, int to) {
    return width == 1 ? ByteSearch.indexOf(text, from, to, '\n') : wide(text, from, to);
  }

  private int wide(byte[] text, int from, int to) {
    for (int i = from; i <= to - width; i += width) {
      if (isNewline(text, i)) {
        return i;
      }
    }
    return -1;
  }

  private boolean isNewline(byte[] text, int at) {
    for (int i = 0; i < width; i++) {
      int wanted = i == (littleEndian ? 0 : width - 1) ? '\n' : 0;
      if (text[at + i] != wanted) {
        return false;
      }
    }
    return true;
  }
}
