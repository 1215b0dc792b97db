package io.runnel.event;

import java.lang.invoke.MethodHandles;
import java.lang.invoke.VarHandle;
import java.math.BigInteger;
import java.nio.ByteOrder;
import java.nio.charset.StandardCharsets;
import java.util.Arrays;

/**
 * Reads JSON (RFC 8259) and writes MessagePack in one pass, without objects in between.
 *
 * <p>What it does where the RFC leaves room, or Fluentd's users expect it:
 *
 * <ul>
 *   <li>Bytes that are no UTF-8 pass through as they are, and so do control characters in strings.
 *   <li>A backslash before a character that needs none is dropped, as Fluentd's reader (Oj in the
 *       mode of Ruby's json) does; a lone surrogate becomes U+FFFD.
 *   <li>Of equal keys the last value wins, at the place of the first.
 *   <li>{@code NaN} and {@code Infinity} are refused, and so are numbers beyond the range of a
 *       double. Integers beyond 64 bits are refused with the words of Ruby's msgpack, since
 *       MessagePack has none.
 *   <li>A number with a fraction or an exponent is a float, any other an integer.
 *   <li>Nesting is limited to {@link MsgpackReader#MAX_DEPTH}.
 * </ul>
 *
 * <p>One can watch a key of the outermost object ({@link #watch}): where it stands in the output is
 * known afterwards, so that a parser finds the time of a record without another walk.
 *
 * <p>Not safe for use by several threads at once; meant to be kept and used again.
 *
 * <p>Strings are searched eight bytes at a time: a word is compared with quotes and backslashes in
 * all its bytes at once, and is copied to the output before it is known how much of it belongs to
 * the string. Keys of an object are compared only where a 64-bit filter of their hashes says that
 * one may have been there before; see {@link UniqueKeys}.
 */
public final class JsonToMsgpack {
  /** {@link #transcodePrefix}: not JSON. */
  public static final int INVALID = -1;

  /** {@link #transcodePrefix}: the text ends inside a value. */
  public static final int INCOMPLETE = -2;

  private static final VarHandle WORD =
      MethodHandles.byteArrayViewVarHandle(long[].class, ByteOrder.LITTLE_ENDIAN);
  private static final VarHandle BIG_WORD =
      MethodHandles.byteArrayViewVarHandle(long[].class, ByteOrder.BIG_ENDIAN);

  private static final long ONES = 0x0101_0101_0101_0101L;
  private static final long HIGH = 0x8080_8080_8080_8080L;
  private static final long QUOTES = ONES * '"';
  private static final long BACKSLASHES = ONES * '\\';

  /** Free bytes that are kept in the output, so that whole words can be written at its end. */
  private static final int SLACK = 64;

  private static final double[] POWERS = {
    1e0, 1e1, 1e2, 1e3, 1e4, 1e5, 1e6, 1e7, 1e8, 1e9, 1e10, 1e11, 1e12, 1e13, 1e14, 1e15, 1e16,
    1e17, 1e18, 1e19, 1e20, 1e21, 1e22
  };

  /** The message for an integer that needs more than 64 bits. */
  public static final String TOO_BIG = "bignum too big to convert into 'unsigned long long'";

  /** Characters of the longest integer that can fit: 20 digits, or a sign and 19. */
  private static final int MAX_INTEGER_TEXT = 20;

  private final UniqueKeys keys = new UniqueKeys();

  private byte[] in;
  private int pos;
  private int limit;

  private Bytes target;
  private byte[] out;
  private int at;

  private byte[] watched;
  private int watchedKey = -1;
  private int watchedValue;
  private int watchedEnd;

  private String error;
  private int errorPosition;
  private boolean incomplete;

  /**
   * Transcodes a text that is exactly one value, with white space around it.
   *
   * @return false where it is not; nothing is written then, and {@link #error} says why
   */
  public boolean transcode(byte[] text, int offset, int length, MsgpackWriter writer) {
    int start = writer.out().length();
    begin(text, offset, length, writer.out());
    skipSpace();
    boolean good = value(0);
    if (good) {
      skipSpace();
      good = pos == limit || fail("unexpected text after the value");
    }
    writer.out().setLength(good ? at : start);
    in = null;
    return good;
  }

