package io.runnel.testkit.fuzz;

import java.nio.ByteBuffer;
import java.util.Arrays;
import java.util.List;
import java.util.Random;

/** Damages inputs: bits, bytes, lengths, parts moved, doubled or left out, tokens, other inputs. */
final class Mutator {
  /** Longer inputs only make the search slower. */
  static final int MAX_BYTES = 4096;

  /** Where decoders of lengths and counts go wrong. */
  private static final long[] NUMBERS = {
    0,
    1,
    2,
    15,
    16,
    31,
    32,
    127,
    128,
    255,
    256,
    0x7fff,
    0x8000,
    0xffff,
    0x10000,
    0x7fff_ffffL,
    0x8000_0000L,
    0xffff_ffffL,
    0x7fff_ffff_ffff_ffffL,
    -1L
  };

  private final Random random;
  private final List<byte[]> tokens;

  Mutator(Random random, List<byte[]> tokens) {
    this.random = random;
    this.tokens = tokens;
  }

  /**
   * @param other another input, to take parts of
   */
  byte[] mutate(byte[] input, byte[] other) {
    byte[] result = input;
    for (int i = 1 << random.nextInt(4); i > 0; i--) {
      result = once(result, other);
    }
    return result.length > MAX_BYTES ? Arrays.copyOf(result, MAX_BYTES) : result;
  }

  private byte[] once(byte[] in, byte[] other) {
    int at = random.nextInt(in.length + 1);
    return switch (random.nextInt(11)) {
      case 0 -> flip(in);
      case 1 -> insert(in, at, new byte[] {(byte) random.nextInt()});
      case 2 -> cut(in, at, Math.min(in.length, at + 1 + random.nextInt(8)));
      case 3 -> Arrays.copyOf(in, at);
      case 4 -> insert(in, at, part(in));
      case 5 -> insert(in, at, part(other));
      case 6 -> number(in, at);
      case 7 -> replace(in, at, part(other));
      case 8 -> insert(in, at, run());
      default -> token(in, at);
    };
  }

  private byte[] flip(byte[] in) {
    if (in.length == 0) {
      return in;
    }
    byte[] out = in.clone();
    int at = random.nextInt(out.length);
    out[at] =
        random.nextBoolean()
            ? (byte) (out[at] ^ 1 << random.nextInt(8))
            : (byte) random.nextInt(256);
    return out;
  }

  private byte[] number(byte[] in, int at) {
    int size = 1 << random.nextInt(4);
    long value = NUMBERS[random.nextInt(NUMBERS.length)];
    byte[] whole = ByteBuffer.allocate(8).putLong(value).array();
    byte[] bytes = Arrays.copyOfRange(whole, 8 - size, 8);
    return random.nextBoolean() ? replace(in, at, bytes) : insert(in, at, bytes);
  }

  private byte[] token(byte[] in, int at) {
    if (tokens.isEmpty()) {
      return flip(in);
    }
    byte[] token = tokens.get(random.nextInt(tokens.size()));
    return random.nextInt(3) == 0 ? replace(in, at, token) : insert(in, at, token);
  }

  private byte[] run() {
    byte[] run = new byte[1 + random.nextInt(random.nextInt(8) == 0 ? 600 : 12)];
    Arrays.fill(run, (byte) random.nextInt());
    return run;
  }

  private byte[] part(byte[] of) {
    int from = random.nextInt(of.length + 1);
    int to = Math.min(of.length, from + random.nextInt(40));
    return Arrays.copyOfRange(of, from, to);
  }

  private static byte[] insert(byte[] in, int at, byte[] what) {
    byte[] out = Arrays.copyOf(in, in.length + what.length);
    System.arraycopy(what, 0, out, at, what.length);
    System.arraycopy(in, at, out, at + what.length, in.length - at);
    return out;
  }

  private static byte[] replace(byte[] in, int at, byte[] what) {
    byte[] out = Arrays.copyOf(in, Math.max(in.length, at + what.length));
    System.arraycopy(what, 0, out, at, what.length);
    return out;
  }

  private static byte[] cut(byte[] in, int from, int to) {
    byte[] out = Arrays.copyOf(in, in.length - (to - from));
    System.arraycopy(in, to, out, from, in.length - to);
    return out;
  }
}
