package io.runnel.event;

import java.lang.invoke.MethodHandles;
import java.lang.invoke.VarHandle;
import java.nio.ByteOrder;
import java.nio.charset.StandardCharsets;
import java.util.HexFormat;

/**
 * Walks over one MessagePack value and writes it as JSON text on the way; see {@link MsgpackToJson}
 * for the rules. For one value and one thread.
 *
 * <p>The place in the value is passed along and returned, not kept in a field. Whoever writes finds
 * {@link #SLACK} free bytes behind the output: a number and the separators around it need no
 * question. Strings are copied eight bytes at a time; the bytes of a word with some that must be
 * escaped are looked up in a table.
 */
final class PackedToJson {
  /** More than the longest number and three separators. */
  private static final int SLACK = 32;

  private static final int WORD = 8;

  /** The longest escape, {@code \}{@code u001f}. */
  private static final int ESCAPE = 6;

  private static final VarHandle LONG =
      MethodHandles.byteArrayViewVarHandle(long[].class, ByteOrder.LITTLE_ENDIAN);
  private static final VarHandle BIG_LONG =
      MethodHandles.byteArrayViewVarHandle(long[].class, ByteOrder.BIG_ENDIAN);

  private static final long ONES = 0x0101_0101_0101_0101L;
  private static final long HIGH = 0x8080_8080_8080_8080L;
  private static final long QUOTES = ONES * '"';
  private static final long SLASHES = ONES * '\\';
  private static final long CONTROLS = ONES * 0x20;

  /** Oj's short escapes of control characters; the others are written as {@code \}{@code u00XX}. */
  private static final String LETTERS = "uuuuuuuubtnufruuuuuuuuuuuuuuuuuu";

  private static final int LENGTH_SHIFT = 56;

  /**
   * How each byte looks in a string: up to six bytes, the first lowest, and their number on top.
   */
  private static final long[] ESCAPES = escapes();

  /**
   * A map as a key becomes text, whose quotes are escaped; in the key of a key they are escaped
   * again, and so on: the text doubles with each level.
   */
  private static final int MAX_KEYS_AROUND = 2;

  private final byte[] in;
  private final int limit;
  private final Bytes target;
  private int keysAround;
  private byte[] out;
  private int at;

  private static long[] escapes() {
    long[] escapes = new long[256];
    for (int b = 0; b < escapes.length; b++) {
      escapes[b] = 1L << LENGTH_SHIFT | b;
    }
    for (int b = 0; b < LETTERS.length(); b++) {
      char letter = LETTERS.charAt(b);
      escapes[b] = letter == 'u' ? numbered(b) : lettered(letter);
    }
    escapes['"'] = lettered('"');
    escapes['\\'] = lettered('\\');
    return escapes;
  }

  private static long lettered(char letter) {
    return 2L << LENGTH_SHIFT | letter << 8 | '\\';
  }

  /** The digits of {@code \}{@code u00XX} are the third to the sixth byte. */
  private static long numbered(int control) {
    long low = Character.forDigit(control & 15, 16);
    long high = '0' + (control >> 4);
    return 6L << LENGTH_SHIFT | low << 40 | high << 32 | '0' << 24 | '0' << 16 | 'u' << 8 | '\\';
  }

  private PackedToJson(byte[] in, int limit, Bytes target) {
    this.in = in;
    this.limit = limit;
    this.target = target;
    at = target.length();
    out = target.ensure(SLACK);
  }

  /**
   * Appends the value that begins at {@code from}.
   *
   * @param limit where the bytes end
   * @return the place behind the value
   * @throws MsgpackException where the bytes are no value or are nested too deep; the length of the
   *     target is what it was
   */
  static int write(byte[] in, int from, int limit, Bytes target) {
    PackedToJson writer = new PackedToJson(in, limit, target);
    int end = writer.value(from, 0);
    target.setLength(writer.at);
    return end;
  }

  /** Appends a string in quotes; the bytes should be UTF-8. */
  static void writeString(byte[] text, int from, int length, Bytes target) {
    PackedToJson writer = new PackedToJson(text, from + length, target);
    writer.string(from, length);
    target.setLength(writer.at);
  }

  /** Makes sure that {@code count} bytes and the slack fit behind the output. */
  private void room(long count) {
    if (out.length - at < count + SLACK) {
      grow(count + SLACK);
    }
  }

  private void grow(long count) {
    target.setLength(at);
    out = target.ensure((int) Math.min(Integer.MAX_VALUE, count));
  }

  private int value(int p, int depth) {
    if (p >= limit) {
      throw new MsgpackException.Truncated("end of data at byte " + p);
    }
    room(0);
    int code = in[p] & 0xff;
    if (code >= 0xa0 && code <= 0xbf) {
      return string(p + 1, code & 31);
    }
    if (code < 0x80) {
      small(code);
      return p + 1;
    }
    if (code <= 0x8f) {
      return map(p + 1, code & 15, depth);
    }
    if (code <= 0x9f) {
      return array(p + 1, code & 15, depth);
    }
    if (code >= 0xe0) {
      number(code - 256L);
      return p + 1;
    }
    return other(code, p + 1, depth);
  }

