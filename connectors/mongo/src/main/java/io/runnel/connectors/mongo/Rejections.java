package io.runnel.connectors.mongo;

import io.runnel.event.Event;
import io.runnel.plugin.Emitter;
import java.util.ArrayList;
import java.util.List;

/**
 * The events of a chunk that the server will never take. They go to {@code @ERROR} when the rest of
 * the chunk is written: a chunk that is tried again finds them again. Used by one thread.
 */
final class Rejections {
  private record Rejection(Event event, String why) {}

  private final List<Rejection> all = new ArrayList<>();

  void add(Event event, String why) {
    all.add(new Rejection(event, why));
  }

  void emit(String tag, Emitter emitter) {
    for (Rejection each : all) {
      emitter.emitError(
          tag, each.event.time(), each.event.record(), new RejectedException(each.why));
    }
  }

  /** Why an event goes to {@code @ERROR}. */
  private static final class RejectedException extends Exception {
    private static final long serialVersionUID = 1L;

    RejectedException(String why) {
      super("MongoDB does not take the document: " + why);
    }
  }
}