  /**
   * Transcodes the first value of a text.
   *
   * @return the position after it, or {@link #INVALID} or {@link #INCOMPLETE}; nothing is written
   *     for these two
   */
  public int transcodePrefix(byte[] text, int offset, int length, MsgpackWriter writer) {
    int start = writer.out().length();
    begin(text, offset, length, writer.out());
    skipSpace();
    boolean good = value(0);
    writer.out().setLength(good ? at : start);
    in = null;
    if (good) {
      return pos;
    }
    return incomplete ? INCOMPLETE : INVALID;
  }

  /** Watches a key of the outermost object from now on; null for none. The bytes are UTF-8. */
  public void watch(byte[] key) {
    watched = key;
  }

  /** Where the watched key begins in the output; -1 where the last text has none. */
  public int watchedKey() {
    return watchedKey;
  }

  /** Where the value of the watched key begins in the output. */
  public int watchedValue() {
    return watchedValue;
  }

  /** Where the value of the watched key ends in the output. */
  public int watchedEnd() {
    return watchedEnd;
  }

  /** What was wrong with the last text; null where nothing was. */
  public String error() {
    return error;
  }

  /** Where the fault is, as an index into the array that was given. */
  public int errorPosition() {
    return errorPosition;
  }

  /** True where the last fault was that the text ended inside a value. */
  public boolean isIncomplete() {
    return incomplete;
  }

  private void begin(byte[] text, int offset, int length, Bytes bytes) {
    in = text;
    pos = offset;
    limit = offset + length;
    target = bytes;
    at = bytes.length();
    out = bytes.ensure(SLACK);
    keys.clear();
    watchedKey = -1;
    error = null;
    incomplete = false;
  }

  private boolean fail(String message) {
    error = message;
    errorPosition = pos;
    return false;
  }

  private boolean ends() {
    incomplete = true;
    return fail("unexpected end of the text");
  }

  private boolean unexpected() {
    if (pos >= limit) {
      return ends();
    }
    int c = in[pos] & 0xff;
    return fail(
        c > 0x20 && c < 0x7f
            ? "unexpected character '" + (char) c + "'"
            : "unexpected byte 0x%02x".formatted(c));
  }

  private void skipSpace() {
    while (pos < limit && in[pos] <= ' ' && isSpace(in[pos])) {
      pos++;
    }
  }

  private static boolean isSpace(byte b) {
    return b == ' ' || b == '\t' || b == '\n' || b == '\r';
  }

  /** Makes sure that {@code count} bytes and the slack fit behind the output. */
  private void room(int count) {
    if (out.length - at < count + SLACK) {
      target.setLength(at);
      out = target.ensure(count + SLACK);
    }
  }

  private boolean value(int depth) {
    if (pos >= limit) {
      return ends();
    }
    room(0);
    return switch (in[pos]) {
      case '"' -> string();
      case '{' -> object(depth);
      case '[' -> array(depth);
      case 't' -> word("true", 0xc3);
      case 'f' -> word("false", 0xc2);
      case 'n' -> word("null", 0xc0);
      case '-', '0', '1', '2', '3', '4', '5', '6', '7', '8', '9' -> number();
      default -> unexpected();
    };
  }

  private boolean word(String text, int code) {
    for (int i = 0; i < text.length(); i++, pos++) {
      if (pos >= limit || in[pos] != text.charAt(i)) {
        return unexpected();
      }
    }
    out[at++] = (byte) code;
    return true;
  }

  private boolean object(int depth) {
    if (depth >= MsgpackReader.MAX_DEPTH) {
      return fail("nesting of more than " + MsgpackReader.MAX_DEPTH + " levels");
    }
    pos++;
    int mark = at;
    out[at++] = (byte) 0x80;
    skipSpace();
    if (pos < limit && in[pos] == '}') {
      pos++;
      return true;
    }
    int base = keys.open();
    long filter = 0;
    int count = 0;
    boolean repeated = false;
    while (true) {
      room(0);
      if (pos >= limit || in[pos] != '"') {
        return unexpected();
      }
      int keyAt = at;
      if (!string()) {
        return false;
      }
      int hash = keyHash(keyAt);
      long bit = 1L << (hash >>> 26);
      repeated |= keys.add(out, keyAt, hash, base, (filter & bit) != 0);
      filter |= bit;
      boolean watch = depth == 0 && watched != null && isWatched(keyAt);
      if (!colon()) {
        return false;
      }
      int valueAt = at;
      if (!value(depth + 1)) {
        return false;
      }
      if (watch) {
        watchedKey = keyAt;
        watchedValue = valueAt;
        watchedEnd = at;
      }
      count++;
      skipSpace();
      if (pos < limit && in[pos] == ',') {
        pos++;
        skipSpace();
      } else if (pos < limit && in[pos] == '}') {
        pos++;
        break;
      } else {
        return unexpected();
      }
    }
    keys.close(base);
    close(mark, count, 0x80, 0xde, depth);
    if (repeated) {
      dropRepeated(mark, depth);
    }
    return true;
  }

