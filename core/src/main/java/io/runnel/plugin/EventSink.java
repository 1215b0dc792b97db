package io.runnel.plugin;

import io.runnel.event.EventStream;

/** An output as copy and roundrobin see it: buffer included. */
public interface EventSink {
  /** The plugin's id, for messages. */
  String id();

  /**
   * @throws EmitException where the events could not be taken
   */
  void emit(String tag, EventStream stream);
}
