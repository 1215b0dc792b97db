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
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
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
import org.apache.kafka.common.errors.RetriableException;
import org.apache.kafka.common.errors.WakeupException;
import org.apache.kafka.common.serialization.ByteArrayDeserializer;

/**
 * Reads messages in a thread of its own and emits their events. An offset is committed when the
 * events in front of it are safe in the buffers: a kill in between repeats messages and loses none.
 */
final class ConsumerLoop {
  /**
   * Where the configuration says nothing: a commit costs a sync of the buffers and a small request,
   * and after a kill the messages of about this time come again.
   */
  static final long COMMIT_MILLIS = 200;

  private static final Duration POLL = Duration.ofSeconds(1);
  private static final Duration CLOSE = Duration.ofSeconds(5);
  private static final long SECOND = 1_000_000_000L;
  private static final long JOIN_MILLIS = 10_000;

  /** Events are emitted in streams of about this size. */
  private static final int EMIT_BYTES = 1 << 20;

  /**
   * How it is paced.
   *
   * @param commitMillis how long after a message its offset is committed at the latest
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
  private final Positions positions = new Positions();
  private long commitAt;
  private boolean commitFails;
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
      if (e instanceof EmitException) {
        positions.forget();
      }
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
    positions.begin();
    events.drain((tag, stream) -> {}); // of a read that failed; they come again
    Consumer<byte[], byte[]> opened =
        new KafkaConsumer<>(properties, new ByteArrayDeserializer(), new ByteArrayDeserializer());
    try {
      consumer = opened;
      subscription.begin(opened, new Rebalance(opened));
      while (!stop.isSet()) {
        take(opened.poll(untilCommit()));
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
    if (positions.uncommitted().isEmpty()) {
      commitAfter(pace.commitMillis * 1_000_000);
    }
    for (TopicPartition partition : polled.partitions()) {
      List<ConsumerRecord<byte[], byte[]>> of = polled.records(partition);
      positions.read(partition, of.getFirst().offset(), of.getLast().offset(), of.size());
    }
  }

  private void commitAfter(long nanos) {
    commitAt = context.clock().nanos() + nanos;
  }

  /** How long to wait for messages: a commit is not put off because none come. */
  private Duration untilCommit() {
    if (positions.uncommitted().isEmpty()) {
      return POLL;
    }
    long left = Math.clamp(commitAt - context.clock().nanos(), 1_000_000, POLL.toNanos());
    return Duration.ofNanos(left);
  }

  private boolean isCommitDue() {
    return !positions.uncommitted().isEmpty()
        && (positions.uncommittedMessages() >= pace.commitMessages && !commitFails
            || context.clock().nanos() - commitAt >= 0);
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
   * Waits until what was emitted is safe, and commits the offsets behind it. Where the brokers do
   * not answer, that is tried again later; nothing is read twice for it.
   *
   * @throws EmitException where it could not be made safe: nothing is committed then
   */
  private void commit(Consumer<byte[], byte[]> from) {
    Map<TopicPartition, Long> behind = positions.uncommitted();
    if (behind.isEmpty()) {
      return;
    }
    emitter.commit();
    subscription.safe(behind);
    if (subscription.isCommitted()) {
      Map<TopicPartition, OffsetAndMetadata> offsets = new HashMap<>();
      behind.forEach((partition, offset) -> offsets.put(partition, new OffsetAndMetadata(offset)));
      try {
        commitSync(from, offsets);
      } catch (RebalanceInProgressException e) {
        return; // at the next poll
      } catch (CommitFailedException e) {
        log.warn(
            "the group has given the partitions to others, who will read these messages again",
            "error",
            e.getMessage());
      } catch (RetriableException e) {
        putOff(e);
        return;
      }
    }
    commitFails = false;
    positions.committed();
  }

  private void putOff(RetriableException error) {
    commitAfter(SECOND);
    if (!commitFails) {
      log.warn("offsets cannot be committed now, they will be later. " + failures.text(error));
    }
    commitFails = true;
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

  /** Commits before partitions go to others, and goes on where one was left that comes back. */
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
        if (e instanceof EmitException) {
          positions.forget();
        }
        log.warn(
            "offsets are not committed, so their messages will be read again",
            "error",
            e.getMessage());
      }
      positions.lost(partitions);
    }

    @Override
    public void onPartitionsAssigned(Collection<TopicPartition> partitions) {
      log.debug("partitions assigned", "partitions", partitions);
      Set<TopicPartition> ahead = positions.ahead(partitions);
      if (ahead.isEmpty()) {
        return;
      }
      try {
        Map<TopicPartition, Long> resumed = positions.resume(from.committed(ahead, CLOSE));
        resumed.forEach(from::seek);
        log.debug("read on behind what was not committed", "offsets", resumed);
      } catch (RetriableException e) {
        log.warn("messages that were not committed are read again. " + failures.text(e));
      }
    }

    @Override
    public void onPartitionsLost(Collection<TopicPartition> partitions) {
      positions.lost(partitions);
    }
  }
}
