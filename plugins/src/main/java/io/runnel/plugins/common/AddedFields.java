package io.runnel.plugins.common;

import io.runnel.event.Bytes;
import io.runnel.event.MsgpackReader;
import io.runnel.event.MsgpackWriter;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Map;

/**
 * Fields with text that are put into every record: into the place of one of that name, else at the
 * end. Immutable; the records are written anew but not decoded.
 */
public final class AddedFields {
  /** Adds nothing. */
  public static final AddedFields NONE = new AddedFields(List.of(), List.of());

  private final List<byte[]> keys;
  private final List<byte[]> values;

  private AddedFields(List<byte[]> keys, List<byte[]> values) {
    this.keys = keys;
    this.values = values;
  }

  /** A copy with one more field; the same where the key or the value is null. */
  public AddedFields with(String key, String value) {
    if (key == null || value == null) {
      return this;
    }
    List<byte[]> moreKeys = new ArrayList<>(keys);
    moreKeys.add(key.getBytes(StandardCharsets.UTF_8));
    List<byte[]> moreValues = new ArrayList<>(values);
    moreValues.add(value.getBytes(StandardCharsets.UTF_8));
    return new AddedFields(moreKeys, moreValues);
  }

  /** The fields of a map, in its order. */
  public static AddedFields of(Map<String, String> fields) {
    List<byte[]> keys = new ArrayList<>();
    List<byte[]> values = new ArrayList<>();
    fields.forEach(
        (key, value) -> {
          keys.add(key.getBytes(StandardCharsets.UTF_8));
          values.add(value.getBytes(StandardCharsets.UTF_8));
        });
    return new AddedFields(keys, values);
  }

  public boolean isEmpty() {
    return keys.isEmpty();
  }

  /** Writes a record, which is one MessagePack map, with the fields. */
  public void write(byte[] record, int offset, int length, MsgpackWriter writer) {
    MsgpackReader reader = new MsgpackReader(record, offset, length);
    int size = reader.readMapHeader();
    Bytes out = writer.out();
    int mark = writer.open();
    int count = size;
    boolean[] done = new boolean[keys.size()];
    for (int i = 0; i < size; i++) {
      int keyStart = reader.position();
      int field = field(reader);
      int keyEnd = reader.position();
      reader.skip();
      if (field < 0) {
        out.write(record, keyStart, reader.position() - keyStart);
      } else {
        out.write(record, keyStart, keyEnd - keyStart);
        text(writer, values.get(field));
        done[field] = true;
      }
    }
    for (int field = 0; field < keys.size(); field++) {
      if (!done[field]) {
        text(writer, keys.get(field));
        text(writer, values.get(field));
        count++;
      }
    }
    writer.closeMap(mark, count);
  }

  /** Puts the fields into a decoded record. */
  public void addTo(Map<String, Object> record) {
    for (int field = 0; field < keys.size(); field++) {
      record.put(
          new String(keys.get(field), StandardCharsets.UTF_8),
          new String(values.get(field), StandardCharsets.UTF_8));
    }
  }

  /** Reads a key; the number of the field of that name, or -1. */
  private int field(MsgpackReader reader) {
    if (!reader.peekString()) {
      reader.skip();
      return -1;
    }
    int length = reader.readStringHeader();
    int from = reader.position();
    reader.position(from + length);
    for (int field = 0; field < keys.size(); field++) {
      byte[] key = keys.get(field);
      if (Arrays.equals(reader.buffer(), from, from + length, key, 0, key.length)) {
        return field;
      }
    }
    return -1;
  }

  private static void text(MsgpackWriter writer, byte[] text) {
    writer.string(text, 0, text.length);
  }
}
