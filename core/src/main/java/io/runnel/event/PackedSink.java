package io.runnel.event;

import java.lang.invoke.MethodHandles;
import java.lang.invoke.VarHandle;
import java.nio.ByteOrder;

/**
 * The output of {@link JsonToMsgpack}: an array that always has {@link #SLACK} free bytes at its
 * end, so that short values are written without asking and strings in whole words.
 */
final class PackedSink {
  /** Free bytes behind {@link #at}: more than a string of 32 bytes and any number need. */
  static final int SLACK = 64;

  private static final VarHandle BIG_WORD =
      MethodHandles.byteArrayViewVarHandle(long[].class, ByteOrder.BIG_ENDIAN);

  /** The array; it changes where {@link #room} has to make a larger one. */
  byte[] out;

  /** Where the next byte goes. */
  int at;

  private Bytes target;

  void open(Bytes bytes) {
    target = bytes;
    at = bytes.length();
    out = bytes.ensure(SLACK);
  }

  /** Makes sure that {@code count} bytes and the slack fit behind the output. */
  void room(int count) {
    if (out.length - at < count + SLACK) {
      target.setLength(at);
      out = target.ensure(count + SLACK);
    }
  }

  void integer(long value) {
    byte[] a = out;
    int to = at;
    if (value >= 0 && value < 0x80 || value < 0 && value >= -32) {
      a[to] = (byte) value;
      at = to + 1;
      return;
    }
    int bits = 64 - Long.numberOfLeadingZeros(value < 0 ? ~value : value) + (value < 0 ? 1 : 0);
    int size = bits <= 8 ? 0 : bits <= 16 ? 1 : bits <= 32 ? 2 : 3;
    a[to] = (byte) ((value < 0 ? 0xd0 : 0xcc) + size);
    BIG_WORD.set(a, to + 1, value << 64 - (8 << size));
    at = to + 1 + (1 << size);
  }

  /** Writes a uint 64 above the range of long, given by its bits. */
  void unsigned(long bits) {
    eight(0xcf, bits);
  }

  void float64(double value) {
    eight(0xcb, Double.doubleToRawLongBits(value));
  }

  private void eight(int code, long bits) {
    out[at] = (byte) code;
    BIG_WORD.set(out, at + 1, bits);
    at += 9;
  }

  /** Writes a string out of another array. */
  void string(byte[] source, int from, int length) {
    room(length + 5);
    at = stringHeader(at, length);
    System.arraycopy(source, from, out, at, length);
    at += length;
  }

  /** Writes the header of a string at {@code to}; returns where the content begins. */
  int stringHeader(int to, int length) {
    int p = to;
    if (length < 32) {
      out[p++] = (byte) (0xa0 | length);
      return p;
    }
    if (length <= 0xff) {
      out[p++] = (byte) 0xd9;
    } else if (length <= 0xffff) {
      out[p++] = (byte) 0xda;
      out[p++] = (byte) (length >>> 8);
    } else {
      out[p++] = (byte) 0xdb;
      out[p++] = (byte) (length >>> 24);
      out[p++] = (byte) (length >>> 16);
      out[p++] = (byte) (length >>> 8);
    }
    out[p++] = (byte) length;
    return p;
  }

  /** Writes a character in UTF-8 at {@code to}; returns the place behind it. */
  int utf8(int to, int code) {
    int p = to;
    if (code < 0x80) {
      out[p++] = (byte) code;
      return p;
    }
    if (code < 0x800) {
      out[p++] = (byte) (0xc0 | code >> 6);
    } else {
      if (code < 0x10000) {
        out[p++] = (byte) (0xe0 | code >> 12);
      } else {
        out[p++] = (byte) (0xf0 | code >> 18);
        out[p++] = (byte) (0x80 | code >> 12 & 0x3f);
      }
      out[p++] = (byte) (0x80 | code >> 6 & 0x3f);
    }
    out[p++] = (byte) (0x80 | code & 0x3f);
    return p;
  }

  /**
   * Writes the size of a map or array into its header, for which one byte was kept at {@code mark}.
   *
   * @return by how many bytes the content was moved
   */
  int close(int mark, int count, int fix, int wide) {
    if (count < 16) {
      out[mark] = (byte) (fix | count);
      return 0;
    }
    int extra = count <= 0xffff ? 2 : 4;
    room(extra);
    System.arraycopy(out, mark + 1, out, mark + 1 + extra, at - mark - 1);
    out[mark] = (byte) (extra == 2 ? wide : wide + 1);
    for (int i = 0; i < extra; i++) {
      out[mark + 1 + i] = (byte) (count >>> 8 * (extra - 1 - i));
    }
    at += extra;
    return extra;
  }
}
