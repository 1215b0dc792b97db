package io.runnel.plugins.output;

import io.runnel.event.Bytes;
import io.runnel.event.EventTime;
import io.runnel.event.MsgpackReader;
import io.runnel.event.MsgpackWriter;
import io.runnel.plugin.FormatException;
import io.runnel.plugin.Formatter;

/** Stores the record alone, with the event's time in whole seconds as its field {@code time}. */
final class TdRecordFormat implements Formatter {
  /** What the service takes. */
  private static final int MAX_KEYS = 512;

  @Override
  public void format(String tag, long time, byte[] record, int offset, int length, Bytes out)
      throws FormatException {
    MsgpackReader reader = new MsgpackReader(record, offset, length);
    int pairs = reader.readMapHeader();
    int start = reader.position();
    boolean hasTime = false;
    for (int i = 0; i < pairs; i++) {
      hasTime |= isTime(reader);
      reader.skip();
    }
    int keys = hasTime ? pairs : pairs + 1;
    if (keys > MAX_KEYS) {
      throw new FormatException("too many number of keys (" + keys + " keys)");
    }
    MsgpackWriter writer = new MsgpackWriter(out);
    writer.mapHeader(keys);
    reader.position(start);
    for (int i = 0; i < pairs; i++) {
      int key = reader.position();
      boolean replaced = isTime(reader);
      int value = reader.position();
      reader.skip();
      if (replaced) {
        writer.raw(record, key, value - key);
        writer.integer(EventTime.seconds(time));
      } else {
        writer.raw(record, key, reader.position() - key);
      }
    }
    if (!hasTime) {
      writer.string("time");
      writer.integer(EventTime.seconds(time));
    }
  }

  /** Takes a key and tells whether it is {@code time}. */
  private static boolean isTime(MsgpackReader reader) {
    if (!reader.peekString()) {
      reader.skip();
      return false;
    }
    int length = reader.readStringHeader();
    int at = reader.position();
    reader.position(at + length);
    byte[] b = reader.buffer();
    return length == 4 && b[at] == 't' && b[at + 1] == 'i' && b[at + 2] == 'm' && b[at + 3] == 'e';
  }

  @Override
  public String type() {
    return "msgpack";
  }
}
