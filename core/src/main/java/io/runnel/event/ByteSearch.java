package io.runnel.event;

import java.lang.invoke.MethodHandles;
import java.lang.invoke.VarHandle;
import java.nio.ByteOrder;

/** Searches bytes, eight at a time: a byte that becomes zero by the xor is the wanted one. */
public final class ByteSearch {
  private static final VarHandle WORD =
      MethodHandles.byteArrayViewVarHandle(long[].class, ByteOrder.LITTLE_ENDIAN);
  private static final long ONES = 0x0101_0101_0101_0101L;
  private static final long HIGH = 0x8080_8080_8080_8080L;

  private ByteSearch() {}

  /**
   * The first place of a byte.
   *
   * @param wanted the byte, 0 to 255
   * @return -1 where it is not between {@code from} and {@code to}
   */
  public static int indexOf(byte[] text, int from, int to, int wanted) {
    int at = from;
    long pattern = ONES * wanted;
    for (; at + 8 <= to; at += 8) {
      long differing = (long) WORD.get(text, at) ^ pattern;
      long found = differing - ONES & ~differing & HIGH;
      if (found != 0) {
        return at + (Long.numberOfTrailingZeros(found) >>> 3);
      }
    }
    for (; at < to; at++) {
      if ((text[at] & 0xff) == wanted) {
        return at;
      }
    }
    return -1;
  }
}
