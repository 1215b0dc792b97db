package io.runnel.plugins.parser;

import io.runnel.event.Bytes;
import io.runnel.event.MsgpackWriter;

/**
 * What is done with one field of the records of a parser.
 *
 * @param key its name as a MessagePack string
 * @param isTime whether it holds the time of the event
 * @param conversion null where the text stays text
 */
record Field(byte[] key, boolean isTime, TypeConversion conversion) {
  static Field of(String name, boolean isTime, TypeConversion conversion) {
    return new Field(packed(name), isTime, conversion);
  }

  static Field plain(String name) {
    return of(name, false, null);
  }

  static byte[] packed(String name) {
    Bytes out = new Bytes(name.length() + 8);
    new MsgpackWriter(out).string(name);
    return out.toByteArray();
  }

  void writeKey(MsgpackWriter writer) {
    writer.raw(key, 0, key.length);
  }
}
