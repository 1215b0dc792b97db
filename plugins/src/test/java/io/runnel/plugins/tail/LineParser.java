package io.runnel.plugins.tail;

import io.runnel.event.EventBuilder;
import io.runnel.plugin.Parser;

/**
 * A parser for tests of tail: the text becomes the field {@code message}; "bad…" does not match.
 */
public final class LineParser implements Parser {
  @Override
  public int parse(byte[] text, int offset, int length, EventBuilder out) {
    if (length >= 3 && text[offset] == 'b' && text[offset + 1] == 'a' && text[offset + 2] == 'd') {
      return 0;
    }
    var record = out.begin();
    record.mapHeader(1);
    record.string("message");
    record.string(text, offset, length);
    out.commit();
    return 1;
  }
}
