package io.runnel.connectors.kafka;

import io.runnel.connectors.kafka.log.ClientLog;
import java.io.IOException;
import java.time.Duration;
import java.util.HashMap;
import java.util.Map;
import java.util.function.Function;
import org.apache.kafka.clients.producer.Producer;
import org.apache.kafka.common.KafkaException;
import org.apache.kafka.common.errors.InterruptException;

/**
 * The producer of an output: made with the first chunk, so that a start needs no broker, and anew
 * after an error that it does not get over. Safe for use by several threads.
 */
final class Producers {
  private static final Duration CLOSE = Duration.ofSeconds(5);

  /** A client that splits a batch so often makes the same two out of it each time. */
  private static final int ENDLESS_SPLITS = 20;

  private static final String BATCH = "batch.size";

  private final Function<Map<String, Object>, Producer<byte[], byte[]>> maker;
  private final Map<String, Object> properties;
  private final boolean transactional;
  private final ClientLog log;
  private final Failures failures;
  private final Object usualBatch;
  private boolean reduced;
  private Producer<byte[], byte[]> producer;

  Producers(
      Function<Map<String, Object>, Producer<byte[], byte[]>> maker,
      Map<String, Object> properties,
      ClientLog log,
      Failures failures) {
    this.maker = maker;
    this.properties = new HashMap<>(properties);
    this.transactional = properties.containsKey("transactional.id");
    this.log = log;
    this.failures = failures;
    this.usualBatch = properties.get(BATCH);
  }

  /**
   * The producer.
   *
   * @throws IOException where it cannot be made now: no name of a broker can be resolved
   */
  synchronized Producer<byte[], byte[]> get() throws IOException, InterruptedException {
    if (producer == null) {
      Producer<byte[], byte[]> made = null;
      try {
        made = log.during(() -> maker.apply(properties));
        if (transactional) {
          made.initTransactions();
        }
        producer = made;
      } catch (InterruptException e) {
        close(made);
        throw interrupted(e);
      } catch (KafkaException e) {
        close(made);
        throw failures.of(e);
      } catch (IOException | RuntimeException e) {
        throw e;
      } catch (Exception e) {
        throw new IOException(e.getMessage(), e);
      }
    }
    return producer;
  }

  private static InterruptedException interrupted(InterruptException cause) {
    InterruptedException e = new InterruptedException("interrupted");
    e.initCause(cause);
    return e;
  }

  /** Gives one up; what it still holds is not sent. */
  synchronized void discard(Producer<byte[], byte[]> used) {
    if (producer == used) {
      producer = null;
    }
    close(used);
  }

  /**
   * Whether the client splits a batch again and again: it makes batches of batch.size even where
   * the topic takes smaller ones only (max.message.bytes), until their time is over.
   */
  boolean isSplittingForEver() {
    return log.splits() >= ENDLESS_SPLITS;
  }

  /** Makes smaller batches from now on; the producer must have been given up. */
  synchronized void shrinkBatches() {
    properties.put(BATCH, batchBytes() / 8);
    reduced = true;
  }

  /** Makes batches of the usual size again: what was too large was a message. */
  synchronized void restoreBatches() {
    properties.put(BATCH, usualBatch);
    reduced = false;
    if (producer != null) {
      producer.close(CLOSE);
      producer = null;
    }
  }

  synchronized boolean isReduced() {
    return reduced;
  }

  /**
   * Messages of this size are sent alone while batches are reduced: the client would put a very
   * small one behind a large one, and could not part the two any more.
   */
  synchronized int aloneFrom() {
    return reduced ? batchBytes() : Integer.MAX_VALUE;
  }

  private int batchBytes() {
    return Integer.parseInt(String.valueOf(properties.get(BATCH)));
  }

  private static void close(Producer<byte[], byte[]> used) {
    if (used != null) {
      used.close(Duration.ZERO);
    }
  }

  synchronized void close() {
    if (producer != null) {
      producer.close(CLOSE);
      producer = null;
    }
  }
}
