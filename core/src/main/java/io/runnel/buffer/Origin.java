package io.runnel.buffer;

import java.util.IdentityHashMap;
import java.util.Map;

/** The message of a sender that this thread emits the events of, between its begin and its end. */
final class Origin {
  private static final ThreadLocal<Origin> CURRENT = new ThreadLocal<>();

  private final long id;
  private final Map<Object, Integer> emits = new IdentityHashMap<>(4);

  private Origin(long id) {
    this.id = id;
  }

  /** Null where the thread emits events that nobody sends again. */
  static Origin current() {
    return CURRENT.get();
  }

  static void enter(long id) {
    CURRENT.set(new Origin(id));
  }

  static void leave() {
    CURRENT.remove();
  }

  long id() {
    return id;
  }

  /** How many emits went into a buffer before this one. */
  int next(Object sink) {
    return emits.merge(sink, 1, Integer::sum) - 1;
  }
}