  private boolean colon() {
    skipSpace();
    if (pos >= limit || in[pos] != ':') {
      return unexpected();
    }
    pos++;
    skipSpace();
    return true;
  }

  private boolean array(int depth) {
    if (depth >= MsgpackReader.MAX_DEPTH) {
      return fail("nesting of more than " + MsgpackReader.MAX_DEPTH + " levels");
    }
    pos++;
    int mark = at;
    out[at++] = (byte) 0x90;
    skipSpace();
    if (pos < limit && in[pos] == ']') {
      pos++;
      return true;
    }
    int count = 0;
    while (true) {
      if (!value(depth + 1)) {
        return false;
      }
      count++;
      skipSpace();
      if (pos < limit && in[pos] == ',') {
        pos++;
        skipSpace();
      } else if (pos < limit && in[pos] == ']') {
        pos++;
        break;
      } else {
        return unexpected();
      }
    }
    close(mark, count, 0x90, 0xdc, depth);
    return true;
  }

  /** Writes the size of a map or array into its header, which was kept at one byte. */
  private void close(int mark, int count, int fix, int wide, int depth) {
    if (count < 16) {
      out[mark] = (byte) (fix | count);
      return;
    }
    int extra = count <= 0xffff ? 2 : 4;
    room(extra);
    System.arraycopy(out, mark + 1, out, mark + 1 + extra, at - mark - 1);
    out[mark] = (byte) (extra == 2 ? wide : wide + 1);
    for (int i = 0; i < extra; i++) {
      out[mark + 1 + i] = (byte) (count >>> 8 * (extra - 1 - i));
    }
    at += extra;
    if (depth == 0 && watchedKey >= 0) {
      watchedKey += extra;
      watchedValue += extra;
      watchedEnd += extra;
    }
  }

  private void dropRepeated(int mark, int depth) {
    at = UniqueKeys.dropRepeated(out, mark, at);
    if (depth == 0 && watchedKey >= 0) {
      findWatched(mark);
    }
  }

  private void findWatched(int mark) {
    MsgpackReader reader = new MsgpackReader(out, mark, at - mark);
    for (int left = reader.readMapHeader(); left > 0; left--) {
      int keyAt = reader.position();
      reader.skip();
      int valueAt = reader.position();
      reader.skip();
      if (isWatched(keyAt, valueAt)) {
        watchedKey = keyAt;
        watchedValue = valueAt;
        watchedEnd = reader.position();
      }
    }
  }

  private boolean isWatched(int keyAt) {
    return isWatched(keyAt, at);
  }

  private boolean isWatched(int keyAt, int keyEnd) {
    int length = watched.length;
    if (keyEnd - keyAt < length + 1 || keyEnd - keyAt > length + 5) {
      return false;
    }
    int header = length < 32 ? 1 : length <= 0xff ? 2 : length <= 0xffff ? 3 : 5;
    return keyEnd - keyAt == length + header
        && Arrays.equals(out, keyAt + header, keyEnd, watched, 0, length);
  }

  /** A quick hash of the key just written, from its length and its first and last eight bytes. */
  private int keyHash(int keyAt) {
    int length = at - keyAt;
    long word = (long) WORD.get(out, keyAt);
    if (length < 8) {
      word &= (1L << 8 * length) - 1;
    } else {
      word ^= (long) WORD.get(out, at - 8) * 0x9e37_79b9_7f4a_7c15L;
    }
    return (int) (word * 0xff51_afd7_ed55_8ccdL >>> 32);
  }

