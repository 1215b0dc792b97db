package io.runnel.plugins.output;

import io.runnel.event.Bytes;
import io.runnel.event.EventTime;
import io.runnel.event.MsgpackWriter;
import io.runnel.plugin.Formatter;

/**
 * Stores events as {@code [time, record]}, the standard form, for outputs that change it a little.
 *
 * @param integerTime whole seconds, for receivers that know no EventTime
 */
record EntryFormat(boolean integerTime) implements Formatter {
  @Override
  public void format(String tag, long time, byte[] record, int offset, int length, Bytes out) {
    MsgpackWriter writer = new MsgpackWriter(out);
    writer.arrayHeader(2);
    if (integerTime) {
      writer.integer(EventTime.seconds(time));
    } else {
      writer.eventTime(time);
    }
    writer.raw(record, offset, length);
  }

  @Override
  public String type() {
    return "msgpack";
  }
}
