package io.runnel.buffer;

/** Spreads numbers and bytes over 64 bits: for tables, not for secrets. */
final class Mix {
  private static final long ODD = 0x9e3779b97f4a7c15L;

  private Mix() {}

  static long of(long a, long b) {
    return scramble(a * ODD ^ Long.rotateLeft(scramble(b + ODD), 29));
  }

  static long of(byte[] bytes, int from, int to) {
    long hash = to - from;
    long word = 0;
    int shift = 0;
    for (int i = from; i < to; i++) {
      word |= (bytes[i] & 0xffL) << shift;
      shift += 8;
      if (shift == 64) {
        hash = of(hash, word);
        word = 0;
        shift = 0;
      }
    }
    return of(hash, word);
  }

  /** Every bit of the number changes about half of the result's. */
  private static long scramble(long number) {
    long x = number;
    x = (x ^ x >>> 32) * 0xd6e8feb86659fd93L;
    x = (x ^ x >>> 32) * 0xd6e8feb86659fd93L;
    return x ^ x >>> 32;
  }
}
