package io.runnel.connectors.elasticsearch;

import io.runnel.event.Bytes;
import java.util.Arrays;

/**
 * A request being filled: actions and documents, and which event of the chunk each is. Used by one
 * thread.
 */
final class BulkRequest {
  private final String path;
  private final Target first;
  private final Bytes body = new Bytes(64 * 1024);
  private int[] events = new int[256];
  private int[] starts = new int[256];
  private int count;

  /**
   * @param path of the URL
   * @param first where its first document goes
   */
  BulkRequest(String path, Target first) {
    this.path = path;
    this.first = first;
  }

  String path() {
    return path;
  }

  Target first() {
    return first;
  }

  Bytes body() {
    return body;
  }

  int count() {
    return count;
  }

  /** The number of the event in its chunk that an item of the request is. */
  int event(int item) {
    return events[item];
  }

  /** Says that what was appended to {@link #body} since {@code start} is an event's. */
  void added(int event, int start) {
    if (count == events.length) {
      events = Arrays.copyOf(events, count * 2);
      starts = Arrays.copyOf(starts, count * 2);
    }
    events[count] = event;
    starts[count++] = start;
  }

  /** Empties it for the next. */
  void clear() {
    body.clear();
    count = 0;
  }

  /** The items from one to another as a request of their own, for a server that wants less. */
  BulkRequest part(int from, int to) {
    BulkRequest part = new BulkRequest(path, first);
    int end = to == count ? body.length() : starts[to];
    part.body.write(body.array(), starts[from], end - starts[from]);
    for (int i = from; i < to; i++) {
      part.added(events[i], starts[i] - starts[from]);
    }
    return part;
  }
}
