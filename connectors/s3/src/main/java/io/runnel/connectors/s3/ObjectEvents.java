package io.runnel.connectors.s3;

import io.runnel.event.Bytes;
import io.runnel.event.EventBuilder;
import io.runnel.event.EventCursor;
import io.runnel.event.EventStream;
import io.runnel.plugin.ParseException;
import io.runnel.plugin.Parser;
import io.runnel.plugin.PluginContext;
import io.runnel.plugins.common.AddedFields;
import java.io.IOException;

/** Makes events of the lines of one object, in batches. Used by one thread. */
final class ObjectEvents {
  /** Small enough to be held in memory beside the line. */
  private static final int BATCH_BYTES = 1 << 20;

  private final PluginContext context;
  private final Parser parser;
  private final AddedFields added;
  private final ObjectLines lines;
  private final Bytes line = new Bytes(4096);
  private final EventBuilder batch = new EventBuilder();
  private long unmatched;

  ObjectEvents(PluginContext context, Parser parser, AddedFields added, ObjectLines lines) {
    this.context = context;
    this.parser = parser;
    this.added = added;
    this.lines = lines;
  }

  /** The next batch; null at the end. */
  EventStream next() throws IOException {
    batch.defaultTime(context.clock().eventTime());
    while (batch.bytes() < BATCH_BYTES && lines.next(line)) {
      long mark = batch.mark();
      try {
        if (parser.parse(line.array(), 0, line.length(), batch) == 0) {
          unmatched++;
        }
      } catch (ParseException e) {
        batch.rewind(mark);
        unmatched++;
      }
    }
    if (batch.isEmpty()) {
      return null;
    }
    EventStream stream = batch.take();
    return added.isEmpty() ? stream : withFields(stream);
  }

  private EventStream withFields(EventStream stream) {
    EventBuilder out = new EventBuilder();
    for (EventCursor cursor = stream.cursor(); cursor.next(); ) {
      out.begin();
      out.time(cursor.time());
      added.write(cursor.bytes(), cursor.recordOffset(), cursor.recordLength(), out.record());
      out.commit();
    }
    return out.take();
  }

  /** Lines so far that the parser did not take. */
  long unmatched() {
    return unmatched;
  }
}
