package io.runnel.plugin;

import io.runnel.event.EventStream;
import java.util.List;
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
   * Like {@link #emit(String, EventStream)} for each of the streams, in their order; those that go
   * to one output are stored together. For inputs whose events have many tags.
   *
   * @throws EmitException where one of them could not be taken; those behind it are not tried
   */
  default void emit(List<TaggedStream> streams) {
    for (TaggedStream each : streams) {
      emit(each.tag(), each.stream());
    }
  }

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
