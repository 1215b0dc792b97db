package io.runnel.event;

import java.math.BigInteger;
import java.nio.ByteBuffer;
import java.nio.CharBuffer;
import java.nio.charset.CharacterCodingException;
import java.nio.charset.CodingErrorAction;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/**
 * Reads MessagePack out of an array of bytes. Every length is checked against the bytes that are
 * there before anything is allocated, and nesting is limited, so bytes from outside can do no harm.
 */
public final class MsgpackReader {
  /** Nesting that is followed; real logs stay below 20, deeper input is an attack or a mistake. */
  public static final int MAX_DEPTH = 128;

  private byte[] buffer;
  private int position;
  private int limit;

  public MsgpackReader(byte[] buffer) {
    this(buffer, 0, buffer.length);
  }

  public MsgpackReader(byte[] buffer, int offset, int length) {
    reset(buffer, offset, length);
  }

  public void reset(byte[] newBuffer, int offset, int length) {
    buffer = newBuffer;
    position = offset;
    limit = offset + length;
  }

  public byte[] buffer() {
    return buffer;
  }

  public int position() {
    return position;
  }

  public void position(int newPosition) {
    position = newPosition;
  }

  public int limit() {
    return limit;
  }

  public boolean hasMore() {
    return position < limit;
  }

  /** The next byte without taking it: the type code of the next value. */
  public int peek() {
    if (position >= limit) {
      throw new MsgpackException.Truncated("end of data at byte " + position);
    }
    return buffer[position] & 0xff;
  }

  public boolean peekMap() {
    int code = peek();
    return code >= 0x80 && code <= 0x8f || code == 0xde || code == 0xdf;
  }

  public boolean peekArray() {
    int code = peek();
    return code >= 0x90 && code <= 0x9f || code == 0xdc || code == 0xdd;
  }

  /** True where the next value is a str or bin. */
  public boolean peekString() {
    int code = peek();
    return code >= 0xa0 && code <= 0xbf
        || code >= 0xd9 && code <= 0xdb
        || code >= 0xc4 && code <= 0xc6;
  }

  public boolean peekInteger() {
    int code = peek();
    return code < 0x80 || code >= 0xe0 || code >= 0xcc && code <= 0xd3;
  }

  public boolean peekNil() {
    return peek() == 0xc0;
  }

  /** True where an EventTime (extension type 0 of 8 bytes) is next. */
  public boolean peekEventTime() {
    int code = peek();
    return code == 0xd7 && position + 10 <= limit && buffer[position + 1] == 0
        || code == 0xc7
            && position + 11 <= limit
            && buffer[position + 1] == 8
            && buffer[position + 2] == 0;
  }

  public int readMapHeader() {
    int code = take();
    long size;
    if (code >= 0x80 && code <= 0x8f) {
      size = code & 15;
    } else if (code == 0xde) {
      size = unsigned(2);
    } else if (code == 0xdf) {
      size = unsigned(4);
    } else {
      throw wrong("a map", code);
    }
    return size(size, 2);
  }

  public int readArrayHeader() {
    int code = take();
    long size;
    if (code >= 0x90 && code <= 0x9f) {
      size = code & 15;
    } else if (code == 0xdc) {
      size = unsigned(2);
    } else if (code == 0xdd) {
      size = unsigned(4);
    } else {
      throw wrong("an array", code);
    }
    return size(size, 1);
  }

  /** Reads the header of a str or bin and returns the length; the content starts at position(). */
  public int readStringHeader() {
    int code = take();
    long size;
    if (code >= 0xa0 && code <= 0xbf) {
      size = code & 31;
    } else {
      size =
          switch (code) {
            case 0xd9, 0xc4 -> unsigned(1);
            case 0xda, 0xc5 -> unsigned(2);
            case 0xdb, 0xc6 -> unsigned(4);
            default -> throw wrong("a string", code);
          };
    }
    return size(size, 1);
  }

  /** Reads a str or bin as text; invalid UTF-8 becomes U+FFFD. */
  public String readString() {
    int size = readStringHeader();
    String text = new String(buffer, position, size, StandardCharsets.UTF_8);
    position += size;
    return text;
  }

  /** Reads a signed integer; a uint 64 above the long range wraps around. */
  public long readInteger() {
    int code = take();
    if (code < 0x80) {
      return code;
    }
    if (code >= 0xe0) {
      return code - 256;
    }
    return switch (code) {
      case 0xcc -> unsigned(1);
      case 0xcd -> unsigned(2);
      case 0xce -> unsigned(4);
      case 0xcf, 0xd3 -> unsigned(8);
      case 0xd0 -> (byte) unsigned(1);
      case 0xd1 -> (short) unsigned(2);
      case 0xd2 -> (int) unsigned(4);
      default -> throw wrong("an integer", code);
    };
  }

  /** Reads an EventTime or an integer as a packed time. */
  public long readTime() {
    int code = peek();
    if (code == 0xd7 || code == 0xc7) {
      if (!peekEventTime()) {
        need(11);
        throw wrong("an EventTime", code);
      }
      position += code == 0xd7 ? 2 : 3;
      return unsigned(8);
    }
    if (code == 0xca || code == 0xcb) {
      return EventTime.ofDouble((Double) readValue());
    }
    return EventTime.pack(readInteger(), 0);
  }

