package io.runnel.plugins.forward;

import io.runnel.event.MsgpackReader;
import java.util.Arrays;

/** Looks at MessagePack without decoding it and without exceptions; all positions are checked. */
final class Entries {
  /** The bytes end inside a value. */
  static final int TRUNCATED = -1;

  /** The bytes are no MessagePack. */
  static final int BROKEN = -2;

  /** An entry that is MessagePack but no {@code [time, record]}. */
  static final int INVALID = -3;

  /** Places of entries that a connection keeps memory for between two messages. */
  private static final int MOST_KEPT = 16 * 1024;

  private Entries() {}

  /**
   * Skips one value.
   *
   * @return the position behind it, or {@link #TRUNCATED}, {@link #BROKEN} or, where it is nested
   *     too deeply to be handled anywhere, {@link #INVALID}
   */
  static int skip(byte[] bytes, int at, int to) {
    int end = usual(bytes, at, to);
    return end >= 0 ? end : exact(bytes, at, to);
  }

  /** The same, slower: it finds out what is wrong. */
  static int exact(byte[] bytes, int at, int to) {
    return skip(bytes, at, to, 0);
  }

  /**
   * The same for a sound value of a usual form, in one loop, without a stack: a value with fewer
   * maps and arrays than the greatest depth cannot be nested too deeply.
   *
   * @return -1 for all others
   */
  private static int usual(byte[] bytes, int from, int to) {
    int at = from;
    int open = 1;
    int containers = 0;
    while (open > 0 && at < to) {
      int code = bytes[at] & 0xff;
      int shape = SHAPES[code];
      if (shape == 0) {
        return -1;
      }
      int size = shape & SIZE;
      int lengthBytes = shape >> LENGTH_SHIFT & 3;
      if (lengthBytes > 0) {
        if (at + lengthBytes >= to) {
          return -1;
        }
        int length = bytes[at + 1] & 0xff;
        size += lengthBytes == 1 ? length : length << 8 | bytes[at + 2] & 0xff;
      } else if ((shape & CONTAINER) != 0 && ++containers >= MsgpackReader.MAX_DEPTH) {
        return -1;
      }
      at += size;
      open += (shape >> ITEMS_SHIFT) - 1;
    }
    return open == 0 && at <= to ? at : -1;
  }

  private static final int SIZE = 0xff;
  private static final int LENGTH_SHIFT = 8;
  private static final int CONTAINER = 1 << 10;
  private static final int ITEMS_SHIFT = 16;

  /**
   * By first byte: the bytes of a value without its content, how many bytes of a length follow, and
   * the values inside; 0 for what is rare or no MessagePack.
   */
  private static final int[] SHAPES = shapes();

  private static int[] shapes() {
    int[] shapes = new int[256];
    for (int code = 0; code < 256; code++) {
      if (code < 0x80 || code >= 0xe0) {
        shapes[code] = 1;
      } else if (code <= 0x8f) {
        shapes[code] = 1 | CONTAINER | 2 * (code & 15) << ITEMS_SHIFT;
      } else if (code <= 0x9f) {
        shapes[code] = 1 | CONTAINER | (code & 15) << ITEMS_SHIFT;
      } else if (code <= 0xbf) {
        shapes[code] = 1 + (code & 31);
      }
    }
    int[] sized = {0xc0, 1, 0xc2, 1, 0xc3, 1, 0xca, 5, 0xcb, 9, 0xcc, 2, 0xcd, 3, 0xce, 5, 0xcf, 9};
    int[] more = {0xd0, 2, 0xd1, 3, 0xd2, 5, 0xd3, 9, 0xd7, 10};
    for (int[] pairs : new int[][] {sized, more}) {
      for (int i = 0; i < pairs.length; i += 2) {
        shapes[pairs[i]] = pairs[i + 1];
      }
    }
    shapes[0xc4] = 2 | 1 << LENGTH_SHIFT;
    shapes[0xd9] = 2 | 1 << LENGTH_SHIFT;
    shapes[0xc5] = 3 | 2 << LENGTH_SHIFT;
    shapes[0xda] = 3 | 2 << LENGTH_SHIFT;
    return shapes;
  }

