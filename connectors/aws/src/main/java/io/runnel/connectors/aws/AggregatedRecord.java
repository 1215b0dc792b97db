package io.runnel.connectors.aws;

import io.runnel.event.Bytes;
import io.runnel.plugins.client.Batch;
import java.nio.charset.StandardCharsets;
import java.security.GeneralSecurityException;
import java.security.MessageDigest;
import java.util.HexFormat;

/**
 * Many events in one Kinesis record, in the form of the Kinesis Producer Library
 * (https://github.com/awslabs/amazon-kinesis-producer, aggregation-format.md):
 *
 * <pre>
 * f3 89 9a c2           magic
 * message               protobuf: 1 partition key (repeated text), 3 record (repeated: 1 number
 *                       of its partition key, 3 data)
 * 16 bytes              MD5 of the message
 * </pre>
 *
 * The table of keys is {@code a} and the record's own key, as the gem writes it.
 */
final class AggregatedRecord {
  private static final byte[] MAGIC = HexFormat.of().parseHex("f3899ac2");

  /** Field 1 and field 3, both with a length in front. */
  private static final int FIELD_1 = 0x0a;

  private static final int FIELD_3 = 0x1a;

  /** Field 1 as a number. */
  private static final int NUMBER_1 = 0x08;

  private AggregatedRecord() {}

  static Bytes of(Batch<String> batch, String partitionKey) {
    Bytes message = new Bytes(batch.count() * 256);
    text("a", message);
    text(partitionKey, message);
    for (int i = 0; i < batch.count(); i++) {
      int length = batch.length(i);
      message.write(FIELD_3);
      varint(2 + 1 + varintLength(length) + length, message);
      message.write(NUMBER_1);
      message.write(1);
      message.write(FIELD_3);
      varint(length, message);
      message.write(batch.array(), batch.from(i), length);
    }
    Bytes out = new Bytes(message.length() + 32);
    out.write(MAGIC);
    out.write(message.array(), 0, message.length());
    out.write(md5(message));
    return out;
  }

  private static void text(String text, Bytes out) {
    byte[] bytes = text.getBytes(StandardCharsets.UTF_8);
    out.write(FIELD_1);
    varint(bytes.length, out);
    out.write(bytes);
  }

  private static void varint(int value, Bytes out) {
    int rest = value;
    while (rest > 0x7f) {
      out.write(rest & 0x7f | 0x80);
      rest >>>= 7;
    }
    out.write(rest);
  }

  private static int varintLength(int value) {
    return Math.max(1, (38 - Integer.numberOfLeadingZeros(value)) / 7);
  }

  private static byte[] md5(Bytes message) {
    try {
      MessageDigest md5 = MessageDigest.getInstance("MD5");
      md5.update(message.array(), 0, message.length());
      return md5.digest();
    } catch (GeneralSecurityException e) {
      throw new IllegalStateException("this Java has no MD5", e);
    }
  }
}
