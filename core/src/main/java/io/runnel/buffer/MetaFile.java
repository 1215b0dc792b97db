package io.runnel.buffer;

import io.runnel.event.Bytes;
import io.runnel.event.MsgpackException;
import io.runnel.event.MsgpackReader;
import io.runnel.event.MsgpackWriter;
import io.runnel.event.RawBytes;
import java.util.LinkedHashMap;
import java.util.Map;

/** The {@code .meta} file of a chunk of Fluentd's buf_file; see the description of this package. */
final class MetaFile {
  static final int HEADER = 6;

  /**
   * The content of a meta file.
   *
   * @param id null where the file has none
   * @param records number of events
   * @param created seconds since the epoch; 0 where missing
   * @param modified seconds since the epoch; 0 where missing
   */
  record Content(Metadata metadata, byte[] id, int records, long created, long modified) {}

  private MetaFile() {}

  static byte[] encode(Content content) {
    Bytes out = new Bytes();
    out.write(new byte[] {(byte) 0xc1, 0, 0, 0, 0, 0});
    encodeMap(content, out);
    int size = out.length() - HEADER;
    for (int i = 0; i < 4; i++) {
      out.array()[2 + i] = (byte) (size >>> 24 - 8 * i);
    }
    return out.toByteArray();
  }

  /** The map alone, keys in Fluentd's order. */
  static void encodeMap(Content content, Bytes out) {
    MsgpackWriter writer = new MsgpackWriter(out);
    Metadata metadata = content.metadata();
    writer.mapHeader(8);
    writer.string("timekey");
    writer.value(metadata.timekey());
    writer.string("tag");
    writer.value(metadata.tag());
    writer.string("variables");
    writer.value(metadata.variables());
    writer.string("seq");
    writer.integer(metadata.seq());
    writer.string("id");
    writer.binary(content.id(), 0, content.id().length);
    writer.string("s");
    writer.integer(content.records());
    writer.string("c");
    writer.integer(content.created());
    writer.string("m");
    writer.integer(content.modified());
  }

  /**
   * Reads the form with the header, or the older one that is a bare map.
   *
   * @throws MsgpackException where it is neither
   */
  static Content decode(byte[] file) {
    if (file.length >= HEADER && file[0] == (byte) 0xc1 && file[1] == 0) {
      long size = 0;
      for (int i = 2; i < HEADER; i++) {
        size = size << 8 | file[i] & 0xff;
      }
      if (size > file.length - HEADER) {
        throw new MsgpackException.Truncated("meta of " + size + " bytes in " + file.length);
      }
      return decodeMap(file, HEADER, (int) size); // stale bytes may follow
    }
    return decodeMap(file, 0, file.length);
  }

  static Content decodeMap(byte[] bytes, int offset, int length) {
    Map<String, Object> map = new MsgpackReader(bytes, offset, length).readRecord();
    Object variables = map.get("variables");
    return new Content(
        new Metadata(
            map.get("timekey") instanceof Long timekey ? timekey : null,
            text(map.get("tag")),
            variables instanceof Map<?, ?> found ? textKeys(found) : null,
            (int) number(map.get("seq"))),
        map.get("id") instanceof RawBytes raw ? raw.bytes() : null,
        (int) number(map.get("s")),
        number(map.get("c")),
        number(map.get("m")));
  }

  private static Map<String, Object> textKeys(Map<?, ?> map) {
    Map<String, Object> copy = new LinkedHashMap<>();
    map.forEach((key, value) -> copy.put(String.valueOf(key), plain(value)));
    return copy;
  }

  /** Fluentd writes strings that it got as bytes in the bin family: they are text all the same. */
  private static Object plain(Object value) {
    return value instanceof RawBytes raw && raw.binary() ? raw.toString() : value;
  }

  private static String text(Object value) {
    return value == null ? null : value.toString();
  }

  private static long number(Object value) {
    return value instanceof Number number ? number.longValue() : 0;
  }
}
