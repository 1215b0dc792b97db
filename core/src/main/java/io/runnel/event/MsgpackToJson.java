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
  private static final int WORD = 8;
  private static final int QUOTES = 2;

  /** Oj's short escapes of control characters; the others are written as {@code \}{@code u00XX}. */
  private static final String SHORT = "uuuuuuuubtnufruuuuuuuuuuuuuuuuuu";

  private final byte[] buffer;
  private final ByteBuffer words;
  private final int limit;
  private final Bytes out;
  private int position;

  /** The array of {@link #out}; its length is set at the end, {@link #to} counts until then. */
  private byte[] target;

  private ByteBuffer targetWords;
  private int to;

  private MsgpackToJson(byte[] buffer, int offset, int length, Bytes out) {
    this.buffer = buffer;
    this.words = ByteBuffer.wrap(buffer).order(ByteOrder.LITTLE_ENDIAN);
    this.position = offset;
    this.limit = offset + length;
    this.out = out;
    attach();
  }

  /** Takes over from {@link #out}. */
  private void attach() {
    to = out.length();
    if (target != out.array()) {
      target = out.array();
      targetWords = ByteBuffer.wrap(target).order(ByteOrder.LITTLE_ENDIAN);
    }
  }

  /** Hands over to {@link #out}: it has all that was written. */
  private void detach() {
    out.setLength(to);
  }

  private void room(int bytes) {
    if (target.length - to < bytes) {
      detach();
      out.ensure(bytes);
      attach();
    }
  }

  private void put(int b) {
    if (to == target.length) {
      room(1);
    }
    target[to++] = (byte) b;
  }

  private void ascii(String text) {
    detach();
    out.ascii(text);
    attach();
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
      MsgpackToJson writer = new MsgpackToJson(buffer, offset, length, out);
      writer.value(0);
      writer.detach();
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
    MsgpackToJson writer = new MsgpackToJson(source, offset, length, out);
    writer.string(length);
    writer.detach();
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
      number(code);
    } else if (code <= 0x8f) {
      map(code & 15, depth);
    } else if (code <= 0x9f) {
      array(code & 15, depth);
    } else if (code <= 0xbf) {
      string(code & 31);
    } else if (code >= 0xe0) {
      number(code - 256L);
    } else {
      other(code, depth);
    }
  }

  private void other(int code, int depth) {
    switch (code) {
      case 0xc0 -> ascii("null");
      case 0xc2 -> ascii("false");
      case 0xc3 -> ascii("true");
      case 0xc4, 0xd9 -> string(unsigned(1));
      case 0xc5, 0xda -> string(unsigned(2));
      case 0xc6, 0xdb -> string(unsigned(4));
      case 0xc7 -> extension(unsigned(1));
      case 0xc8 -> extension(unsigned(2));
      case 0xc9 -> extension(unsigned(4));
      case 0xca -> real(Float.intBitsToFloat((int) unsigned(4)));
      case 0xcb -> real(Double.longBitsToDouble(unsigned(8)));
      case 0xcc -> number(unsigned(1));
      case 0xcd -> number(unsigned(2));
      case 0xce -> number(unsigned(4));
      case 0xcf -> unsignedLong(unsigned(8));
      case 0xd0 -> number((byte) unsigned(1));
      case 0xd1 -> number((short) unsigned(2));
      case 0xd2 -> number((int) unsigned(4));
      case 0xd3 -> number(unsigned(8));
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
      number(bits);
    } else {
      ascii(Long.toUnsignedString(bits));
    }
  }

  private void map(long size, int depth) {
    deeper(depth);
    need(size * 2);
    put('{');
    for (long i = 0; i < size; i++) {
      if (i > 0) {
        put(',');
      }
      key(depth);
      put(':');
      value(depth + 1);
    }
    put('}');
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
    writer.detach();
    position = writer.position;
    // a nil key is an empty one, as nil.to_s is
    quoted(inner.array(), code == 0xc0 ? 0 : inner.length());
  }

  private void array(long size, int depth) {
    deeper(depth);
    need(size);
    put('[');
    for (long i = 0; i < size; i++) {
      if (i > 0) {
        put(',');
      }
      value(depth + 1);
    }
    put(']');
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
      number(unsigned(4));
      position += 4;
      return;
    }
    int end = position + 1 + (int) size;
    byte[] hex =
        HexFormat.of().formatHex(buffer, position + 1, end).getBytes(StandardCharsets.US_ASCII);
    quoted(hex, hex.length);
    position = end;
  }

  private void quoted(byte[] text, int length) {
    detach();
    writeString(text, 0, length, out);
    attach();
  }

  private void real(double value) {
    detach();
    writeDouble(value, out);
    attach();
  }

  private void number(long value) {
    if (value < 0 || value > Integer.MAX_VALUE) {
      detach();
      RubyFloat.writeLong(value, out);
      attach();
      return;
    }
    room(10);
    int rest = (int) value;
    int digits = 1;
    for (int bound = 10; digits < 10 && rest >= bound; bound *= 10) {
      digits++;
    }
    int at = to + digits;
    to = at;
    do {
      int tenth = rest / 10;
      target[--at] = (byte) ('0' + rest - tenth * 10);
      rest = tenth;
    } while (rest > 0);
  }

  private void string(long size) {
    need(size);
    int end = position + (int) size;
    room((int) size + QUOTES + WORD);
    target[to++] = '"';
    int at = position;
    while (true) {
      at = plain(at, end);
      if (at == end) {
        break;
      }
      escape(buffer[at++]);
      room(end - at + QUOTES + WORD);
    }
    target[to++] = '"';
    position = end;
  }

  /**
   * Copies bytes up to the next that must be escaped, or up to {@code end}. There is room for them
   * and for one word more.
   *
   * @return where it stopped
   */
  private int plain(int from, int end) {
    byte[] source = buffer;
    byte[] copy = target;
    ByteBuffer copyWords = targetWords;
    int at = from;
    int shift = to - from;
    int lastWord = source.length - WORD;
    while (at < end && at <= lastWord) {
      long word = words.getLong(at);
      // eight bytes are stored even where fewer count: the next store covers the others
      copyWords.putLong(at + shift, word);
      long found = special(word);
      if (found != 0) {
        at = Math.min(end, at + (Long.numberOfTrailingZeros(found) >>> 3));
        to = at + shift;
        return at;
      }
      at += WORD;
    }
    if (at > end) {
      at = end;
    }
    while (at < end && !isSpecial(source[at])) {
      copy[at + shift] = source[at];
      at++;
    }
    to = at + shift;
    return at;
  }

  private static boolean isSpecial(byte b) {
    return b >= 0 && b < 0x20 || b == '"' || b == '\\';
  }

  /** The high bit of each byte that must be escaped; above the lowest of them others may be set. */
  private static long special(long word) {
    long quote = word ^ '"' * ONES;
    long slash = word ^ '\\' * ONES;
    // each term has the high bit of a byte set where it is below 0x20, a quote or a backslash;
    // a borrow can only set bits above a true one, so the lowest is right
    return ((word - 0x20 * ONES) & ~word | (quote - ONES) & ~quote | (slash - ONES) & ~slash)
        & HIGH;
  }

  private void escape(byte b) {
    room(6);
    target[to++] = '\\';
    if (b >= 0x20) {
      target[to++] = b;
      return;
    }
    char letter = SHORT.charAt(b);
    target[to++] = (byte) letter;
    if (letter == 'u') {
      target[to++] = '0';
      target[to++] = '0';
      target[to++] = (byte) (b < 0x10 ? '0' : '1');
      target[to++] = (byte) "0123456789abcdef".charAt(b & 15);
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
