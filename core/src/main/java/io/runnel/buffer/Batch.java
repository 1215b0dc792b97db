package io.runnel.buffer;

import io.runnel.event.EventCursor;

/**
 * Events of one metadata, ready to be stored. The bytes are lent until they are stored.
 *
 * @param bytes packed events, or formatted records back to back
 * @param count number of events
 * @param ends where each record ends in {@code bytes}, at least {@code count} numbers; null for
 *     packed events, whose ends can be found by reading them
 */
public record Batch(
    Metadata metadata, byte[] bytes, int offset, int length, int count, int[] ends) {
  /** The end of each record; read from the events where it is not known. */
  int[] recordEnds() {
    if (ends != null) {
      return ends;
    }
    int[] found = new int[count];
    EventCursor cursor = new EventCursor(bytes, offset, length);
    for (int i = 0; i < count && cursor.next(); i++) {
      found[i] = cursor.end();
    }
    return found;
  }
}
