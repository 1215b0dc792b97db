package io.runnel.event;

import java.lang.invoke.MethodHandles;
import java.lang.invoke.VarHandle;
import java.math.BigInteger;
import java.nio.ByteOrder;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.Map;

/**
 * Writes MessagePack (https://github.com/msgpack/msgpack/blob/master/spec.md) in the shortest form
 * into a {@link Bytes}. Not safe for use by several threads at once.
 */
public final class MsgpackWriter {
  private static final BigInteger MAX_UINT64 =
      BigInteger.ONE.shiftLeft(64).subtract(BigInteger.ONE);

  private static final VarHandle LONG =
      MethodHandles.byteArrayViewVarHandle(long[].class, ByteOrder.BIG_ENDIAN);

  private final Bytes out;

  public MsgpackWriter(Bytes out) {
    this.out = out;
  }

  public Bytes out() {
    return out;
  }

  public void nil() {
    out.write(0xc0);
  }

  public void bool(boolean value) {
    out.write(value ? 0xc3 : 0xc2);
  }

  public void integer(long value) {
    if (value >= 0) {
      if (value < 0x80) {
        out.write((int) value);
      } else if (value <= 0xff) {
        head(0xcc, value, 1);
      } else if (value <= 0xffff) {
        head(0xcd, value, 2);
      } else if (value <= 0xffff_ffffL) {
        head(0xce, value, 4);
      } else {
        head(0xcf, value, 8);
      }
    } else if (value >= -32) {
      out.write((int) value);
    } else if (value >= Byte.MIN_VALUE) {
      head(0xd0, value, 1);
    } else if (value >= Short.MIN_VALUE) {
      head(0xd1, value, 2);
    } else if (value >= Integer.MIN_VALUE) {
      head(0xd2, value, 4);
    } else {
      head(0xd3, value, 8);
    }
  }

  /** Writes a uint 64 given by its 64 bits. */
  public void unsigned(long bits) {
    if (bits >= 0) {
      integer(bits);
    } else {
      head(0xcf, bits, 8);
    }
  }

  /**
   * @throws IllegalArgumentException where the value does not fit into 64 bits (MessagePack has no
   *     larger integers)
   */
  public void integer(BigInteger value) {
    if (value.bitLength() <= 63) {
      integer(value.longValue());
    } else if (value.signum() > 0 && value.compareTo(MAX_UINT64) <= 0) {
      head(0xcf, value.longValue(), 8);
    } else {
      throw new IllegalArgumentException("bignum too big to convert into 'unsigned long long'");
    }
  }

  public void float64(double value) {
    head(0xcb, Double.doubleToRawLongBits(value), 8);
  }

  public void stringHeader(int bytes) {
    if (bytes < 32) {
      out.write(0xa0 | bytes);
    } else if (bytes <= 0xff) {
      head(0xd9, bytes, 1);
    } else if (bytes <= 0xffff) {
      head(0xda, bytes, 2);
    } else {
      head(0xdb, bytes, 4);
    }
  }

  public void binaryHeader(int bytes) {
    if (bytes <= 0xff) {
      head(0xc4, bytes, 1);
    } else if (bytes <= 0xffff) {
      head(0xc5, bytes, 2);
    } else {
      head(0xc6, bytes, 4);
    }
  }

  /** Writes bytes as a str; they are not checked to be UTF-8, as Fluentd does not check either. */
  public void string(byte[] source, int offset, int count) {
    stringHeader(count);
    out.write(source, offset, count);
  }

  public void string(String text) {
    byte[] encoded = text.getBytes(StandardCharsets.UTF_8);
    string(encoded, 0, encoded.length);
  }

  public void binary(byte[] source, int offset, int count) {
    binaryHeader(count);
    out.write(source, offset, count);
  }

  public void arrayHeader(int count) {
    if (count < 16) {
      out.write(0x90 | count);
    } else if (count <= 0xffff) {
      head(0xdc, count, 2);
    } else {
      head(0xdd, count, 4);
    }
  }

