package io.runnel.plugins.client;

import io.runnel.event.Bytes;
import io.runnel.plugin.Chunk;
import io.runnel.plugin.FormatException;
import io.runnel.plugin.OutputContext;
import io.runnel.plugin.UnrecoverableException;
import java.io.IOException;
import java.io.InterruptedIOException;
import java.io.UncheckedIOException;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/** One try to deliver one chunk in batches. Used by one thread. */
final class BatchedChunk<K> {
  /** Batches that are filled at the same time. */
  private static final int MOST_BATCHES = 1_000;

  /** Bytes of all batches together. */
  private static final long MOST_BYTES = 16 << 20;

  private final OutputContext context;
  private final BatchDelivery.Limits limits;
  private final BatchDelivery.Retries retries;
  private final TaggedChunks tagged;
  private final Chunk chunk;
  private final BatchDelivery.Encoder<K> encoder;
  private final BatchDelivery.Sender<K> sender;
  private final ChunkProgress done;
  private final Map<K, Batch<K>> batches = new LinkedHashMap<>();
  private final Map<Integer, String> refused = new HashMap<>();
  private final Map<Integer, String> again = new LinkedHashMap<>();
  private final Bytes entry = new Bytes(1024);
  private long bytes;
  private int taken;

  BatchedChunk(
      OutputContext context,
      BatchDelivery.Limits limits,
      BatchDelivery.Retries retries,
      TaggedChunks tagged,
      Chunk chunk,
      BatchDelivery.Encoder<K> encoder,
      BatchDelivery.Sender<K> sender,
      ChunkProgress done) {
    this.context = context;
    this.limits = limits;
    this.retries = retries;
    this.tagged = tagged;
    this.chunk = chunk;
    this.encoder = encoder;
    this.sender = sender;
    this.done = done;
  }

  void run() throws IOException {
    try {
      sendAll();
    } finally {
      if (!refused.isEmpty() && !done.isEmpty()) {
        emitRefused();
      }
    }
    if (!again.isEmpty()) {
      String reason = again.values().iterator().next();
      throw new IOException(
          again.size() + " of " + chunk.records() + " events were not taken yet: " + reason);
    }
    if (!refused.isEmpty()) {
      throw new UnrecoverableException(refused.values().iterator().next());
    }
  }

  private void sendAll() throws IOException {
    int pause = 0;
    for (int round = 0; ; round++) {
      pass();
      if (!again.isEmpty() && round >= retries.count() && retries.giveUp()) {
        refused.putAll(again);
        again.clear();
      }
      if (again.isEmpty() || round >= retries.count()) {
        return;
      }
      if (taken > 0 && retries.resetIfSuccess()) {
        pause = 0;
      }
      pause(pause++, round + 1);
    }
  }

  private void pause(int doublings, int retry) throws IOException {
    double jitter = 1 + (0.5 - context.random().nextDouble()) / 3;
    long nanos = (long) (retries.first().toNanos() * jitter) << Math.min(doublings, 20);
    context
        .log()
        .warn(
            "Retrying to request batch. Retry count: %d, Retry records: %d, Wait seconds %.2f: %s"
                .formatted(retry, again.size(), nanos / 1e9, again.values().iterator().next()));
    try {
      context.clock().sleep(nanos);
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      throw (IOException) new InterruptedIOException("interrupted").initCause(e);
    }
  }

  /** Sends all that is neither done nor refused. */
  private void pass() throws IOException {
    again.clear();
    taken = 0;
    try {
      tagged.each(chunk, this::add);
      flush();
    } catch (UncheckedIOException e) {
      throw e.getCause();
    }
  }

  private void add(ChunkEvent event) {
    if (done.isDone(event.number()) || refused.containsKey(event.number())) {
      return;
    }
    entry.clear();
    K key;
    try {
      key = encoder.encode(event, entry);
    } catch (FormatException e) {
      context.emitter().emitError(event.tag(), event.time(), event.record(), e);
      done.done(event.number());
      return;
    }
    if (key == null) {
      return;
    }
    Batch<K> batch = batches.computeIfAbsent(key, Batch::new);
    long size = batch.size() + (long) batch.count() * limits.overhead();
    if (batch.count() > 0
        && (batch.count() >= limits.events()
            || size + entry.length() + limits.overhead() > limits.bytes())) {
      batches.remove(key);
      bytes -= batch.size();
      sendQuietly(batch);
      batch = batches.computeIfAbsent(key, Batch::new);
    }
    batch.add(event.number(), event.time(), entry.array(), 0, entry.length());
    bytes += entry.length();
    if (bytes > MOST_BYTES || batches.size() > MOST_BATCHES) {
      flush();
    }
  }

  private void flush() {
    List<Batch<K>> full = new ArrayList<>(batches.values());
    batches.clear();
    bytes = 0;
    full.forEach(this::sendQuietly);
  }

  private void sendQuietly(Batch<K> batch) {
    try {
      send(batch);
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  private void send(Batch<K> batch) throws IOException {
    try {
      sender.send(batch);
    } catch (RefusedException e) {
      if (e.isDivisible() && batch.count() > 1) {
        int half = batch.count() / 2;
        send(batch.part(0, half));
        send(batch.part(half, batch.count()));
        return;
      }
      settle(batch, e.getMessage());
      return;
    } catch (UnrecoverableException e) {
      settle(batch, e.getMessage());
      return;
    } catch (IOException e) {
      for (int i = 0; i < batch.count(); i++) {
        settle(batch, i, null, false);
      }
      throw e;
    }
    settle(batch, null);
  }

  /**
   * @param refusal why those are refused that are not marked; null where they are taken
   */
  private void settle(Batch<K> batch, String refusal) {
    for (int i = 0; i < batch.count(); i++) {
      settle(batch, i, refusal, refusal == null);
    }
  }

  private void settle(Batch<K> batch, int i, String refusal, boolean openIsTaken) {
    int number = batch.number(i);
    Batch.Fate fate = batch.fate(i);
    if (fate == Batch.Fate.AGAIN) {
      again.put(number, batch.reason(i));
    } else if (fate == Batch.Fate.REFUSED) {
      refused.put(number, batch.reason(i));
    } else if (fate == Batch.Fate.TAKEN || openIsTaken) {
      done.done(number);
      taken++;
    } else if (refusal != null) {
      refused.put(number, refusal);
    }
  }

  /** The others of the chunk are delivered or tried again; these leave it one by one. */
  private void emitRefused() throws IOException {
    tagged.each(
        chunk,
        event -> {
          String reason = refused.get(event.number());
          if (reason != null) {
            context
                .emitter()
                .emitError(
                    event.tag(), event.time(), event.record(), new UnrecoverableException(reason));
            done.done(event.number());
          }
        });
    refused.clear();
  }
}
