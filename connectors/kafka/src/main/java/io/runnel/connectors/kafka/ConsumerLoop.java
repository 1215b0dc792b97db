package io.runnel.connectors.kafka;

import io.runnel.connectors.kafka.log.ClientLog;
import io.runnel.event.EventStream;
import io.runnel.log.Log;
import io.runnel.plugin.EmitException;
import io.runnel.plugin.Emitter;
import io.runnel.plugin.PluginContext;
import io.runnel.plugins.common.StopSignal;
import java.time.Duration;
import java.util.Collection;
import java.util.HashMap;
import java.util.Map;
import java.util.Optional;
import org.apache.kafka.clients.consumer.CloseOptions;
import org.apache.kafka.clients.consumer.CommitFailedException;
import org.apache.kafka.clients.consumer.Consumer;
import org.apache.kafka.clients.consumer.ConsumerRebalanceListener;
import org.apache.kafka.clients.consumer.ConsumerRecord;
import org.apache.kafka.clients.consumer.ConsumerRecords;
import org.apache.kafka.clients.consumer.KafkaConsumer;
import org.apache.kafka.clients.consumer.OffsetAndMetadata;
import org.apache.kafka.common.KafkaException;
import org.apache.kafka.common.TopicPartition;
import org.apache.kafka.common.errors.InterruptException;
import org.apache.kafka.common.errors.RebalanceInProgressException;
import org.apache.kafka.common.errors.WakeupException;
import org.apache.kafka.common.serialization.ByteArrayDeserializer;

/**
 * Reads messages in a thread of its own and emits their events. An offset is committed when the
 * events in front of it are safe in the buffers: a kill in between repeats messages and loses none.
 */
final class ConsumerLoop {
  private static final Duration POLL = Duration.ofSeconds(1);
  private static final Duration CLOSE = Duration.ofSeconds(5);
  private static final long SECOND = 1_000_000_000L;
  private static final long JOIN_MILLIS = 10_000;

  /** Events are emitted in streams of about this size. */
  private static final int EMIT_BYTES = 1 << 20;

  /**
   * How it is paced.
   *
   * @param commitMillis offsets are committed after this time at the latest
   * @param commitMessages and after so many messages
   * @param emitLimit how many seconds a full buffer is waited for; empty for no limit
   * @param retrySeconds the pause after an error
   */
  record Pace(
      long commitMillis, int commitMessages, Optional<Integer> emitLimit, int retrySeconds) {}

  private final Map<String, Object> properties;
  private final Subscription subscription;
  private final MessageEvents events;
  private final Pace pace;
  private final PluginContext context;
  private final Emitter emitter;
  private final Log log;
  private final ClientLog clientLog;
  private final Failures failures;
  private final StopSignal stop = new StopSignal();
  private final Map<TopicPartition, Long> uncommitted = new HashMap<>();
  private int uncommittedMessages;
  private long committedAt;
  private int errors;
  private volatile Consumer<byte[], byte[]> consumer;
  private Thread thread;

  ConsumerLoop(
      Map<String, Object> properties,
      Subscription subscription,
      MessageEvents events,
      Pace pace,
      ClientLog clientLog,
      Failures failures,
      PluginContext context) {
    this.properties = properties;
    this.subscription = subscription;
    this.events = events;
    this.pace = pace;
    this.context = context;
    this.emitter = context.emitter();
    this.log = context.log();
    this.clientLog = clientLog;
    this.failures = failures;
  }

  void start() {
    thread = context.start("kafka_consumer", this::run);
  }

  /** Ends the thread; what was emitted is committed. */
  void stop() {
    stop.set();
    Consumer<byte[], byte[]> current = consumer;
    if (current != null) {
      current.wakeup();
    }
    StopSignal.join(thread, JOIN_MILLIS);
  }

  private void run() {
    try {
      clientLog.during(
          () -> {
            while (!stop.isSet()) {
              readUntilError();
            }
            return null;
          });
    } catch (RuntimeException e) {
      throw e;
    } catch (Exception e) {
      throw new IllegalStateException(e);
    }
  }

  /** Reads until the stop or an error; after an error it goes on from the last safe offset. */
  private void readUntilError() {
    try {
      read();
    } catch (WakeupException | InterruptException e) {
      // the stop signal is looked at by the caller
    } catch (KafkaException | EmitException | IllegalStateException e) {
      errors++;
      log.error(
          "unexpected error during consuming events from kafka. Re-fetch events. "
              + (e instanceof KafkaException ? failures.text(e) : e.getMessage()),
          e);
      log.warn(
          "retry_time:" + errors + ". Next retry will be in " + pace.retrySeconds + " seconds");
      stop.pause(pace.retrySeconds * SECOND);
    }
  }

  private void read() {
    uncommitted.clear();
    uncommittedMessages = 0;
    events.drain((tag, stream) -> {}); // of a read that failed; they come again
    Consumer<byte[], byte[]> opened =
        new KafkaConsumer<>(properties, new ByteArrayDeserializer(), new ByteArrayDeserializer());
    try {
      consumer = opened;
      subscription.begin(opened, new Rebalance(opened));
      committedAt = context.clock().nanos();
      while (!stop.isSet()) {
        take(opened.poll(POLL));
        if (isCommitDue()) {
          commit(opened);
        }
      }
    } finally {
      consumer = null;
      close(opened);
    }
  }

