package io.runnel.plugin;

import io.runnel.event.EventStream;
import java.util.List;

/** An output as copy and roundrobin see it: buffer included. */
public interface EventSink {
  /** The plugin's id, for messages. */
  String id();

  /**
   * @throws EmitException where the events could not be taken
   */
  void emit(String tag, EventStream stream);

  /**
   * Takes streams of several tags, all or none of them where {@link #takesTogether} says so.
   *
   * @throws EmitException where the events could not be taken
   */
  default void emit(List<TaggedStream> streams) {
    for (TaggedStream each : streams) {
      emit(each.tag(), each.stream());
    }
  }

  /** True where {@link #emit(List)} stores so many packed bytes at once, all or none of them. */
  default boolean takesTogether(long bytes) {
    return false;
  }
}
