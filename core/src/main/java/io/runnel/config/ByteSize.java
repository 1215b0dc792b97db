package io.runnel.config;

/**
 * A number of bytes (Fluentd's type {@code size}).
 *
 * @param bytes 0 or more
 */
public record ByteSize(long bytes) {
  @Override
  public String toString() {
    return Long.toString(bytes);
  }
}