  private void close(Consumer<byte[], byte[]> opened) {
    Thread.interrupted(); // else the consumer would not say good-bye to its group
    try {
      if (stop.isSet()) {
        commit(opened);
      }
    } catch (KafkaException | EmitException e) {
      log.debug("offsets are not committed at the stop, so messages will be repeated", "error", e);
    } finally {
      opened.close(CloseOptions.timeout(CLOSE));
    }
  }

  private void take(ConsumerRecords<byte[], byte[]> polled) {
    if (polled.isEmpty()) {
      return;
    }
    errors = 0;
    for (ConsumerRecord<byte[], byte[]> message : polled) {
      events.add(message);
      if (events.bytes() >= EMIT_BYTES) {
        events.drain(this::emit);
      }
    }
    events.drain(this::emit);
    for (TopicPartition partition : polled.partitions()) {
      uncommitted.put(partition, polled.records(partition).getLast().offset() + 1);
    }
    uncommittedMessages += polled.count();
  }

  private boolean isCommitDue() {
    return !uncommitted.isEmpty()
        && (uncommittedMessages >= pace.commitMessages
            || context.clock().nanos() - committedAt >= pace.commitMillis * 1_000_000);
  }

  /** Emits until the buffer has room; the consumer stays a member of its group meanwhile. */
  private void emit(String tag, EventStream stream) {
    for (int tries = 0; ; tries++) {
      try {
        emitter.emit(tag, stream);
        return;
      } catch (EmitException e) {
        if (stop.isSet()) {
          throw new WakeupException();
        }
        if (pace.emitLimit.isPresent() && tries >= pace.emitLimit.get()) {
          throw new EmitException("Exceeds retry_emit_limit", e);
        }
        if (tries % 60 == 0) {
          log.warn("the buffer is full, waiting for room before more is read", e, "tag", tag);
        }
      }
      if (!stop.pause(SECOND)) {
        throw new WakeupException();
      }
      stayInGroup();
    }
  }

  /** Polls without taking messages; those of partitions that just came are left where they are. */
  private void stayInGroup() {
    Consumer<byte[], byte[]> current = consumer;
    current.pause(current.assignment());
    ConsumerRecords<byte[], byte[]> none = current.poll(Duration.ZERO);
    none.partitions()
        .forEach(partition -> current.seek(partition, none.records(partition).getFirst().offset()));
    current.resume(current.paused());
  }

  /**
   * Waits until what was emitted is safe, and commits the offsets behind it.
   *
   * @throws EmitException where it could not be made safe: nothing is committed then
   */
  private void commit(Consumer<byte[], byte[]> from) {
    if (uncommitted.isEmpty()) {
      return;
    }
    emitter.commit();
    subscription.safe(uncommitted);
    if (subscription.isCommitted()) {
      Map<TopicPartition, OffsetAndMetadata> offsets = new HashMap<>();
      uncommitted.forEach(
          (partition, offset) -> offsets.put(partition, new OffsetAndMetadata(offset)));
      try {
        commitSync(from, offsets);
      } catch (RebalanceInProgressException e) {
        return; // at the next poll
      } catch (CommitFailedException e) {
        log.warn(
            "the group has given the partitions to others, who will read these messages again",
            "error",
            e.getMessage());
      }
    }
    uncommitted.clear();
    uncommittedMessages = 0;
    committedAt = context.clock().nanos();
  }

  /** The stop wakes whatever the consumer waits in: what is safe is committed all the same. */
  private static void commitSync(
      Consumer<byte[], byte[]> from, Map<TopicPartition, OffsetAndMetadata> offsets) {
    try {
      from.commitSync(offsets, CLOSE);
    } catch (WakeupException e) {
      from.commitSync(offsets, CLOSE);
      throw e;
    }
  }

  /** Commits before partitions go to others. */
  private final class Rebalance implements ConsumerRebalanceListener {
    private final Consumer<byte[], byte[]> from;

    Rebalance(Consumer<byte[], byte[]> from) {
      this.from = from;
    }

    /** Also called while the consumer closes after an error, when the broker may be gone. */
    @Override
    public void onPartitionsRevoked(Collection<TopicPartition> partitions) {
      try {
        commit(from);
      } catch (WakeupException e) {
        throw e;
      } catch (EmitException | KafkaException e) {
        log.warn(
            "offsets are not committed, so their messages will be read again",
            "error",
            e.getMessage());
      }
      uncommitted.keySet().removeAll(partitions);
    }

    @Override
    public void onPartitionsAssigned(Collection<TopicPartition> partitions) {
      log.debug("partitions assigned", "partitions", partitions);
    }

    @Override
    public void onPartitionsLost(Collection<TopicPartition> partitions) {
      uncommitted.keySet().removeAll(partitions);
    }
  }
}