  /** Reads a string whose opening quote is at {@link #pos}. */
  private boolean string() {
    int from = pos + 1;
    int p = from;
    int to = at + 1;
    // Up to 32 bytes: copied while searched, behind a header of one byte.
    for (int i = 0; i < 4 && p + 8 <= limit; i++, p += 8, to += 8) {
      long word = (long) WORD.get(in, p);
      WORD.set(out, to, word);
      long found = special(word);
      if (found != 0) {
        int end = p + (Long.numberOfTrailingZeros(found) >>> 3);
        if (in[end] != '"') {
          return escaped(from, end);
        }
        int length = end - from;
        out[at] = (byte) (0xa0 | length);
        at += length + 1;
        pos = end + 1;
        return true;
      }
    }
    return longString(from, p);
  }

  private boolean longString(int from, int searched) {
    int p = searched;
    while (p + 8 <= limit) {
      long found = special((long) WORD.get(in, p));
      if (found != 0) {
        p += Long.numberOfTrailingZeros(found) >>> 3;
        return in[p] == '"' ? plain(from, p) : escaped(from, p);
      }
      p += 8;
    }
    while (p < limit) {
      if (in[p] == '"') {
        return plain(from, p);
      }
      if (in[p] == '\\') {
        return escaped(from, p);
      }
      p++;
    }
    pos = limit;
    return ends();
  }

  /** Bit 7 of the first byte that is a quote or backslash (those above it may be set wrongly). */
  private static long special(long word) {
    long quote = word ^ QUOTES;
    long backslash = word ^ BACKSLASHES;
    return (quote - ONES & ~quote | backslash - ONES & ~backslash) & HIGH;
  }

  private boolean plain(int from, int end) {
    int length = end - from;
    room(length + 5);
    at = stringHeader(at, length);
    System.arraycopy(in, from, out, at, length);
    at += length;
    pos = end + 1;
    return true;
  }

