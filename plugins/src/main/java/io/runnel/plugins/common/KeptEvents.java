package io.runnel.plugins.common;

import io.runnel.event.Bytes;
import io.runnel.event.EventBuilder;
import io.runnel.event.EventCursor;
import io.runnel.event.EventStream;

/**
 * The events of a stream that a filter lets pass. Nothing is copied as long as none is dropped: the
 * stream itself goes on then. Used by one thread for one stream.
 */
public final class KeptEvents {
  private final EventStream stream;
  private EventBuilder kept;
  private int passed;

  public KeptEvents(EventStream stream) {
    this.stream = stream;
  }

  /**
   * Says what becomes of the event at the cursor; to be called for each of the stream's events, in
   * their order.
   */
  public void add(EventCursor cursor, boolean keep) {
    if (keep && kept == null) {
      passed++;
    } else if (keep) {
      copy(cursor);
    } else if (kept == null) {
      // the first one that is dropped: from here on the others are copied
      kept = new EventBuilder(new Bytes(stream.length()));
      EventCursor first = stream.cursor();
      for (int i = 0; i < passed && first.next(); i++) {
        copy(first);
      }
    }
  }

  private void copy(EventCursor cursor) {
    kept.add(cursor.time(), cursor.bytes(), cursor.recordOffset(), cursor.recordLength());
  }

  /** What goes on. */
  public EventStream take() {
    return kept == null ? stream : kept.take();
  }
}
