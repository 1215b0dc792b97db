package io.runnel.plugin;

import io.runnel.event.EventStream;

/** An output that acts in the thread of the input. Called by several threads at once. */
public non-sealed interface UnbufferedOutput extends Output {
  /**
   * @throws Exception the input gets it: no acknowledgement, or another try
   */
  void process(String tag, EventStream stream) throws Exception;
}
