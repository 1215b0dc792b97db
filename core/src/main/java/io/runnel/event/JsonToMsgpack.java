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
 * <p>It also notices where a text is what {@link MsgpackToJson} would write of it again ({@link
 * #isPlain}): no spaces, nothing escaped, numbers in their usual form, no key twice. Whoever wants
 * JSON of such a record can have the text instead.
 *
 * <p>Not safe for use by several threads at once; meant to be kept and used again.
 *
 * <p>Strings are searched eight bytes at a time: a word is compared with quotes and backslashes in
 * all its bytes at once, and is copied to the output before it is known how much of it belongs to
 * the string. The place in the text is passed along and returned, not kept in a field, since a
 * value in memory would be waited for at every step. Keys of an object are compared only where a
 * 64-bit filter of their hashes says that one may have been there before; see {@link UniqueKeys}.
 */
public final class JsonToMsgpack {
  /** {@link #transcodePrefix}: not JSON. */
  public static final int INVALID = -1;

  /** {@link #transcodePrefix}: the text ends inside a value. */
  public static final int INCOMPLETE = -2;

  /** The message for an integer that needs more than 64 bits. */
  public static final String TOO_BIG = "bignum too big to convert into 'unsigned long long'";

  private static final VarHandle WORD =
      MethodHandles.byteArrayViewVarHandle(long[].class, ByteOrder.LITTLE_ENDIAN);

  private static final long ONES = 0x0101_0101_0101_0101L;
  private static final long HIGH = 0x8080_8080_8080_8080L;
  private static final long QUOTES = ONES * '"';
  private static final long BACKSLASHES = ONES * '\\';
  private static final long CONTROLS = ONES * 0x20;

  /**
   * Of decimals with so many digits no two are one double, so that it is printed as it was read.
   */
  private static final long EXACT_DIGITS = 1_000_000_000_000_000L;

  /** Characters of the longest integer that can fit: 20 digits, or a sign and 19. */
  private static final int MAX_INTEGER_TEXT = 20;

  /** See {@link RubyFloat}. */
  private static final double LEAST_WITHOUT_EXPONENT = 1e-4;

  private static final double[] POWERS = {
    1e0, 1e1, 1e2, 1e3, 1e4, 1e5, 1e6, 1e7, 1e8, 1e9, 1e10, 1e11, 1e12, 1e13, 1e14, 1e15, 1e16,
    1e17, 1e18
  };

  private final UniqueKeys keys = new UniqueKeys();
  private final PackedSink sink = new PackedSink();

  private byte[] in;
  private int limit;

  private byte[] watched;
  private int watchedKey = -1;
  private int watchedValue;
  private int watchedEnd;
  private int cutFrom;
  private int cutTo;

  /** False once something was seen that would be written in another way. */
  private boolean plain;

  /** The high bit is set in a byte where a string was found to have a control character. */
  private long controls;

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
    int p = first(text, offset, length, writer.out());
    if (p >= 0) {
      p = skipSpace(p);
      p = p == limit ? p : fail(p, "unexpected text after the value");
    }
    writer.out().setLength(p >= 0 ? sink.at : start);
    in = null;
    return p >= 0;
  }

  /**
   * Transcodes the first value of a text.
   *
   * @return the position after it, or {@link #INVALID} or {@link #INCOMPLETE}; nothing is written
   *     for these two
   */
  public int transcodePrefix(byte[] text, int offset, int length, MsgpackWriter writer) {
    int start = writer.out().length();
    int p = first(text, offset, length, writer.out());
    writer.out().setLength(p >= 0 ? sink.at : start);
    in = null;
    return p >= 0 ? p : incomplete ? INCOMPLETE : INVALID;
  }

  private int first(byte[] text, int offset, int length, Bytes bytes) {
    in = text;
    limit = offset + length;
    sink.open(bytes);
    keys.clear();
    watchedKey = -1;
    cutFrom = 0;
    cutTo = 0;
    plain = true;
    controls = 0;
    error = null;
    incomplete = false;
    return value(skipSpace(offset), 0);
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

  /**
   * True where the last text, which was one whole value, is byte for byte what {@link
   * MsgpackToJson} makes of it.
   */
  public boolean isPlain() {
    return plain && (controls & HIGH) == 0;
  }

  /** Where the pair of the watched key begins in the text, with the comma that goes with it. */
  public int cutFrom() {
    return cutFrom;
  }

  /** Where that pair ends; the same as {@link #cutFrom} where the last text has none. */
  public int cutTo() {
    return cutTo;
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

  // From here on each method takes the place in the text where its part begins, and returns the
  // place behind it, or -1 where something is wrong.

  private int fail(int p, String message) {
    error = message;
    errorPosition = p;
    return -1;
  }

  private int ends() {
    incomplete = true;
    return fail(limit, "unexpected end of the text");
  }

  private int unexpected(int p) {
    if (p >= limit) {
      return ends();
    }
    int c = in[p] & 0xff;
    return fail(
        p,
        c > 0x20 && c < 0x7f
            ? "unexpected character '" + (char) c + "'"
            : "unexpected byte 0x%02x".formatted(c));
  }

  private int skipSpace(int from) {
    int p = from;
    if (p < limit && in[p] <= ' ') {
      plain = false;
      while (p < limit && isSpace(in[p])) {
        p++;
      }
    }
    return p;
  }

  private static boolean isSpace(byte b) {
    return b == ' ' || b == '\t' || b == '\n' || b == '\r';
  }

  private int value(int p, int depth) {
    if (p >= limit) {
      return ends();
    }
    sink.room(0);
    return switch (in[p]) {
      case '"' -> string(p);
      case '{' -> object(p, depth);
      case '[' -> array(p, depth);
      case 't' -> word(p, "true", 0xc3);
      case 'f' -> word(p, "false", 0xc2);
      case 'n' -> word(p, "null", 0xc0);
      case '-', '0', '1', '2', '3', '4', '5', '6', '7', '8', '9' -> number(p);
      default -> unexpected(p);
    };
  }

  private int word(int from, String text, int code) {
    int p = from;
    for (int i = 0; i < text.length(); i++, p++) {
      if (p >= limit || in[p] != text.charAt(i)) {
        return unexpected(p);
      }
    }
    sink.out[sink.at++] = (byte) code;
    return p;
  }

  private int object(int from, int depth) {
    if (depth >= MsgpackReader.MAX_DEPTH) {
      return fail(from, "nesting of more than " + MsgpackReader.MAX_DEPTH + " levels");
    }
    int mark = sink.at++;
    int p = skipSpace(from + 1);
    int count = 0;
    if (p < limit && in[p] == '}') {
      sink.out[mark] = (byte) 0x80;
      return p + 1;
    }
    int base = keys.open();
    long filter = 0;
    boolean repeated = false;
    while (true) {
      sink.room(0);
      if (p >= limit || in[p] != '"') {
        return unexpected(p);
      }
      int keyAt = sink.at;
      int pairFrom = p;
      p = string(p);
      if (p < 0) {
        return p;
      }
      int hash = keyHash(keyAt);
      long bit = 1L << (hash >>> 26);
      repeated |= keys.add(sink.out, keyAt, hash, base, (filter & bit) != 0);
      filter |= bit;
      int valueAt = sink.at;
      boolean watch = depth == 0 && watched != null && isWatched(keyAt, valueAt);
      p = skipSpace(p);
      if (p >= limit || in[p] != ':') {
        return unexpected(p);
      }
      p = value(skipSpace(p + 1), depth + 1);
      if (p < 0) {
        return p;
      }
      if (watch) {
        watchedKey = keyAt;
        watchedValue = valueAt;
        watchedEnd = sink.at;
        boolean last = p >= limit || in[p] != ',';
        cutFrom = last && count > 0 ? pairFrom - 1 : pairFrom;
        cutTo = last ? p : p + 1;
      }
      count++;
      p = skipSpace(p);
      if (p < limit && in[p] == ',') {
        p = skipSpace(p + 1);
      } else if (p < limit && in[p] == '}') {
        break;
      } else {
        return unexpected(p);
      }
    }
    keys.close(base);
    int moved = sink.close(mark, count, 0x80, 0xde);
    if (depth == 0 && watchedKey >= 0) {
      watchedKey += moved;
      watchedValue += moved;
      watchedEnd += moved;
    }
    if (repeated) {
      plain = false;
      dropRepeated(mark, depth);
    }
    return p + 1;
  }

  private int array(int from, int depth) {
    if (depth >= MsgpackReader.MAX_DEPTH) {
      return fail(from, "nesting of more than " + MsgpackReader.MAX_DEPTH + " levels");
    }
    int mark = sink.at++;
    int p = skipSpace(from + 1);
    if (p < limit && in[p] == ']') {
      sink.out[mark] = (byte) 0x90;
      return p + 1;
    }
    int count = 0;
    while (true) {
      p = value(p, depth + 1);
      if (p < 0) {
        return p;
      }
      count++;
      p = skipSpace(p);
      if (p < limit && in[p] == ',') {
        p = skipSpace(p + 1);
      } else if (p < limit && in[p] == ']') {
        break;
      } else {
        return unexpected(p);
      }
    }
    sink.close(mark, count, 0x90, 0xdc);
    return p + 1;
  }

  private void dropRepeated(int mark, int depth) {
    sink.at = UniqueKeys.dropRepeated(sink.out, mark, sink.at);
    if (depth > 0 || watchedKey < 0) {
      return;
    }
    MsgpackReader reader = new MsgpackReader(sink.out, mark, sink.at - mark);
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

  private boolean isWatched(int keyAt, int keyEnd) {
    int length = watched.length;
    int header = length < 32 ? 1 : length <= 0xff ? 2 : length <= 0xffff ? 3 : 5;
    return keyEnd - keyAt == length + header
        && Arrays.equals(sink.out, keyAt + header, keyEnd, watched, 0, length);
  }

  /** {@link UniqueKeys#hash} of the key just written, behind which is room for a word. */
  private int keyHash(int keyAt) {
    int length = sink.at - keyAt;
    long word = (long) WORD.get(sink.out, keyAt);
    if (length < 8) {
      word &= (1L << 8 * length) - 1;
    } else {
      word ^= (long) WORD.get(sink.out, sink.at - 8) * 0x9e37_79b9_7f4a_7c15L;
    }
    return (int) (word * 0xff51_afd7_ed55_8ccdL >>> 32);
  }

  /** Reads a string; the opening quote is there. */
  private int string(int quote) {
    byte[] text = in;
    byte[] out = sink.out;
    int at = sink.at;
    int from = quote + 1;
    int last = Math.min(limit - 8, from + 24);
    int p = from;
    // Up to 32 bytes: copied while searched, behind a header of one byte.
    for (int to = at + 1; p <= last; p += 8, to += 8) {
      long word = (long) WORD.get(text, p);
      WORD.set(out, to, word);
      controls |= word - CONTROLS & ~word;
      long found = special(word);
      if (found != 0) {
        int end = p + (Long.numberOfTrailingZeros(found) >>> 3);
        if (text[end] != '"') {
          return escaped(from, end);
        }
        int length = end - from;
        out[at] = (byte) (0xa0 | length);
        sink.at = at + length + 1;
        return end + 1;
      }
    }
    return longString(from, p);
  }

  private int longString(int from, int searched) {
    int p = searched;
    while (p + 8 <= limit) {
      long word = (long) WORD.get(in, p);
      controls |= word - CONTROLS & ~word;
      long found = special(word);
      if (found != 0) {
        p += Long.numberOfTrailingZeros(found) >>> 3;
        return in[p] == '"' ? plain(from, p) : escaped(from, p);
      }
      p += 8;
    }
    p = quoteOrBackslash(p);
    if (p >= limit) {
      return ends();
    }
    return in[p] == '"' ? plain(from, p) : escaped(from, p);
  }

  private int plain(int from, int end) {
    sink.string(in, from, end - from);
    return end + 1;
  }

  private int quoteOrBackslash(int from) {
    int p = from;
    while (p < limit && in[p] != '"' && in[p] != '\\') {
      controls |= in[p] >= 0 && in[p] < 0x20 ? HIGH : 0;
      p++;
    }
    return p;
  }

  /** Bit 7 of the first byte that is a quote or backslash (those above it may be set wrongly). */
  private static long special(long word) {
    long quote = word ^ QUOTES;
    long backslash = word ^ BACKSLASHES;
    return (quote - ONES & ~quote | backslash - ONES & ~backslash) & HIGH;
  }

  /** Reads a string that has a backslash: decoded behind the widest header, then moved. */
  private int escaped(int from, int backslash) {
    plain = false;
    int p = backslash;
    int start = sink.at + 5;
    int to = start;
    int run = from;
    while (true) {
      sink.room(to - sink.at + p - run + 8);
      System.arraycopy(in, run, sink.out, to, p - run);
      to += p - run;
      if (p >= limit) {
        return ends();
      }
      if (in[p] == '"') {
        break;
      }
      if (p + 1 >= limit) {
        return ends();
      }
      if (in[p + 1] == 'u') {
        int code = unicode(p);
        if (code < 0) {
          return -1;
        }
        to = sink.utf8(to, code >= 0xd800 && code < 0xe000 ? 0xfffd : code);
        run = p + (code > 0xffff ? 12 : 6);
      } else {
        sink.out[to++] = unescape(in[p + 1]);
        run = p + 2;
      }
      p = quoteOrBackslash(run);
    }
    int length = to - start;
    int content = sink.stringHeader(sink.at, length);
    System.arraycopy(sink.out, start, sink.out, content, length);
    sink.at = content + length;
    return p + 1;
  }

  private static byte unescape(byte c) {
    return switch (c) {
      case 'n' -> '\n';
      case 't' -> '\t';
      case 'r' -> '\r';
      case 'b' -> '\b';
      case 'f' -> '\f';
      default -> c;
    };
  }

  /** The character of a {@code \\u} escape, or of two that are surrogates; -1 for a fault. */
  private int unicode(int p) {
    int code = hex(p + 2);
    if (code < 0xd800 || code >= 0xdc00 || p + 7 >= limit) {
      return code;
    }
    if (in[p + 6] != '\\' || in[p + 7] != 'u') {
      return code;
    }
    int low = hex(p + 8);
    boolean pair = low >= 0xdc00 && low < 0xe000;
    return low < 0 ? low : pair ? Character.toCodePoint((char) code, (char) low) : code;
  }

  private int hex(int from) {
    if (from + 4 > limit) {
      return ends();
    }
    int code = 0;
    for (int i = from; i < from + 4; i++) {
      int digit = Character.digit(in[i], 16);
      if (digit < 0) {
        return fail(i, "invalid hex digit in \\u escape");
      }
      code = code << 4 | digit;
    }
    return code;
  }

  /**
   * Reads a number. Up to 18 digits are gathered in a long; a decimal of at most 2^53 is then exact
   * as the quotient of two exact doubles.
   */
  private int number(int from) {
    byte[] text = in;
    boolean negative = text[from] == '-';
    int digitsFrom = negative ? from + 1 : from;
    int p = digitsFrom;
    long digits = 0;
    while (p < limit && isDigit(text[p])) {
      digits = digits * 10 + (text[p++] - '0');
    }
    int count = p - digitsFrom;
    if (count == 0) {
      return unexpected(p);
    }
    if (count > 1 && text[digitsFrom] == '0') {
      return fail(digitsFrom, "leading zero in a number");
    }
    if (p >= limit || text[p] != '.' && (text[p] | 0x20) != 'e') {
      if (count > 18) {
        return bigInteger(from, p);
      }
      plain &= digits != 0 || !negative;
      sink.integer(negative ? -digits : digits);
      return p;
    }
    int fraction = 0;
    if (text[p] == '.') {
      int point = p++;
      while (p < limit && isDigit(text[p])) {
        digits = digits * 10 + (text[p++] - '0');
      }
      fraction = p - point - 1;
      if (fraction == 0) {
        return unexpected(p);
      }
    }
    if (p < limit && (text[p] | 0x20) == 'e') {
      return exponent(from, p + 1);
    }
    if (count + fraction <= 18 && digits <= 1L << 53) {
      double value = digits / POWERS[fraction];
      plain &= isUsual(digits, fraction, value) && (digits > 0 || !negative);
      sink.float64(negative ? -value : value);
      return p;
    }
    return slowFloat(from, p);
  }

  /** True where a positive decimal is the shortest text of its double and has no exponent. */
  private static boolean isUsual(long digits, int fraction, double value) {
    return digits < EXACT_DIGITS
        && (fraction == 1 || digits % 10 != 0 && value >= LEAST_WITHOUT_EXPONENT);
  }

  private int exponent(int from, int after) {
    plain = false;
    int p = after;
    if (p < limit && (in[p] == '+' || in[p] == '-')) {
      p++;
    }
    int digitsFrom = p;
    while (p < limit && isDigit(in[p])) {
      p++;
    }
    return p == digitsFrom ? unexpected(p) : slowFloat(from, p);
  }

  private static boolean isDigit(byte b) {
    return b >= '0' && b <= '9';
  }

  private int bigInteger(int from, int end) {
    if (end - from <= MAX_INTEGER_TEXT) {
      BigInteger value = new BigInteger(text(from, end));
      if (value.bitLength() <= 63) {
        sink.integer(value.longValue());
        return end;
      }
      if (value.signum() > 0 && value.bitLength() == 64) {
        sink.unsigned(value.longValue());
        return end;
      }
    }
    return fail(from, TOO_BIG);
  }

  private int slowFloat(int from, int end) {
    plain = false;
    double value = Double.parseDouble(text(from, end));
    if (Double.isInfinite(value)) {
      return fail(from, "number out of range");
    }
    sink.float64(value);
    return end;
  }

  private String text(int from, int end) {
    return new String(in, from, end - from, StandardCharsets.ISO_8859_1);
  }
}