  private int stringHeader(int to, int length) {
    int p = to;
    if (length < 32) {
      out[p++] = (byte) (0xa0 | length);
    } else if (length <= 0xff) {
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
    if (length >= 32) {
      out[p++] = (byte) length;
    }
    return p;
  }

  /** Reads a string that has a backslash at {@code p}: decoded behind the widest header. */
  private boolean escaped(int from, int backslash) {
    int p = backslash;
    int start = at + 5;
    int to = start;
    int run = from;
    while (true) {
      room(to - at + p - run + 8);
      System.arraycopy(in, run, out, to, p - run);
      to += p - run;
      if (p >= limit) {
        pos = limit;
        return ends();
      }
      if (in[p] == '"') {
        break;
      }
      pos = p;
      to = escape(to);
      if (to < 0) {
        return false;
      }
      run = pos;
      p = run;
      while (p < limit && in[p] != '"' && in[p] != '\\') {
        p++;
      }
    }
    int length = to - start;
    int content = stringHeader(at, length);
    System.arraycopy(out, start, out, content, length);
    at = content + length;
    pos = p + 1;
    return true;
  }

  /** Decodes the escape at {@link #pos} and moves behind it; returns the output's end, or -1. */
  private int escape(int to) {
    if (pos + 1 >= limit) {
      pos = limit;
      ends();
      return -1;
    }
    byte c = in[pos + 1];
    if (c == 'u') {
      return unicode(to);
    }
    pos += 2;
    out[to] =
        switch (c) {
          case 'n' -> '\n';
          case 't' -> '\t';
          case 'r' -> '\r';
          case 'b' -> '\b';
          case 'f' -> '\f';
          default -> c;
        };
    return to + 1;
  }

  private int unicode(int to) {
    int code = hex(pos + 2);
    if (code < 0) {
      return -1;
    }
    pos += 6;
    if (code >= 0xd800
        && code < 0xdc00
        && pos + 1 < limit
        && in[pos] == '\\'
        && in[pos + 1] == 'u') {
      int low = hex(pos + 2);
      if (low < 0) {
        return -1;
      }
      if (low >= 0xdc00 && low < 0xe000) {
        pos += 6;
        code = Character.toCodePoint((char) code, (char) low);
      }
    }
    return utf8(to, code >= 0xd800 && code < 0xe000 ? 0xfffd : code);
  }

  private int hex(int from) {
    if (from + 4 > limit) {
      pos = limit;
      ends();
      return -1;
    }
    int code = 0;
    for (int i = from; i < from + 4; i++) {
      int digit = Character.digit(in[i], 16);
      if (digit < 0) {
        pos = i;
        fail("invalid hex digit in \\u escape");
        return -1;
      }
      code = code << 4 | digit;
    }
    return code;
  }

  private int utf8(int to, int code) {
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
   * Reads a number. Up to 18 digits are gathered in a long; a decimal of at most 2^53 with up to 22
   * digits behind the point is then exact as the quotient of two exact doubles.
   */
  private boolean number() {
    int from = pos;
    int p = from;
    boolean negative = in[p] == '-';
    if (negative) {
      p++;
    }
    int digitsFrom = p;
    long digits = 0;
    while (p < limit && isDigit(in[p])) {
      digits = digits * 10 + (in[p++] - '0');
    }
    int count = p - digitsFrom;
    if (count == 0 || count > 1 && in[digitsFrom] == '0') {
      pos = count == 0 ? p : digitsFrom;
      return count == 0 ? unexpected() : fail("leading zero in a number");
    }
    if (p >= limit || in[p] != '.' && (in[p] | 0x20) != 'e') {
      pos = p;
      return count <= 18 ? integer(negative ? -digits : digits) : bigInteger(from, p);
    }
    int fraction = 0;
    if (in[p] == '.') {
      int point = p++;
      while (p < limit && isDigit(in[p])) {
        digits = digits * 10 + (in[p++] - '0');
      }
      fraction = p - point - 1;
      if (fraction == 0) {
        pos = p;
        return unexpected();
      }
    }
    if (p < limit && (in[p] | 0x20) == 'e') {
      return exponent(from, p + 1);
    }
    pos = p;
    if (count + fraction <= 18 && digits <= 1L << 53) {
      double value = digits / POWERS[fraction];
      return float64(negative ? -value : value);
    }
    return slowFloat(from, p);
  }

  private boolean exponent(int from, int after) {
    int p = after;
    if (p < limit && (in[p] == '+' || in[p] == '-')) {
      p++;
    }
    int digitsFrom = p;
    while (p < limit && isDigit(in[p])) {
      p++;
    }
    pos = p;
    return p == digitsFrom ? unexpected() : slowFloat(from, p);
  }

  private static boolean isDigit(byte b) {
    return b >= '0' && b <= '9';
  }

  private boolean integer(long value) {
    if (value >= 0 && value < 0x80 || value < 0 && value >= -32) {
      out[at++] = (byte) value;
      return true;
    }
    int bits =
        value < 0 ? 65 - Long.numberOfLeadingZeros(~value) : 64 - Long.numberOfLeadingZeros(value);
    int size = bits <= 8 ? 0 : bits <= 16 ? 1 : bits <= 32 ? 2 : 3;
    out[at] = (byte) ((value < 0 ? 0xd0 : 0xcc) + size);
    BIG_WORD.set(out, at + 1, value << 64 - (8 << size));
    at += 1 + (1 << size);
    return true;
  }

  private boolean bigInteger(int from, int end) {
    if (end - from <= MAX_INTEGER_TEXT) {
      BigInteger value = new BigInteger(text(from, end));
      if (value.bitLength() <= 63) {
        return integer(value.longValue());
      }
      if (value.signum() > 0 && value.bitLength() == 64) {
        out[at] = (byte) 0xcf;
        BIG_WORD.set(out, at + 1, value.longValue());
        at += 9;
        return true;
      }
    }
    pos = from;
    return fail(TOO_BIG);
  }

  private boolean slowFloat(int from, int end) {
    double value = Double.parseDouble(text(from, end));
    if (Double.isInfinite(value)) {
      pos = from;
      return fail("number out of range");
    }
    return float64(value);
  }

  private String text(int from, int end) {
    return new String(in, from, end - from, StandardCharsets.ISO_8859_1);
  }

  private boolean float64(double value) {
    out[at] = (byte) 0xcb;
    BIG_WORD.set(out, at + 1, Double.doubleToRawLongBits(value));
    at += 9;
    return true;
  }
}
