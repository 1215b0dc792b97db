package io.runnel.engine;

import io.runnel.buffer.PendingSync;
import io.runnel.event.EventStream;
import io.runnel.metrics.Counter;
import io.runnel.plugin.EmitException;
import io.runnel.plugin.Emitter;
import io.runnel.route.Router;
import java.io.IOException;
import java.util.Map;

/** A plugin's way to the router of its label. */
final class RouterEmitter implements Emitter {
  private final Router router;
  private final ErrorStream errors;
  private final Counter emits;
  private final Counter records;
  private final Counter size;

  /**
   * @param emits counts the calls
   * @param records counts what is emitted; null for plugins that are counted elsewhere
   * @param size counts the bytes, packed; null where nobody wants to know
   */
  RouterEmitter(Router router, ErrorStream errors, Counter emits, Counter records, Counter size) {
    this.router = router;
    this.errors = errors;
    this.emits = emits;
    this.records = records;
    this.size = size;
  }

  @Override
  public void emit(String tag, EventStream stream) {
    if (stream.isEmpty()) {
      return;
    }
    emits.increment();
    try {
      router.emit(tag, stream);
    } catch (EmitException e) {
      if (!errors.emitFailed(tag, stream, e, insideErrorLabel())) {
        throw e;
      }
    } catch (RuntimeException e) {
      EmitException wrapped = new EmitException(e.toString(), e);
      if (!errors.emitFailed(tag, stream, wrapped, insideErrorLabel())) {
        throw wrapped;
      }
    }
    if (records != null) {
      records.add(stream.count());
    }
    if (size != null) {
      size.add(stream.length());
    }
  }

  private boolean insideErrorLabel() {
    return router.label().equals(Labels.ERROR);
  }

  @Override
  public void commit() {
    try {
      PendingSync.awaitAll();
    } catch (IOException e) {
      throw new EmitException("the buffer could not be synced to disk: " + e.getMessage(), e);
    }
  }

  @Override
  public void emitError(String tag, long time, Map<String, Object> record, Throwable error) {
    errors.recordFailed(tag, time, record, error, insideErrorLabel());
  }
}
