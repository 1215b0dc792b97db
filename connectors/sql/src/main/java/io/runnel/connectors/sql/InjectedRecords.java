package io.runnel.connectors.sql;

import io.runnel.event.Bytes;
import io.runnel.event.MsgpackWriter;
import io.runnel.plugin.Formatter;
import io.runnel.plugins.common.Injector;

/**
 * Stores events in the standard form, with what {@code <inject>} adds: the tag is known only while
 * an event comes in, where it is no chunk key.
 */
record InjectedRecords(Injector injector) implements Formatter {
  /** Null, which is the standard form, where nothing is added. */
  static Formatter of(Injector injector) {
    return injector.isEmpty() ? null : new InjectedRecords(injector);
  }

  @Override
  public void format(String tag, long time, byte[] record, int offset, int length, Bytes out) {
    MsgpackWriter writer = new MsgpackWriter(out);
    writer.arrayHeader(2);
    writer.eventTime(time);
    injector.inject(tag, time, record, offset, length, out);
  }

  @Override
  public String type() {
    return "msgpack";
  }
}
