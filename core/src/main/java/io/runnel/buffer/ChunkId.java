package io.runnel.buffer;

import java.nio.ByteBuffer;
import java.util.HexFormat;
import java.util.random.RandomGenerator;

/** Fluentd's chunk ids: 16 bytes, unique without coordination, ordered by time of creation. */
final class ChunkId {
  private static final HexFormat HEX = HexFormat.of();

  private ChunkId() {}

  /** Upper half: microseconds since the epoch and 12 random bits; lower half: random. */
  static byte[] create(long millis, RandomGenerator random) {
    long micros = millis * 1000 + random.nextInt(1000);
    long upper = micros << 12 | random.nextInt(1 << 12);
    return ByteBuffer.allocate(16).putLong(upper).putLong(random.nextLong()).array();
  }

  static String hex(byte[] id) {
    return HEX.formatHex(id);
  }

  static byte[] parse(String hex) {
    return HEX.parseHex(hex);
  }
}
