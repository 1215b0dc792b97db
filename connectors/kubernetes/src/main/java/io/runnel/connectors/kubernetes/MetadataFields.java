package io.runnel.connectors.kubernetes;

import io.runnel.event.Bytes;
import io.runnel.event.MsgpackReader;
import io.runnel.event.MsgpackWriter;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Map;

/**
 * Fields in packed form that are put into records: into the place of one of that name, else at the
 * end. Made once for all records of a container. Immutable.
 */
final class MetadataFields {
  private final List<byte[]> names = new ArrayList<>();
  private final List<byte[]> values = new ArrayList<>();

  MetadataFields(Map<String, Object> fields) {
    fields.forEach(
        (name, value) -> {
          names.add(name.getBytes(StandardCharsets.UTF_8));
          Bytes packed = new Bytes(256);
          new MsgpackWriter(packed).value(value);
          values.add(packed.toByteArray());
        });
  }

  /** Writes a record, which is one MessagePack map, with the fields. */
  void write(byte[] record, int offset, int length, MsgpackWriter writer) {
    MsgpackReader reader = new MsgpackReader(record, offset, length);
    int size = reader.readMapHeader();
    Bytes out = writer.out();
    int mark = writer.open();
    int count = size;
    int done = 0;
    for (int i = 0; i < size; i++) {
      int start = reader.position();
      int field = find(reader);
      int end = reader.position();
      reader.skip();
      out.write(record, start, (field < 0 ? reader.position() : end) - start);
      if (field >= 0) {
        out.write(values.get(field));
        done |= 1 << field;
      }
    }
    for (int field = 0; field < names.size(); field++) {
      if ((done & 1 << field) == 0) {
        byte[] name = names.get(field);
        writer.string(name, 0, name.length);
        out.write(values.get(field));
        count++;
      }
    }
    writer.closeMap(mark, count);
  }

  /** Reads a key; the number of the field of that name, or -1. */
  private int find(MsgpackReader reader) {
    if (!reader.peekString()) {
      reader.skip();
      return -1;
    }
    int length = reader.readStringHeader();
    int from = reader.position();
    reader.position(from + length);
    for (int field = 0; field < names.size(); field++) {
      byte[] name = names.get(field);
      if (Arrays.equals(reader.buffer(), from, from + length, name, 0, name.length)) {
        return field;
      }
    }
    return -1;
  }
}
