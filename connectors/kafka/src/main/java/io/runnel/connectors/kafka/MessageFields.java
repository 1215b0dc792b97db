package io.runnel.connectors.kafka;

import io.runnel.event.Bytes;
import io.runnel.event.MsgpackReader;
import io.runnel.event.MsgpackWriter;
import io.runnel.plugin.FormatException;
import io.runnel.plugins.common.FieldText;
import java.nio.charset.StandardCharsets;
import java.util.Arrays;

/**
 * Finds the fields of a packed record that steer the message, and leaves those out that are not to
 * be sent. Used by one thread.
 */
final class MessageFields {
  /** The fields, in the order of the arrays here. */
  enum Field {
    TOPIC,
    PARTITION_KEY,
    PARTITION,
    MESSAGE_KEY
  }

  private static final int COUNT = Field.values().length;

  private final byte[][] names = new byte[COUNT][];
  private final boolean[] excluded = new boolean[COUNT];
  private final int[] at = new int[COUNT];
  private final int[] length = new int[COUNT];
  private final int[] pairAt = new int[COUNT];
  private final Bytes kept = new Bytes(512);
  private final Bytes text = new Bytes(64);
  private byte[] source;
  private byte[] record;
  private int offset;
  private int end;

  MessageFields(MessageConfig config) {
    set(Field.TOPIC, config.topicKey(), config.excludeTopicKey());
    set(Field.PARTITION_KEY, config.partitionKeyKey(), config.excludePartitionKey());
    set(Field.PARTITION, config.partitionKey(), config.excludePartition());
    set(Field.MESSAGE_KEY, config.messageKeyKey(), config.excludeMessageKey());
  }

  private void set(Field field, String name, boolean exclude) {
    names[field.ordinal()] = name.getBytes(StandardCharsets.UTF_8);
    excluded[field.ordinal()] = exclude;
  }

  /** Reads a record: one map. */
  void read(byte[] bytes, int from, int count) {
    source = bytes;
    record = bytes;
    offset = from;
    end = from + count;
    Arrays.fill(at, -1);
    MsgpackReader reader = new MsgpackReader(bytes, from, count);
    int pairs = reader.readMapHeader();
    int first = reader.position();
    int left = pairs;
    for (int i = 0; i < pairs; i++) {
      int pair = reader.position();
      int key = field(reader);
      int value = reader.position();
      reader.skip();
      for (int field = key; field >= 0; field = next(field)) {
        at[field] = value;
        length[field] = reader.position() - value;
        pairAt[field] = pair;
        left -= excluded[field] && isFirstExcluded(field) ? 1 : 0;
      }
    }
    if (left < pairs) {
      leaveOut(first, left);
    }
  }

  /** One field may serve as two, such as the key of the message and of the partition. */
  private int next(int field) {
    for (int i = field + 1; i < COUNT; i++) {
      if (Arrays.equals(names[i], names[field])) {
        return i;
      }
    }
    return -1;
  }

  private boolean isFirstExcluded(int field) {
    for (int i = 0; i < field; i++) {
      if (excluded[i] && Arrays.equals(names[i], names[field])) {
        return false;
      }
    }
    return true;
  }

  /** Takes a key; returns the first field of that name, or -1. */
  private int field(MsgpackReader reader) {
    if (!reader.peekString()) {
      reader.skip();
      return -1;
    }
    int size = reader.readStringHeader();
    int from = reader.position();
    reader.position(from + size);
    for (int i = 0; i < COUNT; i++) {
      if (Arrays.equals(names[i], 0, names[i].length, source, from, from + size)) {
        return i;
      }
    }
    return -1;
  }

  private void leaveOut(int first, int pairs) {
    kept.clear();
    new MsgpackWriter(kept).mapHeader(pairs);
    int run = first;
    while (run < end) {
      int cut = end;
      int after = end;
      for (int i = 0; i < COUNT; i++) {
        if (excluded[i] && at[i] >= 0 && pairAt[i] >= run && pairAt[i] < cut) {
          cut = pairAt[i];
          after = at[i] + length[i];
        }
      }
      kept.write(source, run, cut - run);
      run = after;
    }
    record = kept.array();
    offset = 0;
    end = kept.length();
  }

  /** The record without what is left out: one map. */
  byte[] record() {
    return record;
  }

  int offset() {
    return offset;
  }

  int length() {
    return end - offset;
  }

  /** The text of a field; null where it is missing, nil or false. */
  byte[] bytes(Field field) {
    int i = field.ordinal();
    int type = at[i] < 0 ? 0xc0 : source[at[i]] & 0xff;
    if (type == 0xc0 || type == 0xc2) {
      return null;
    }
    text.clear();
    FieldText.write(source, at[i], length[i], text);
    return text.toByteArray();
  }

  /**
   * The number in a field; null where there is none.
   *
   * @throws FormatException where it is no partition's number
   */
  Integer partition() throws FormatException {
    byte[] found = bytes(Field.PARTITION);
    if (found == null) {
      return null;
    }
    String digits = new String(found, StandardCharsets.UTF_8);
    try {
      int number = Integer.parseInt(digits);
      if (number >= 0) {
        return number;
      }
    } catch (NumberFormatException e) {
      // said below
    }
    throw new FormatException(
        "the field '"
            + new String(names[Field.PARTITION.ordinal()], StandardCharsets.UTF_8)
            + "' is no number of a partition: "
            + digits);
  }
}