  private static int skip(byte[] bytes, int at, int to, int depth) {
    if (at >= to) {
      return TRUNCATED;
    }
    int code = bytes[at] & 0xff;
    if (code < 0x80 || code >= 0xe0) {
      return at + 1;
    }
    if (code <= 0x8f) {
      return items(bytes, at + 1, to, 2L * (code & 15), depth);
    }
    if (code <= 0x9f) {
      return items(bytes, at + 1, to, code & 15, depth);
    }
    if (code <= 0xbf) {
      return end(at + 1L + (code & 31), to);
    }
    return switch (code) {
      case 0xc0, 0xc2, 0xc3 -> at + 1;
      case 0xcc, 0xd0 -> end(at + 2L, to);
      case 0xcd, 0xd1, 0xd4 -> end(at + 3L, to);
      case 0xd5 -> end(at + 4L, to);
      case 0xca, 0xce, 0xd2 -> end(at + 5L, to);
      case 0xd6 -> end(at + 6L, to);
      case 0xcb, 0xcf, 0xd3 -> end(at + 9L, to);
      case 0xd7 -> end(at + 10L, to);
      case 0xd8 -> end(at + 18L, to);
      case 0xc4, 0xd9 -> end(at + 2L + number(bytes, at + 1, 1, to), to);
      case 0xc5, 0xda -> end(at + 3L + number(bytes, at + 1, 2, to), to);
      case 0xc6, 0xdb -> end(at + 5L + number(bytes, at + 1, 4, to), to);
      case 0xc7 -> end(at + 3L + number(bytes, at + 1, 1, to), to);
      case 0xc8 -> end(at + 4L + number(bytes, at + 1, 2, to), to);
      case 0xc9 -> end(at + 6L + number(bytes, at + 1, 4, to), to);
      case 0xdc -> items(bytes, at + 3, to, number(bytes, at + 1, 2, to), depth);
      case 0xdd -> items(bytes, at + 5, to, number(bytes, at + 1, 4, to), depth);
      case 0xde -> items(bytes, at + 3, to, 2 * number(bytes, at + 1, 2, to), depth);
      case 0xdf -> items(bytes, at + 5, to, 2 * number(bytes, at + 1, 4, to), depth);
      default -> BROKEN;
    };
  }

  private static int items(byte[] bytes, int from, int to, long count, int depth) {
    if (count > to - from) {
      return TRUNCATED; // each item takes at least one byte
    }
    if (depth >= MsgpackReader.MAX_DEPTH) {
      return INVALID;
    }
    int at = from;
    for (long left = count; left > 0 && at >= 0; left--) {
      // most items are short strings and small numbers
      int code = at < to ? bytes[at] & 0xff : 0xc1;
      if (code >= 0xa0 && code <= 0xbf) {
        at += 1 + (code & 31);
        if (at > to) {
          return TRUNCATED;
        }
      } else if (code < 0x80) {
        at++;
      } else {
        at = skip(bytes, at, to, depth + 1);
      }
    }
    return at;
  }

  private static int end(long position, int to) {
    return position > to ? TRUNCATED : (int) position;
  }

  /** An unsigned number; a huge one where the bytes end in it. */
  private static long number(byte[] bytes, int at, int size, int to) {
    if (at + size > to) {
      return Integer.MAX_VALUE;
    }
    long value = 0;
    for (int i = 0; i < size; i++) {
      value = value << 8 | bytes[at + i] & 0xff;
    }
    return value;
  }

  static boolean isMap(byte[] bytes, int at, int to) {
    if (at >= to) {
      return false;
    }
    int code = bytes[at] & 0xff;
    return code >= 0x80 && code <= 0x8f || code == 0xde || code == 0xdf;
  }

  /** True where an integer or an EventTime stands there. */
  static boolean isTime(byte[] bytes, int at, int to) {
    if (at >= to) {
      return false;
    }
    int code = bytes[at] & 0xff;
    return code < 0x80
        || code >= 0xe0
        || code >= 0xcc && code <= 0xd3
        || code == 0xd7 && at + 10 <= to && bytes[at + 1] == 0
        || code == 0xc7 && at + 11 <= to && bytes[at + 1] == 8 && bytes[at + 2] == 0;
  }

  /** What a walk over entries has found. Used again for the next one. */
  static final class Walk {
    private int count;
    private int end;
    private int[] ends = new int[16];

    /** How many entries are right. */
    int count() {
      return count;
    }

    /** The position behind the last of them. */
    int end() {
      return end;
    }

    /** Where each of them ends. */
    int[] ends() {
      return Arrays.copyOf(ends, count);
    }

    private void add(int position) {
      if (count == ends.length) {
        ends = Arrays.copyOf(ends, count * 2);
      }
      ends[count++] = position;
      end = position;
    }

    /**
     * Walks over {@code [time, record]} entries as far as they are right.
     *
     * @return 0 where all are right, else why the next one is not
     */
    int over(byte[] bytes, int from, int to) {
      count = 0;
      end = from;
      if (ends.length > MOST_KEPT) {
        ends = new int[16];
      }
      while (end < to) {
        int record = end + 1;
        if (bytes[end] != (byte) 0x92 || !isTime(bytes, record, to)) {
          return other(bytes, end, to);
        }
        record = skip(bytes, record, to);
        if (record < 0 || record >= to) {
          return TRUNCATED;
        }
        int next = skip(bytes, record, to);
        if (next < 0 || !isMap(bytes, record, to)) {
          return next < 0 ? next : INVALID;
        }
        add(next);
      }
      return 0;
    }
  }

  private static int other(byte[] bytes, int at, int to) {
    int next = skip(bytes, at, to);
    return next < 0 ? next : INVALID;
  }
}