  /** Skips one value with all that is in it. */
  public void skip() {
    long open = 1;
    while (open > 0) {
      open--;
      int code = take();
      if (code < 0x80 || code >= 0xe0) {
        continue;
      }
      if (code <= 0x8f) {
        open += 2L * (code & 15);
      } else if (code <= 0x9f) {
        open += code & 15;
      } else if (code <= 0xbf) {
        advance(code & 31);
      } else {
        switch (code) {
          case 0xc0, 0xc2, 0xc3 -> {}
          case 0xc4, 0xd9 -> advance(unsigned(1));
          case 0xc5, 0xda -> advance(unsigned(2));
          case 0xc6, 0xdb -> advance(unsigned(4));
          case 0xc7 -> advance(unsigned(1) + 1);
          case 0xc8 -> advance(unsigned(2) + 1);
          case 0xc9 -> advance(unsigned(4) + 1);
          case 0xcc, 0xd0 -> advance(1);
          case 0xcd, 0xd1 -> advance(2);
          case 0xca, 0xce, 0xd2 -> advance(4);
          case 0xcb, 0xcf, 0xd3 -> advance(8);
          case 0xd4, 0xd5, 0xd6, 0xd7, 0xd8 -> advance((1 << (code - 0xd4)) + 1);
          case 0xdc -> open += unsigned(2);
          case 0xdd -> open += unsigned(4);
          case 0xde -> open += 2 * unsigned(2);
          case 0xdf -> open += 2 * unsigned(4);
          default -> throw wrong("a value", code);
        }
      }
    }
  }

  /**
   * Skips one value and makes sure that it can be decoded later: for values from outside that stay
   * packed.
   *
   * @throws MsgpackException where it is nested deeper than {@link #MAX_DEPTH}
   */
  public void skipDecodable() {
    skipDecodable(0);
  }

  private void skipDecodable(int depth) {
    long items;
    if (hasMore() && peekMap()) {
      items = 2L * readMapHeader();
    } else if (hasMore() && peekArray()) {
      items = readArrayHeader();
    } else {
      skip();
      return;
    }
    if (depth >= MAX_DEPTH) {
      throw new MsgpackException("nested deeper than " + MAX_DEPTH);
    }
    for (; items > 0; items--) {
      skipDecodable(depth + 1);
    }
  }

  /** Decodes one value; see {@link MsgpackWriter#value} for the classes. */
  public Object readValue() {
    return readValue(0);
  }

  /** Decodes a map with text keys; keys that are no strings become their text. */
  public Map<String, Object> readRecord() {
    return readMap(0);
  }

  private Map<String, Object> readMap(int depth) {
    int size = readMapHeader();
    Map<String, Object> map = LinkedHashMap.newLinkedHashMap(size);
    for (int i = 0; i < size; i++) {
      String key = peekString() ? readString() : String.valueOf(readValue(depth + 1));
      map.put(key, readValue(depth + 1));
    }
    return map;
  }

  private Object readValue(int depth) {
    if (depth > MAX_DEPTH) {
      throw new MsgpackException("nested deeper than " + MAX_DEPTH);
    }
    int code = peek();
    if (peekInteger()) {
      if (code == 0xcf && position + 1 < limit && buffer[position + 1] < 0) {
        position++;
        return new BigInteger(Long.toUnsignedString(unsigned(8)));
      }
      return readInteger();
    }
    if (peekString()) {
      int size = readStringHeader();
      int at = position;
      position += size;
      return text(at, size, code >= 0xc4 && code <= 0xc6);
    }
    if (peekMap()) {
      return readMap(depth);
    }
    if (peekArray()) {
      int size = readArrayHeader();
      List<Object> list = new ArrayList<>(size);
      for (int i = 0; i < size; i++) {
        list.add(readValue(depth + 1));
      }
      return list;
    }
    if (peekEventTime()) {
      return EventTime.unpack(readTime());
    }
    int at = position;
    switch (take()) {
      case 0xc0:
        return null;
      case 0xc2:
        return false;
      case 0xc3:
        return true;
      case 0xca:
        return (double) Float.intBitsToFloat((int) unsigned(4));
      case 0xcb:
        return Double.longBitsToDouble(unsigned(8));
      default:
        position = at;
        skip();
        return new RawBytes(java.util.Arrays.copyOfRange(buffer, at, position), true);
    }
  }

  private Object text(int at, int size, boolean binary) {
    if (binary) {
      return new RawBytes(java.util.Arrays.copyOfRange(buffer, at, at + size), true);
    }
    String text = new String(buffer, at, size, StandardCharsets.UTF_8);
    if (text.indexOf('\uFFFD') >= 0 && !validUtf8(at, size)) {
      return new RawBytes(java.util.Arrays.copyOfRange(buffer, at, at + size), false);
    }
    return text;
  }

  private boolean validUtf8(int at, int size) {
    try {
      CharBuffer ignored =
          StandardCharsets.UTF_8
              .newDecoder()
              .onMalformedInput(CodingErrorAction.REPORT)
              .onUnmappableCharacter(CodingErrorAction.REPORT)
              .decode(ByteBuffer.wrap(buffer, at, size));
      return ignored != null;
    } catch (CharacterCodingException e) {
      return false;
    }
  }

  private int take() {
    int code = peek();
    position++;
    return code;
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

  private void advance(long count) {
    need(count);
    position += (int) count;
  }

  private void need(long count) {
    if (count > limit - position) {
      throw new MsgpackException.Truncated(
          "value at byte "
              + position
              + " needs "
              + count
              + " bytes, "
              + (limit - position)
              + " are left");
    }
  }

  /** A declared size is believed only if each of its items could have one byte. */
  private int size(long size, int bytesEach) {
    need(size * bytesEach);
    return (int) size;
  }

  private MsgpackException wrong(String expected, int code) {
    return new MsgpackException(
        "expected %s, found type 0x%02x at byte %d".formatted(expected, code, position - 1));
  }
}
