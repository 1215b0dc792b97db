package io.runnel.event;

import java.math.BigInteger;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.Map;

/**
 * Writes MessagePack as JSON text by the rules of Fluentd's default engine (Oj): no spaces, nothing
 * escaped but quotes, backslashes and control characters, invalid UTF-8 as it came, an EventTime as
 * its second, keys that are no strings as text. Other than Oj it writes {@code null} for NaN and
 * infinities, which JSON does not have.
 *
 * <p>This is the hot path of file outputs: packed values are not decoded, see {@link PackedToJson}.
 */
public final class MsgpackToJson {
  /** Doubles below are printed by Oj without an exponent where they are whole. */
  private static final double LONG_RANGE = 0x1p63;

  private MsgpackToJson() {}

  /**
   * Appends one value.
   *
   * @return the place behind it
   * @throws MsgpackException where the bytes are no value or are nested too deep; what was appended
   *     so far is taken back
   */
  public static int write(byte[] buffer, int offset, int length, Bytes out) {
    int start = out.length();
    try {
      return PackedToJson.write(buffer, offset, offset + length, out);
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
      throw new MsgpackException("nested deeper than " + MsgpackReader.MAX_DEPTH);
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
    PackedToJson.writeString(source, offset, length, out);
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
}