  private int other(int code, int p, int depth) {
    return switch (code) {
      case 0xc0 -> word("null", p);
      case 0xc2 -> word("false", p);
      case 0xc3 -> word("true", p);
      case 0xc4, 0xd9 -> string(p + 1, unsigned(p, 1));
      case 0xc5, 0xda -> string(p + 2, unsigned(p, 2));
      case 0xc6, 0xdb -> string(p + 4, unsigned(p, 4));
      case 0xc7 -> extension(p + 1, unsigned(p, 1));
      case 0xc8 -> extension(p + 2, unsigned(p, 2));
      case 0xc9 -> extension(p + 4, unsigned(p, 4));
      case 0xca -> real(Float.intBitsToFloat((int) unsigned(p, 4)), p + 4);
      case 0xcb -> real(Double.longBitsToDouble(eight(p)), p + 8);
      case 0xcc -> small(unsigned(p, 1), p + 1);
      case 0xcd -> small(unsigned(p, 2), p + 2);
      case 0xce -> number(unsigned(p, 4), p + 4);
      case 0xcf -> unsignedLong(eight(p), p + 8);
      case 0xd0 -> number((byte) unsigned(p, 1), p + 1);
      case 0xd1 -> number((short) unsigned(p, 2), p + 2);
      case 0xd2 -> number((int) unsigned(p, 4), p + 4);
      case 0xd3 -> number(eight(p), p + 8);
      case 0xd4, 0xd5, 0xd6, 0xd7, 0xd8 -> extension(p, 1L << (code - 0xd4));
      case 0xdc -> array(p + 2, unsigned(p, 2), depth);
      case 0xdd -> array(p + 4, unsigned(p, 4), depth);
      case 0xde -> map(p + 2, unsigned(p, 2), depth);
      case 0xdf -> map(p + 4, unsigned(p, 4), depth);
      default ->
          throw new MsgpackException(
              "expected a value, found type 0x%02x at byte %d".formatted(code, p - 1));
    };
  }

  @SuppressWarnings("deprecation") // the fast copy of ASCII is what is wanted
  private int word(String text, int p) {
    text.getBytes(0, text.length(), out, at);
    at += text.length();
    return p;
  }

  private int map(int from, long size, int depth) {
    deeper(depth);
    need(from, size * 2);
    int p = from;
    out[at++] = '{';
    for (long i = 0; i < size; i++) {
      if (i > 0) {
        out[at++] = ',';
      }
      p = key(p, depth);
      out[at++] = ':';
      p = value(p, depth + 1);
    }
    room(0);
    out[at++] = '}';
    return p;
  }

  private int key(int p, int depth) {
    int code = p < limit ? in[p] & 0xff : 0;
    if (code >= 0xa0 && code <= 0xbf) {
      return string(p + 1, code & 31);
    }
    if (code >= 0xd9 && code <= 0xdb || code >= 0xc4 && code <= 0xc6) {
      return value(p, depth + 1);
    }
    boolean container = code >= 0x80 && code <= 0x9f || code >= 0xdc && code <= 0xdf;
    if (container && keysAround == MAX_KEYS_AROUND) {
      throw new MsgpackException("maps or arrays as keys, nested deeper than " + MAX_KEYS_AROUND);
    }
    Bytes inner = new Bytes(64);
    PackedToJson writer = new PackedToJson(in, limit, inner);
    writer.keysAround = keysAround + 1;
    int end = writer.value(p, depth + 1);
    // a nil key is an empty one, as nil.to_s is
    quoted(writer.out, code == 0xc0 ? 0 : writer.at);
    return end;
  }

  private int array(int from, long size, int depth) {
    deeper(depth);
    need(from, size);
    int p = from;
    out[at++] = '[';
    for (long i = 0; i < size; i++) {
      room(0);
      if (i > 0) {
        out[at++] = ',';
      }
      p = value(p, depth + 1);
    }
    room(0);
    out[at++] = ']';
    return p;
  }

  private static void deeper(int depth) {
    if (depth >= MsgpackReader.MAX_DEPTH) {
      throw new MsgpackException("nested deeper than " + MsgpackReader.MAX_DEPTH);
    }
  }

  /** An EventTime is its second; of any other extension the bytes are shown in hexadecimal. */
  private int extension(int p, long size) {
    need(p, size + 1);
    int type = in[p];
    int end = p + 1 + (int) size;
    if (type == 0 && size == 8) {
      number(unsigned(p + 1, 4));
    } else {
      byte[] hex = HexFormat.of().formatHex(in, p + 1, end).getBytes(StandardCharsets.US_ASCII);
      quoted(hex, hex.length);
    }
    return end;
  }

  private void quoted(byte[] text, int length) {
    target.setLength(at);
    writeString(text, 0, length, target);
    at = target.length();
    out = target.ensure(SLACK);
  }

