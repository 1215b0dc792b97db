package io.runnel.event;

import java.math.BigInteger;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.charset.StandardCharsets;
import java.util.HexFormat;
import java.util.List;
import java.util.Map;

/**
 * Writes MessagePack as JSON text by the rules of Fluentd's default engine (Oj): no spaces, nothing
 * escaped but quotes, backslashes and control characters, invalid UTF-8 as it came, an EventTime as
 * its second, keys that are no strings as text. Other than Oj it writes {@code null} for NaN and
 * infinities, which JSON does not have.
 *
 * <p>This is the hot path of file outputs: nothing is decoded, strings are searched eight bytes at
 * a time for what must be escaped, and copied in runs.
 */
public final class MsgpackToJson {
  /** Doubles below are printed by Oj without an exponent where they are whole. */
  private static final double LONG_RANGE = 0x1p63;

  private static final long ONES = 0x0101_0101_0101_0101L;
  private static final long HIGH = 0x8080_8080_8080_8080L;

  /** Oj's short escapes of control characters; the others are written as {@code \}{@code u00XX}. */
  private static final String SHORT = "uuuuuuuubtnufruuuuuuuuuuuuuuuuuu";

  private final byte[] buffer;
  private final ByteBuffer words;
  private final int limit;
  private final Bytes out;
  private int position;

  private MsgpackToJson(byte[] buffer, int offset, int length, Bytes out) {
    this.buffer = buffer;
    this.words = ByteBuffer.wrap(buffer).order(ByteOrder.LITTLE_ENDIAN);
    this.position = offset;
    this.limit = offset + length;
    this.out = out;
  }

  /**
   * Appends one value.
   *
   * @throws MsgpackException where the bytes are no value or are nested too deep; what was appended
   *     so far is taken back
   */
  public static void write(byte[] buffer, int offset, int length, Bytes out) {
    int start = out.length();
    try {
      new MsgpackToJson(buffer, offset, length, out).value(0);
    } catch (MsgpackException e) {
      out.setLength(start);
      throw e;
    }
  }

  /** Appends a decoded value; see {@link MsgpackWriter#value} for the classes. */
  public static void write(Object value, Bytes out) {
    write(value, out, 0);
  }

  /** The JSON text of a decoded value. */
  public static String text(Object value) {
    Bytes out = new Bytes(64);
    write(value, out);
    return out.toString();
  }

  private static void write(Object value, Bytes out, int depth) {
    if (depth > MsgpackReader.MAX_DEPTH) {
      throw tooDeep();
    }
    switch (value) {
      case null -> out.ascii("null");
      case String s -> writeString(s, out);
      case Long n -> RubyFloat.writeLong(n, out);
      case Integer n -> RubyFloat.writeLong(n, out);
      case Boolean b -> out.ascii(b ? "true" : "false");
      case Double d -> writeDouble(d, out);
      case Map<?, ?> map -> {
        int separator = '{';
        for (Map.Entry<?, ?> entry : map.entrySet()) {
          out.write(separator);
          separator = ',';
          key(entry.getKey(), out, depth);
          out.write(':');
          write(entry.getValue(), out, depth + 1);
        }
        close(separator, '{', '}', out);
      }
      case List<?> list -> {
        int separator = '[';
        for (Object item : list) {
          out.write(separator);
          separator = ',';
          write(item, out, depth + 1);
        }
        close(separator, '[', ']', out);
      }
      case RawBytes raw -> writeString(raw.bytes(), 0, raw.bytes().length, out);
      case EventTime time -> RubyFloat.writeLong(time.seconds(), out);
      case BigInteger n -> out.ascii(n.toString());
      case Float f -> writeDouble(f, out);
      case Short n -> RubyFloat.writeLong(n, out);
      case Byte n -> RubyFloat.writeLong(n, out);
      default -> writeString(value.toString(), out);
    }
  }

  private static void close(int separator, int opening, int closing, Bytes out) {
    if (separator == opening) {
      out.write(opening);
    }
    out.write(closing);
  }

