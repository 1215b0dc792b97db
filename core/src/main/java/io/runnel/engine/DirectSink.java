package io.runnel.engine;

import io.runnel.event.EventStream;
import io.runnel.metrics.Counter;
import io.runnel.metrics.Metrics;
import io.runnel.plugin.EmitException;
import io.runnel.plugin.EventSink;

/** An output without a buffer: it acts in the thread of the input. */
final class DirectSink implements EventSink {
  /** What the output does with the events. */
  interface Process {
    void process(String tag, EventStream stream) throws Exception;
  }

  private final String id;
  private final Process process;
  private final Counter records;
  private final Counter emits;

  DirectSink(String id, Process process, Metrics metrics) {
    this.id = id;
    this.process = process;
    this.records = metrics.counter("emit_records");
    this.emits = metrics.counter("emit_count");
  }

  @Override
  public String id() {
    return id;
  }

  @Override
  public void emit(String tag, EventStream stream) {
    try {
      process.process(tag, stream);
    } catch (EmitException e) {
      throw e;
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      throw new EmitException("interrupted", e);
    } catch (Exception e) {
      throw new EmitException(e.getMessage() == null ? e.toString() : e.getMessage(), e);
    }
    emits.increment();
    records.add(stream.count());
  }
}
