package io.runnel.plugins.input;

import io.runnel.event.Bytes;
import io.runnel.event.EventBuilder;
import io.runnel.plugin.Emitter;
import java.util.LinkedHashMap;
import java.util.Map;

/**
 * The events of the requests that one thread has handled and not yet answered, by tag: they are
 * emitted together, and what fails then fails all of them. Used by that thread alone.
 */
final class HttpBatch {
  private static final int MOST_BYTES = 1024 * 1024;
  private static final int MOST_TAGS = 64;

  /** Size that a builder is cut back to after a batch of large bodies. */
  private static final int KEPT_BYTES = 64 * 1024;

  private final Emitter emitter;
  private final Map<String, EventBuilder> builders = new LinkedHashMap<>();
  private String lastTag;
  private EventBuilder last;
  private RuntimeException failure;

  HttpBatch(Emitter emitter) {
    this.emitter = emitter;
  }

  /** Where events of a tag go; valid until the next call. */
  EventBuilder builder(String tag) {
    if (!tag.equals(lastTag)) {
      if (builders.size() >= MOST_TAGS) {
        emit();
        builders.clear();
      }
      last = builders.computeIfAbsent(tag, ignored -> new EventBuilder(new Bytes(1024)));
      lastTag = tag;
    } else if (last.bytes() > MOST_BYTES) {
      emit();
    }
    return last;
  }

  private void emit() {
    builders.forEach(
        (tag, events) -> {
          if (!events.isEmpty()) {
            try {
              emitter.emit(tag, events.lend());
            } catch (RuntimeException e) {
              failure = e;
            }
            events.clear();
            events.out().reset(KEPT_BYTES);
          }
        });
  }

  /**
   * Emits and makes safe what there is.
   *
   * @throws RuntimeException where anything since the last call could not be taken
   */
  void commit() {
    emit();
    RuntimeException failed = failure;
    failure = null;
    if (failed != null) {
      throw failed;
    }
    emitter.commit();
  }
}
