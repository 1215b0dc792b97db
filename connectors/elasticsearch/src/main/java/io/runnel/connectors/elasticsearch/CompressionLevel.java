package io.runnel.connectors.elasticsearch;

import java.util.zip.Deflater;

/** {@code compression_level}. */
enum CompressionLevel {
  NO_COMPRESSION(Deflater.NO_COMPRESSION),
  BEST_SPEED(Deflater.BEST_SPEED),
  BEST_COMPRESSION(Deflater.BEST_COMPRESSION),
  DEFAULT_COMPRESSION(Deflater.DEFAULT_COMPRESSION);

  private final int level;

  CompressionLevel(int level) {
    this.level = level;
  }

  /** Of {@link Deflater}. */
  int level() {
    return level;
  }

  boolean compresses() {
    return this != NO_COMPRESSION;
  }
}
