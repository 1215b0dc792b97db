package io.runnel.testkit;

import io.runnel.event.Event;
import io.runnel.event.EventStream;
import io.runnel.plugin.EmitException;
import io.runnel.plugin.Emitter;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;

/** Keeps what is emitted, or refuses it. Safe for use by several threads. */
public final class RecordedEmitter implements Emitter {
  private final List<Emitted> events = new ArrayList<>();
  private final List<Integer> batches = new ArrayList<>();
  private final List<EmittedError> errors = new ArrayList<>();
  private EmitException refusal;
  private EmitException commitRefusal;
  private boolean blocked;
  private int commits;
  private int committedEvents;

  @Override
  public synchronized void emit(String tag, EventStream stream) {
    while (blocked) {
      try {
        wait();
      } catch (InterruptedException e) {
        Thread.currentThread().interrupt();
        throw new EmitException("interrupted", e);
      }
    }
    if (refusal != null) {
      throw refusal;
    }
    // read from the packed form, as a buffer would: what cannot be packed fails here
    EventStream packed =
        EventStream.packed(stream.bytes(), stream.offset(), stream.length(), stream.count());
    List<Event> decoded = packed.events();
    if (decoded.size() != stream.count()) {
      throw new AssertionError(stream.count() + " events declared, " + decoded.size() + " found");
    }
    batches.add(decoded.size());
    decoded.forEach(event -> events.add(new Emitted(tag, event.time(), event.record())));
    notifyAll();
  }

  @Override
  public synchronized void commit() {
    if (commitRefusal != null) {
      throw commitRefusal;
    }
    commits++;
    committedEvents = events.size();
  }

  @Override
  public synchronized void emitError(
      String tag, long time, Map<String, Object> record, Throwable error) {
    errors.add(new EmittedError(tag, time, record, error));
    notifyAll();
  }

  /** Every later emit throws this; null ends it. */
  public synchronized void refuse(EmitException exception) {
    refusal = exception;
  }

  /** Every later commit throws this; null ends it. */
  public synchronized void refuseCommit(EmitException exception) {
    commitRefusal = exception;
  }

  /** Makes emit wait, as a full buffer with the overflow action block does, until set to false. */
  public synchronized void block(boolean value) {
    blocked = value;
    notifyAll();
  }

  public synchronized List<Emitted> events() {
    return List.copyOf(events);
  }

  /** The sizes of the emitted streams. */
  public synchronized List<Integer> batches() {
    return List.copyOf(batches);
  }

  public List<Map<String, Object>> records() {
    return events().stream().map(Emitted::record).toList();
  }

  public synchronized List<EmittedError> errors() {
    return List.copyOf(errors);
  }

  public synchronized int commits() {
    return commits;
  }

  /** How many events had been emitted at the last commit. */
  public synchronized int committedEvents() {
    return committedEvents;
  }

  public synchronized void clear() {
    events.clear();
    batches.clear();
    errors.clear();
  }

  /** Waits until that many events have come, and returns them all. */
  public List<Emitted> await(int count) {
    Await.await(
        Await.DEADLINE,
        () -> events().size() + " of " + count + " events: " + events(),
        () -> events().size() >= count);
    return events();
  }

  /** Waits until that many error events have come. */
  public List<EmittedError> awaitErrors(int count) {
    Await.await(
        Await.DEADLINE,
        () -> errors().size() + " of " + count + " error events: " + errors(),
        () -> errors().size() >= count);
    return errors();
  }
}
