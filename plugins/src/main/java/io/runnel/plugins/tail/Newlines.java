package io.runnel.plugins.tail;

import java.lang.invoke.MethodHandles;
import java.lang.invoke.VarHandle;
import java.nio.ByteOrder;

/**
 * Finds line ends in bytes.
 *
 * @param width bytes of a newline: 1, or 2 and 4 for UTF-16 and UTF-32
 * @param littleEndian whether the low byte comes first; without meaning for width 1
 */
record Newlines(int width, boolean littleEndian) {
  static final Newlines BYTES = new Newlines(1, false);

  private static final VarHandle LONGS =
      MethodHandles.byteArrayViewVarHandle(long[].class, ByteOrder.LITTLE_ENDIAN);
  private static final long NEWLINES = 0x0a0a0a0a0a0a0a0aL;
  private static final long ONES = 0x0101010101010101L;
  private static final long HIGHS = 0x8080808080808080L;

  /** Where the first newline at or behind {@code from} starts; -1 where there is none. */
  int indexOf(byte[] text, int from, int to) {
    return width == 1 ? single(text, from, to) : wide(text, from, to);
  }

  /** Eight bytes at a time: a byte that becomes zero by the xor is a newline. */
  private static int single(byte[] text, int from, int to) {
    int i = from;
    for (; i <= to - Long.BYTES; i += Long.BYTES) {
      long x = (long) LONGS.get(text, i) ^ NEWLINES;
      long hits = (x - ONES) & ~x & HIGHS;
      if (hits != 0) {
        return i + (Long.numberOfTrailingZeros(hits) >>> 3);
      }
    }
    for (; i < to; i++) {
      if (text[i] == '\n') {
        return i;
      }
    }
    return -1;
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
