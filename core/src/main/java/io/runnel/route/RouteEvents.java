package io.runnel.route;

import io.runnel.event.EventStream;

/** Is told what goes wrong on the way of the events. */
public interface RouteEvents {
  /** No output takes this tag; the events are dropped. */
  void noMatch(String tag, int records);

  /** A filter failed on a whole stream, which goes no further. */
  void filterFailed(String filterId, String tag, EventStream stream, Exception error);
}