  private int real(double value, int p) {
    target.setLength(at);
    MsgpackToJson.writeDouble(value, target);
    at = target.length();
    out = target.ensure(SLACK);
    return p;
  }

  private int unsignedLong(long bits, int p) {
    return bits >= 0 ? number(bits, p) : word(Long.toUnsignedString(bits), p);
  }

  private int small(long value, int p) {
    small((int) value);
    return p;
  }

  private int number(long value, int p) {
    number(value);
    return p;
  }

  /** Writes a number of at most five digits. */
  private void small(int value) {
    int digits = value < 10 ? 1 : value < 100 ? 2 : value < 1000 ? 3 : value < 10_000 ? 4 : 5;
    int rest = value;
    for (int to = at + digits - 1; to > at; to--) {
      int tenth = rest / 10;
      out[to] = (byte) ('0' + rest - tenth * 10);
      rest = tenth;
    }
    out[at] = (byte) ('0' + rest);
    at += digits;
  }

  private void number(long value) {
    target.setLength(at);
    RubyFloat.writeLong(value, target);
    at = target.length();
  }

  private int string(int from, long size) {
    need(from, size);
    room(size + 2 * WORD);
    int end = from + (int) size;
    byte[] source = in;
    byte[] copy = out;
    int to = at;
    copy[to++] = '"';
    int p = from;
    // eight bytes are stored even where fewer count: what comes next covers the others
    for (int last = end - WORD; p <= last; p += WORD, to += WORD) {
      long word = (long) LONG.get(source, p);
      LONG.set(copy, to, word);
      if (special(word) != 0) {
        return escaped(p, end, to);
      }
    }
    if (p < end) {
      long word = rest(source, p, end - p);
      LONG.set(copy, to, word);
      if (special(word) != 0) {
        return escaped(p, end, to);
      }
      to += end - p;
    }
    copy[to++] = '"';
    at = to;
    return end;
  }

  /** The last one to seven bytes of a string, and bytes above them that need no escape. */
  private static long rest(byte[] source, int from, int count) {
    int unused = (WORD - count) * 8;
    long word;
    if (from + WORD <= source.length) {
      word = (long) LONG.get(source, from) << unused >>> unused;
    } else {
      word = 0;
      for (int i = from + count - 1; i >= from; i--) {
        word = word << 8 | source[i] & 0xff;
      }
    }
    return word | HIGH << 8 * count;
  }

  /** Goes on with a string that has bytes to escape, from {@code from} on; {@code to} is free. */
  private int escaped(int from, int end, int to) {
    at = to;
    byte[] source = in;
    int p = from;
    while (end - p >= WORD) {
      room(WORD * (long) ESCAPE + WORD + (end - p));
      // as many words as have room even where each of their bytes is escaped
      int words = Math.min((end - p) / WORD, (out.length - at - WORD) / (WORD * ESCAPE));
      byte[] copy = out;
      int place = at;
      for (int last = p + words * WORD; p < last; p += WORD) {
        long word = (long) LONG.get(source, p);
        if (special(word) == 0) {
          LONG.set(copy, place, word);
          place += WORD;
        } else {
          place = escape(word, copy, place);
        }
      }
      at = place;
    }
    room((end - p) * (long) ESCAPE + WORD);
    for (; p < end; p++) {
      at = escape(source[p], out, at);
    }
    out[at++] = '"';
    return end;
  }

  /**
   * Writes the bytes of a word as they look in a string. No branch depends on them: in text full of
   * quotes none could be foreseen.
   */
  private static int escape(long word, byte[] out, int at) {
    int to = escape((byte) word, out, at);
    to = escape((byte) (word >>> 8), out, to);
    to = escape((byte) (word >>> 16), out, to);
    to = escape((byte) (word >>> 24), out, to);
    to = escape((byte) (word >>> 32), out, to);
    to = escape((byte) (word >>> 40), out, to);
    to = escape((byte) (word >>> 48), out, to);
    return escape((byte) (word >>> 56), out, to);
  }

  /** Stores eight bytes, of which those up to the returned place count. */
  private static int escape(byte b, byte[] out, int at) {
    long text = ESCAPES[b & 0xff];
    LONG.set(out, at, text);
    return at + (int) (text >>> LENGTH_SHIFT);
  }

  /** Not 0 where a byte must be escaped; the bits above the lowest such byte may be wrong. */
  private static long special(long word) {
    long quote = word ^ QUOTES;
    long slash = word ^ SLASHES;
    return (word - CONTROLS & ~word | quote - ONES & ~quote | slash - ONES & ~slash) & HIGH;
  }

  private long eight(int p) {
    need(p, 8);
    return (long) BIG_LONG.get(in, p);
  }

  private long unsigned(int p, int size) {
    need(p, size);
    long value = 0;
    for (int i = 0; i < size; i++) {
      value = value << 8 | in[p + i] & 0xff;
    }
    return value;
  }

  private void need(int p, long count) {
    if (count > limit - p) {
      throw new MsgpackException.Truncated(
          "value at byte %d needs %d bytes, %d are left".formatted(p, count, limit - p));
    }
  }
}