  private static void key(Object key, Bytes out, int depth) {
    if (key instanceof String || key instanceof RawBytes) {
      write(key, out, depth);
    } else if (key == null) {
      out.ascii("\"\"");
    } else {
      Bytes inner = new Bytes(32);
      write(key, inner, depth + 1);
      writeString(inner.array(), 0, inner.length(), out);
    }
  }

  /** Appends a string in quotes. */
  public static void writeString(String text, Bytes out) {
    byte[] encoded = text.getBytes(StandardCharsets.UTF_8);
    writeString(encoded, 0, encoded.length, out);
  }

  /** Appends a string in quotes; the bytes should be UTF-8. */
  public static void writeString(byte[] source, int offset, int length, Bytes out) {
    new MsgpackToJson(source, offset, length, out).string(length);
  }

  /** Appends a double as Oj prints it; {@code null} for NaN and infinities. */
  public static void writeDouble(double value, Bytes out) {
    if (value == 0) {
      out.ascii("0.0");
    } else if (Math.abs(value) < LONG_RANGE && value == (long) value) {
      RubyFloat.writeLong((long) value, out);
      out.ascii(".0");
    } else if (Double.isFinite(value)) {
      RubyFloat.write(value, out);
    } else {
      out.ascii("null");
    }
  }

  private void value(int depth) {
    int code = take();
    if (code < 0x80) {
      RubyFloat.writeLong(code, out);
    } else if (code <= 0x8f) {
      map(code & 15, depth);
    } else if (code <= 0x9f) {
      array(code & 15, depth);
    } else if (code <= 0xbf) {
      string(code & 31);
    } else if (code >= 0xe0) {
      RubyFloat.writeLong(code - 256L, out);
    } else {
      other(code, depth);
    }
  }

  private void other(int code, int depth) {
    switch (code) {
      case 0xc0 -> out.ascii("null");
      case 0xc2 -> out.ascii("false");
      case 0xc3 -> out.ascii("true");
      case 0xc4, 0xd9 -> string(unsigned(1));
      case 0xc5, 0xda -> string(unsigned(2));
      case 0xc6, 0xdb -> string(unsigned(4));
      case 0xc7 -> extension(unsigned(1));
      case 0xc8 -> extension(unsigned(2));
      case 0xc9 -> extension(unsigned(4));
      case 0xca -> writeDouble(Float.intBitsToFloat((int) unsigned(4)), out);
      case 0xcb -> writeDouble(Double.longBitsToDouble(unsigned(8)), out);
      case 0xcc -> RubyFloat.writeLong(unsigned(1), out);
      case 0xcd -> RubyFloat.writeLong(unsigned(2), out);
      case 0xce -> RubyFloat.writeLong(unsigned(4), out);
      case 0xcf -> unsignedLong(unsigned(8));
      case 0xd0 -> RubyFloat.writeLong((byte) unsigned(1), out);
      case 0xd1 -> RubyFloat.writeLong((short) unsigned(2), out);
      case 0xd2 -> RubyFloat.writeLong((int) unsigned(4), out);
      case 0xd3 -> RubyFloat.writeLong(unsigned(8), out);
      case 0xd4, 0xd5, 0xd6, 0xd7, 0xd8 -> extension(1L << (code - 0xd4));
      case 0xdc -> array(unsigned(2), depth);
      case 0xdd -> array(unsigned(4), depth);
      case 0xde -> map(unsigned(2), depth);
      case 0xdf -> map(unsigned(4), depth);
      default ->
          throw new MsgpackException(
              "expected a value, found type 0x%02x at byte %d".formatted(code, position - 1));
    }
  }

  private void unsignedLong(long bits) {
    if (bits >= 0) {
      RubyFloat.writeLong(bits, out);
    } else {
      out.ascii(Long.toUnsignedString(bits));
    }
  }

  private void map(long size, int depth) {
    deeper(depth);
    need(size * 2);
    out.write('{');
    for (long i = 0; i < size; i++) {
      if (i > 0) {
        out.write(',');
      }
      key(depth);
      out.write(':');
      value(depth + 1);
    }
    out.write('}');
  }

