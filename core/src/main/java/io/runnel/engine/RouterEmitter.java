package io.runnel.engine;

import io.runnel.buffer.PendingSync;
import io.runnel.event.EventStream;
import io.runnel.metrics.Counter;
import io.runnel.plugin.EmitException;
import io.runnel.plugin.Emitter;
import io.runnel.plugin.EventSink;
import io.runnel.plugin.TaggedStream;
import io.runnel.route.Router;
import java.io.IOException;
import java.util.List;
import java.util.Map;

/** A plugin's way to the router of its label. */
final class RouterEmitter implements Emitter {
  private volatile Router router;
  private final ErrorStream errors;
  private final Counter emits;
  private final Counter records;
  private final Counter size;
  private final Counter refused;

  /**
   * @param emits counts the calls
   * @param records counts what is emitted; null for plugins that are counted elsewhere
   * @param size counts the bytes, packed; null where nobody wants to know
   * @param refused counts what was not taken: its plugin knows; null as for records
   */
  RouterEmitter(
      Router router,
      ErrorStream errors,
      Counter emits,
      Counter records,
      Counter size,
      Counter refused) {
    this.refused = refused;
    this.router = router;
    this.errors = errors;
    this.emits = emits;
    this.records = records;
    this.size = size;
  }

  /** Sends what is emitted from now on elsewhere. */
  void redirect(Router target) {
    router = target;
  }

  @Override
  public void emit(String tag, EventStream stream) {
    if (stream.isEmpty()) {
      return;
    }
    emits.increment();
    try {
      router.emit(tag, stream);
    } catch (RuntimeException e) {
      failed(tag, stream, wrapped(e));
    }
    count(stream);
  }

  /** Streams that follow each other to one output, past no filter, are handed over together. */
  @Override
  public void emit(List<TaggedStream> streams) {
    for (int from = 0; from < streams.size(); ) {
      EventSink sink = router.directly(streams.get(from).tag());
      int to = from + 1;
      long bytes = streams.get(from).stream().length();
      while (sink != null
          && to < streams.size()
          && sink.takesTogether(bytes += streams.get(to).stream().length())
          && sink == router.directly(streams.get(to).tag())) {
        to++;
      }
      try {
        if (to - from == 1) {
          emit(streams.get(from).tag(), streams.get(from).stream());
        } else {
          together(sink, streams.subList(from, to));
        }
      } catch (EmitException e) {
        streams.subList(to, streams.size()).forEach(left -> refuse(left.stream()));
        throw e;
      }
      from = to;
    }
  }

  private void together(EventSink sink, List<TaggedStream> streams) {
    emits.add(streams.size());
    try {
      router.emit(sink, streams);
    } catch (RuntimeException e) {
      EmitException wrapped = wrapped(e);
      for (int i = 0; i < streams.size(); i++) {
        TaggedStream each = streams.get(i);
        if (!errors.emitFailed(each.tag(), each.stream(), wrapped, insideErrorLabel())) {
          streams.subList(i, streams.size()).forEach(left -> refuse(left.stream()));
          throw wrapped;
        }
      }
    }
    streams.forEach(each -> count(each.stream()));
  }

  private static EmitException wrapped(RuntimeException e) {
    return e instanceof EmitException known ? known : new EmitException(e.toString(), e);
  }

  private void failed(String tag, EventStream stream, EmitException e) {
    if (!errors.emitFailed(tag, stream, e, insideErrorLabel())) {
      refuse(stream);
      throw e;
    }
  }

  private void count(EventStream stream) {
    if (records != null) {
      records.add(stream.count());
    }
    if (size != null) {
      size.add(stream.length());
    }
  }

  private void refuse(EventStream stream) {
    if (refused != null) {
      refused.add(stream.count());
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
