package io.runnel.plugins.output;

import io.runnel.event.Bytes;
import io.runnel.event.EventTime;
import io.runnel.event.MsgpackWriter;
import io.runnel.plugin.Formatter;

/** Stores events as {@code [whole seconds, record]}, for receivers that know no EventTime. */
final class IntegerTimeFormat implements Formatter {
  @Override
  public void format(String tag, long time, byte[] record, int offset, int length, Bytes out) {
    MsgpackWriter writer = new MsgpackWriter(out);
    writer.arrayHeader(2);
    writer.integer(EventTime.seconds(time));
    writer.raw(record, offset, length);
  }

  @Override
  public String type() {
    return "msgpack";
  }
}
