package io.runnel.connectors.opentelemetry;

import io.runnel.event.Event;
import io.runnel.event.EventStream;
import io.runnel.event.EventTime;
import io.runnel.plugin.PluginContext;
import java.util.LinkedHashMap;
import java.util.Map;

/**
 * Turns requests into events: one for each, whose {@code message} is the request as JSON. Safe for
 * use by several threads.
 *
 * @param tag {@code ${type}} in it stands for the kind of data
 */
record SignalEmitter(String tag, PluginContext context) {
  /**
   * Hands a request over.
   *
   * @throws io.runnel.plugin.EmitException where it could not be taken
   */
  void emit(Signal signal, String message) {
    Map<String, Object> record = new LinkedHashMap<>();
    record.put("type", signal.recordType());
    record.put("message", message);
    long now = EventTime.ofMillis(context.clock().millis());
    context
        .emitter()
        .emit(tag.replace("${type}", signal.word()), EventStream.of(new Event(now, record)));
  }

  /**
   * Waits until what this thread has handed over is safe.
   *
   * @throws io.runnel.plugin.EmitException where it could not be made safe
   */
  void commit() {
    context.emitter().commit();
  }
}
