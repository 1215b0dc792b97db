package io.runnel.plugins.output;

import io.runnel.event.Bytes;
import io.runnel.plugin.FormatException;
import io.runnel.plugin.Formatter;

/** Ends each record with a comma, so that a chunk is the inside of a JSON array plus one comma. */
record JsonArrayFormat(Formatter json) implements Formatter {
  @Override
  public void format(String tag, long time, byte[] record, int offset, int length, Bytes out)
      throws FormatException {
    json.format(tag, time, record, offset, length, out);
    int end = out.length();
    while (end > 0 && (out.array()[end - 1] == '\n' || out.array()[end - 1] == '\r')) {
      end--;
    }
    out.setLength(end);
    out.write(',');
  }

  @Override
  public String type() {
    return json.type();
  }
}
