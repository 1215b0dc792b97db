package io.runnel.plugin;

import io.runnel.event.EventStream;

/** Changes or drops events; never their tag. Called by several threads at once. */
public non-sealed interface Filter extends Plugin {
  /**
   * @return the events that go on: the same stream, a new one, or an empty one
   * @throws Exception the whole stream goes to the error stream; a fault of a single record is
   *     better reported with {@link Emitter#emitError}
   */
  EventStream filter(String tag, EventStream stream) throws Exception;
}
