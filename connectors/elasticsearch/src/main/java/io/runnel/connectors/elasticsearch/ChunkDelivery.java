package io.runnel.connectors.elasticsearch;

import io.runnel.event.EventBuilder;
import io.runnel.event.EventCursor;
import io.runnel.plugin.Chunk;
import io.runnel.plugins.client.ChunkProgress;
import io.runnel.plugins.client.HttpResponse;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;

/** One try to deliver one chunk. Used by one thread. */
final class ChunkDelivery {
  private static final int TOO_LARGE = 413;

  /** What an event that failed is to become. */
  private enum Fate {
    REFUSED,
    AGAIN
  }

  private record Failure(Fate fate, String type, String text) {}

  private final BulkOutput output;
  private final Chunk chunk;
  private final Hosts hosts;
  private final Setup setup;
  private final Names names;
  private final int version;
  private final BulkOutput.Writers writers;
  private final ChunkProgress done;
  private final long threshold;
  private final Map<String, BulkRequest> requests = new LinkedHashMap<>();
  private final Map<Integer, Failure> failures = new TreeMap<>();

  ChunkDelivery(
      BulkOutput output,
      Chunk chunk,
      Hosts hosts,
      Setup setup,
      Names names,
      int version,
      BulkOutput.Writers writers,
      ChunkProgress done) {
    this.output = output;
    this.chunk = chunk;
    this.hosts = hosts;
    this.setup = setup;
    this.names = names;
    this.version = version;
    this.writers = writers;
    this.done = done;
    threshold = output.delivery().bulkMessageRequestThreshold().bytes();
  }

  /**
   * Sends all that is not done yet.
   *
   * @throws IOException where something is left for another try
   */
  void run() throws IOException {
    String tag = chunk.tag() == null ? "" : chunk.tag();
    try {
      BulkOutput.eachEvent(chunk, (number, event) -> add(number, event, tag));
      flush();
    } catch (UncheckedIOException e) {
      settle(tag);
      throw output.named(hosts, e.getCause());
    }
    settle(tag);
  }

  private void add(int number, EventCursor event, String tag) {
    if (done.isDone(number)) {
      return;
    }
    BulkRequest request;
    Operation operation;
    try {
      DocumentWriter writer = writers.of(event, tag);
      operation = writer.operation();
      request = writer.write(event, number, tag, chunk.hexId(), requests);
    } catch (UncheckedIOException e) {
      throw e;
    } catch (RuntimeException e) { // a record that cannot be written
      output.context().emitter().emitError(tag, event.time(), event.record(), e);
      done.done(number);
      return;
    }
    if (request == null) {
      missingId(number, event, tag, operation);
    } else if (threshold >= 0 && request.body().length() > threshold) {
      sendQuietly(request);
    } else if (requests.size() > DocumentWriter.MAX_REQUESTS) {
      flush();
    }
  }

  private void missingId(int number, EventCursor event, String tag, Operation operation) {
    if (output.documents().emitErrorForMissingId()) {
      output
          .context()
          .emitter()
          .emitError(tag, event.time(), event.record(), new MissingIdException(operation));
    } else {
      output
          .context()
          .log()
          .debug(
              "Dropping record because its missing an '_id' field and write_operation is "
                  + operation.action());
    }
    done.done(number);
  }

  private void flush() {
    requests.values().forEach(this::sendQuietly);
    requests.clear();
  }

