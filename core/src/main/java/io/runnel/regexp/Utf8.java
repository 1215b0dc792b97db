package io.runnel.regexp;

import java.lang.invoke.MethodHandles;
import java.lang.invoke.VarHandle;
import java.nio.ByteOrder;
import java.util.Arrays;

/** Checks of UTF-8 (RFC 3629) without decoding. */
public final class Utf8 {
  private static final VarHandle WORD =
      MethodHandles.byteArrayViewVarHandle(long[].class, ByteOrder.LITTLE_ENDIAN);
  private static final long ONES = 0x0101_0101_0101_0101L;
  private static final long FEEDS = ONES * '\n';
  private static final long HIGH = 0x8080_8080_8080_8080L;

  /** Stands for a stray byte: a control character that is no letter, digit or space. */
  private static final byte SUBSTITUTE = 0x1a;

  private Utf8() {}

  public static boolean isValid(byte[] text, int offset, int length) {
    return validUpTo(text, offset, offset + length) == offset + length;
  }

  public static boolean isAscii(byte[] text, int offset, int length) {
    return skipAscii(text, offset, offset + length) == offset + length;
  }

  /** True for ASCII without line feeds. */
  static boolean isAsciiLine(byte[] text, int offset, int length) {
    int end = offset + length;
    int at = offset;
    for (; at + 8 <= end; at += 8) {
      long word = (long) WORD.get(text, at);
      long feed = word ^ FEEDS;
      if (((word | feed - ONES & ~feed) & HIGH) != 0) {
        return false;
      }
    }
    while (at < end && text[at] >= 0 && text[at] != '\n') {
      at++;
    }
    return at == end;
  }

  /** A copy of the text in which each byte that belongs to no character is {@code SUB}. */
  static byte[] withoutStrayBytes(byte[] text, int offset, int length) {
    byte[] copy = Arrays.copyOfRange(text, offset, offset + length);
    for (int at = validUpTo(copy, 0, length); at < length; at = validUpTo(copy, at, length)) {
      copy[at++] = SUBSTITUTE;
    }
    return copy;
  }

  private static int skipAscii(byte[] text, int from, int end) {
    int at = from;
    while (at + 8 <= end && ((long) WORD.get(text, at) & HIGH) == 0) {
      at += 8;
    }
    while (at < end && text[at] >= 0) {
      at++;
    }
    return at;
  }

  /** Where the first byte is that begins no whole character. */
  private static int validUpTo(byte[] text, int from, int end) {
    int at = skipAscii(text, from, end);
    while (at < end) {
      int size = characterSize(text, at, end);
      if (size == 0) {
        return at;
      }
      at = skipAscii(text, at + size, end);
    }
    return at;
  }

  /** The size of the character of two to four bytes at a place; 0 where there is none. */
  private static int characterSize(byte[] text, int at, int end) {
    int lead = text[at] & 0xff;
    int size = lead < 0xc2 ? 0 : lead < 0xe0 ? 2 : lead < 0xf0 ? 3 : lead < 0xf5 ? 4 : 0;
    if (size == 0 || at + size > end) {
      return 0;
    }
    int second = text[at + 1] & 0xff;
    int low = lead == 0xe0 ? 0xa0 : lead == 0xf0 ? 0x90 : 0x80;
    int high = lead == 0xed ? 0x9f : lead == 0xf4 ? 0x8f : 0xbf;
    if (second < low || second > high) {
      return 0;
    }
    for (int i = 2; i < size; i++) {
      if ((text[at + i] & 0xc0) != 0x80) {
        return 0;
      }
    }
    return size;
  }
}
