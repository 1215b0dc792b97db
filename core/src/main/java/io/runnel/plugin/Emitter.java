package io.runnel.plugin;

import io.runnel.event.EventStream;
import java.util.Map;

/** Where a plugin sends events: the router of its {@code @label}, or of the section it lives in. */
public interface Emitter {
  /**
   * Runs the filters and hands the events to the first matching output's buffer; returns when they
   * are there. May wait where the buffer is full and its overflow action is {@code block}.
   *
   * @throws EmitException where they could not be taken
   */
  void emit(String tag, EventStream stream);

  /**
   * Waits until everything that this thread has emitted is as safe as the buffers promise (file
   * buffers: synced to disk, one sync for many threads). To be called before an acknowledgement.
   *
   * @throws EmitException where it could not be made safe
   */
  void commit();

  /** Sends one event to {@code @ERROR}, or logs it where there is no such label. */
  void emitError(String tag, long time, Map<String, Object> record, Throwable error);
}