  private void sendQuietly(BulkRequest request) {
    try {
      if (request.count() > 0) {
        setup.prepare(hosts, chunk, names, request.first());
        send(request);
      }
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
    request.clear();
  }

  private void send(BulkRequest request) throws IOException {
    Product product = output.product();
    HttpResponse answer =
        output
            .cluster()
            .send(
                hosts,
                "POST",
                request.path(),
                product.contentType(version),
                product.hasOwnContentType(version) ? product.contentType(version) : null,
                request.body());
    if (answer.status() == TOO_LARGE) {
      split(request, answer);
      return;
    }
    if (!answer.isSuccess()) {
      throw output.failure(hosts, answer);
    }
    if (answer.truncated()) {
      throw new IOException("the answer is too long to be read");
    }
    if (BulkAnswer.isClean(answer.body())) {
      for (int i = 0; i < request.count(); i++) {
        done.done(request.event(i));
      }
      return;
    }
    List<BulkAnswer.Item> items = BulkAnswer.parse(answer.body(), request.count());
    for (int i = 0; i < items.size(); i++) {
      judge(request.event(i), items.get(i));
    }
  }

  /** A server, or a proxy before it, wants smaller requests. */
  private void split(BulkRequest request, HttpResponse answer) throws IOException {
    if (request.count() == 1) {
      failures.put(
          request.event(0),
          new Failure(Fate.REFUSED, "too_large", answer.status() + " - too large"));
      return;
    }
    int middle = request.count() / 2;
    send(request.part(0, middle));
    send(request.part(middle, request.count()));
  }

  private void judge(int number, BulkAnswer.Item item) {
    Product product = output.product();
    if (item.isTaken() || item.isDuplicate()) {
      done.done(number);
    } else if (item.status() == 400) {
      String reason = "";
      if (product.logsReasons()) {
        reason = " [error type]: " + item.type() + " [reason]: '" + item.reason() + "'";
      }
      refuse(number, item, "400 - Rejected by " + product.name() + reason);
    } else if (item.type() == null && item.reason() != null) {
      refuse(number, item, item.status() + " - " + item.reason());
    } else if (item.type() == null) {
      refuse(number, item, item.status() + " - No error type provided in the response");
    } else if (product.refusedTypes().contains(item.type())) {
      refuse(number, item, item.status() + " - " + item.type() + ": " + item.reason());
    } else {
      String text = item.status() + " " + item.type() + ": " + item.reason();
      failures.put(number, new Failure(Fate.AGAIN, item.type(), text));
    }
  }

  private void refuse(int number, BulkAnswer.Item item, String text) {
    failures.put(number, new Failure(Fate.REFUSED, String.valueOf(item.type()), text));
  }

  /** Reports what was refused, and says what is left. */
  private void settle(String tag) throws IOException {
    if (failures.isEmpty()) {
      return;
    }
    boolean emits = output.delivery().retryTag().isPresent();
    EventBuilder again = new EventBuilder();
    Map<Integer, Boolean> emitted = new HashMap<>();
    BulkOutput.eachEvent(
        chunk,
        (number, event) -> {
          Failure failure = failures.get(number);
          if (failure == null) {
            return;
          }
          if (failure.fate == Fate.REFUSED) {
            report(tag, event, failure);
            done.done(number);
          } else if (emits && !output.delivery().unrecoverableErrorTypes().contains(failure.type)) {
            again.add(event.time(), event.bytes(), event.recordOffset(), event.recordLength());
            emitted.put(number, true);
          }
        });
    if (!again.isEmpty()) {
      output.context().emitter().emit(output.delivery().retryTag().get(), again.take());
      output.context().emitter().commit();
      emitted.keySet().forEach(done::done);
    }
    left();
  }

  private void report(String tag, EventCursor event, Failure failure) {
    RefusedException why = new RefusedException(output.product().name(), failure.text);
    if (output.product().emitsErrors()) {
      output.context().emitter().emitError(tag, event.time(), event.record(), why);
    } else {
      output.context().log().warn("a document was refused: " + failure.text, "tag", tag);
    }
  }

  private void left() throws IOException {
    int count = 0;
    Failure first = null;
    for (Map.Entry<Integer, Failure> entry : failures.entrySet()) {
      if (!done.isDone(entry.getKey())) {
        count++;
        first = first == null ? entry.getValue() : first;
      }
    }
    failures.clear();
    if (count > 0) {
      throw output.named(
          hosts,
          new IOException(
              count
                  + " of "
                  + chunk.records()
                  + " documents were not taken and are tried again; the first: "
                  + first.text));
    }
  }
}