  public void mapHeader(int count) {
    if (count < 16) {
      out.write(0x80 | count);
    } else if (count <= 0xffff) {
      head(0xde, count, 2);
    } else {
      head(0xdf, count, 4);
    }
  }

  /** Opens a map or array whose size is not known yet: one byte is kept free for its header. */
  public int open() {
    out.write(0x80);
    return out.length() - 1;
  }

  /** Closes what {@link #open()} began at {@code mark}, as a map of {@code count} pairs. */
  public void closeMap(int mark, int count) {
    close(mark, count, 0x80, 0xde);
  }

  /** Closes what {@link #open()} began at {@code mark}, as an array of {@code count} items. */
  public void closeArray(int mark, int count) {
    close(mark, count, 0x90, 0xdc);
  }

  private void close(int mark, int count, int fix, int wide) {
    if (count < 16) {
      out.array()[mark] = (byte) (fix | count);
      return;
    }
    int extra = count <= 0xffff ? 2 : 4;
    byte[] a = out.ensure(extra);
    int end = out.length();
    System.arraycopy(a, mark + 1, a, mark + 1 + extra, end - mark - 1);
    a[mark] = (byte) (extra == 2 ? wide : wide + 1);
    for (int i = 0; i < extra; i++) {
      a[mark + 1 + i] = (byte) (count >>> 8 * (extra - 1 - i));
    }
    out.setLength(end + extra);
  }

  /** Writes a packed {@link EventTime} as {@code fixext 8} of type 0: ten bytes. */
  public void eventTime(long packed) {
    byte[] a = out.ensure(10);
    int at = out.length();
    a[at] = (byte) 0xd7;
    a[at + 1] = 0;
    putLong(a, at + 2, packed);
    out.setLength(at + 10);
  }

  /** Copies one value, or several, that are MessagePack already. */
  public void raw(byte[] source, int offset, int count) {
    out.write(source, offset, count);
  }

  /**
   * Writes a decoded value: null, Boolean, integers, Double, Float, String, RawBytes, EventTime,
   * List, Map; keys of maps may be anything that is a value, other objects become their text.
   */
  public void value(Object value) { // no pattern switch: see RubyInspect.append
    if (value == null) {
      nil();
    } else if (value instanceof String s) {
      string(s);
    } else if (value instanceof Number number) {
      number(number);
    } else if (value instanceof Boolean b) {
      bool(b);
    } else if (value instanceof Map<?, ?> map) {
      mapHeader(map.size());
      for (Map.Entry<?, ?> entry : map.entrySet()) {
        value(entry.getKey());
        value(entry.getValue());
      }
    } else if (value instanceof List<?> list) {
      arrayHeader(list.size());
      for (Object item : list) {
        value(item);
      }
    } else if (value instanceof RawBytes raw) {
      raw(raw);
    } else if (value instanceof EventTime time) {
      eventTime(time.pack());
    } else {
      string(value.toString());
    }
  }

  private void number(Number value) {
    if (value instanceof Double || value instanceof Float) {
      float64(value.doubleValue());
    } else if (value instanceof BigInteger big) {
      integer(big);
    } else {
      integer(value.longValue());
    }
  }

  private void raw(RawBytes raw) {
    if (raw.binary()) {
      binary(raw.bytes(), 0, raw.bytes().length);
    } else {
      string(raw.bytes(), 0, raw.bytes().length);
    }
  }

  private void head(int code, long value, int size) {
    byte[] a = out.ensure(size + 1);
    int at = out.length();
    a[at] = (byte) code;
    for (int i = 1; i <= size; i++) {
      a[at + i] = (byte) (value >>> 8 * (size - i));
    }
    out.setLength(at + 1 + size);
  }

  static void putLong(byte[] a, int at, long value) {
    LONG.set(a, at, value);
  }
}