  private void key(int depth) {
    int code = position < limit ? buffer[position] & 0xff : 0;
    if (code >= 0xa0 && code <= 0xbf) {
      position++;
      string(code & 31);
      return;
    }
    boolean text = code >= 0xd9 && code <= 0xdb || code >= 0xc4 && code <= 0xc6;
    if (text) {
      value(depth + 1);
      return;
    }
    Bytes inner = new Bytes(32);
    MsgpackToJson writer = new MsgpackToJson(buffer, position, limit - position, inner);
    writer.value(depth + 1);
    position = writer.position;
    // a nil key is an empty one, as nil.to_s is
    writeString(inner.array(), 0, code == 0xc0 ? 0 : inner.length(), out);
  }

  private void array(long size, int depth) {
    deeper(depth);
    need(size);
    out.write('[');
    for (long i = 0; i < size; i++) {
      if (i > 0) {
        out.write(',');
      }
      value(depth + 1);
    }
    out.write(']');
  }

  private static void deeper(int depth) {
    if (depth >= MsgpackReader.MAX_DEPTH) {
      throw tooDeep();
    }
  }

  private static MsgpackException tooDeep() {
    return new MsgpackException("nested deeper than " + MsgpackReader.MAX_DEPTH);
  }

  /** An EventTime is its second; of any other extension the bytes are shown in hexadecimal. */
  private void extension(long size) {
    need(size + 1);
    int type = buffer[position];
    if (type == 0 && size == 8) {
      position++;
      RubyFloat.writeLong(unsigned(4), out);
      position += 4;
      return;
    }
    int end = position + 1 + (int) size;
    writeString(HexFormat.of().formatHex(buffer, position + 1, end), out);
    position = end;
  }

  private void string(long size) {
    need(size);
    int end = position + (int) size;
    out.ensure((int) Math.min(size + 2L, Integer.MAX_VALUE - 64));
    out.write('"');
    int run = position;
    while (true) {
      int stop = nextEscape(run, end);
      out.write(buffer, run, stop - run);
      if (stop == end) {
        break;
      }
      escape(buffer[stop]);
      run = stop + 1;
    }
    out.write('"');
    position = end;
  }

  /** The place of the next byte that must be escaped; {@code end} where there is none. */
  private int nextEscape(int from, int end) {
    int at = from;
    int lastWord = buffer.length - 8;
    while (at < end && at <= lastWord) {
      long word = words.getLong(at);
      long quote = word ^ '"' * ONES;
      long slash = word ^ '\\' * ONES;
      // each term has the high bit of a byte set where it is below 0x20, a quote or a backslash;
      // a borrow can only set bits above a true one, so the lowest is right
      long found =
          ((word - 0x20 * ONES) & ~word | (quote - ONES) & ~quote | (slash - ONES) & ~slash) & HIGH;
      if (found != 0) {
        return Math.min(end, at + (Long.numberOfTrailingZeros(found) >>> 3));
      }
      at += 8;
    }
    while (at < end) {
      byte b = buffer[at];
      if (b >= 0 && b < 0x20 || b == '"' || b == '\\') {
        return at;
      }
      at++;
    }
    return end;
  }

  private void escape(byte b) {
    out.write('\\');
    if (b >= 0x20) {
      out.write(b);
      return;
    }
    char letter = SHORT.charAt(b);
    out.write(letter);
    if (letter == 'u') {
      out.ascii(b < 0x10 ? "000" : "001");
      out.write("0123456789abcdef".charAt(b & 15));
    }
  }

  private int take() {
    if (position >= limit) {
      throw new MsgpackException.Truncated("end of data at byte " + position);
    }
    return buffer[position++] & 0xff;
  }

  private long unsigned(int size) {
    need(size);
    long value = 0;
    for (int i = 0; i < size; i++) {
      value = value << 8 | buffer[position + i] & 0xff;
    }
    position += size;
    return value;
  }

  private void need(long count) {
    if (count > limit - position) {
      throw new MsgpackException.Truncated(
          "value at byte %d needs %d bytes, %d are left"
              .formatted(position, count, limit - position));
    }
  }
}
