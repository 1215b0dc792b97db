package io.runnel.connectors.webhdfs;

import io.runnel.event.Bytes;
import io.runnel.plugin.FormatException;
import io.runnel.plugin.Formatter;

/** Ends each event with a line end, where it has none. */
record LineEnds(Formatter formatter) implements Formatter {
  @Override
  public void start() throws Exception {
    formatter.start();
  }

  @Override
  public void stop() {
    formatter.stop();
  }

  @Override
  public void close() {
    formatter.close();
  }

  @Override
  public void format(String tag, long time, byte[] record, int offset, int length, Bytes out)
      throws FormatException {
    formatter.format(tag, time, record, offset, length, out);
    int end = out.length();
    if (end == 0 || out.array()[end - 1] != '\n') {
      out.write('\n');
    }
  }

  @Override
  public String type() {
    return formatter.type();
  }
}
