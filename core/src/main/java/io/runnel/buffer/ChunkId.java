package io.runnel.buffer;

import java.nio.ByteBuffer;
import java.util.HexFormat;
import java.util.random.RandomGenerator;

/** Fluentd's chunk ids: 16 bytes, unique without coordination, ordered by time of creation. */
final class ChunkId {
  /** Length of an id. */
  static final int BYTES = 16;

  /** Random bits below the microseconds in the upper half. */
  static final int RANDOM_BITS = 12;

  private static final HexFormat HEX = HexFormat.of();

  private ChunkId() {}

  /** Upper half: microseconds since the epoch and 12 random bits; lower half: random. */
  static byte[] create(long millis, RandomGenerator random) {
    long micros = millis * 1000 + random.nextInt(1000);
    long upper = micros << RANDOM_BITS | random.nextInt(1 << RANDOM_BITS);
    return ByteBuffer.allocate(BYTES).putLong(upper).putLong(random.nextLong()).array();
  }

  static String hex(byte[] id) {
    return HEX.formatHex(id);
  }

  static byte[] parse(String hex) {
    return HEX.parseHex(hex);
  }
}
