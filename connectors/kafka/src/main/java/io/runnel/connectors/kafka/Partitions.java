package io.runnel.connectors.kafka;

import io.runnel.connectors.kafka.MessageConfig.HashFunction;
import java.util.zip.CRC32;
import org.apache.kafka.common.utils.Utils;

/** Which partition the messages with a key go to. */
final class Partitions {
  private Partitions() {}

  /**
   * The partition of a key: that of ruby-kafka and librdkafka (crc32), or of the Java clients.
   *
   * @param count how many partitions the topic has
   */
  static int of(byte[] key, HashFunction function, int count) {
    if (function == HashFunction.MURMUR2) {
      return Utils.toPositive(Utils.murmur2(key)) % count;
    }
    CRC32 crc = new CRC32();
    crc.update(key);
    return (int) (crc.getValue() % count);
  }
}
