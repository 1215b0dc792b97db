package io.runnel.connectors.kafka;

import io.runnel.connectors.kafka.MessageConfig.HashFunction;
import io.runnel.event.EventCursor;
import io.runnel.event.EventStream;
import io.runnel.log.Log;
import io.runnel.plugin.Chunk;
import io.runnel.plugin.FormatException;
import java.io.IOException;
import java.time.Duration;
import java.util.HashMap;
import java.util.Map;
import java.util.function.BooleanSupplier;
import org.apache.kafka.clients.producer.Producer;
import org.apache.kafka.clients.producer.ProducerRecord;
import org.apache.kafka.common.KafkaException;
import org.apache.kafka.common.errors.InterruptException;
import org.apache.kafka.common.errors.InvalidTopicException;

/** Sends the messages of one chunk, once. Used by one thread. */
final class ChunkSender {
  /** What a message takes in memory beside its bytes, about. */
  private static final int MESSAGE_OVERHEAD = 256;

  private static final long LOOK_MILLIS = 500;

  /** So often what arrived is noted: after a kill what arrived since then is sent again. */
  private static final long SAVE_NANOS = 200_000_000;

  /** A topic of this chunk: how many partitions it has, or why it cannot be used. */
  private record Topic(String name, int partitions, Exception error) {}

  private final Producer<byte[], byte[]> producer;
  private final MessageConfig config;
  private final MessageComposer composer;
  private final SendRate rate;
  private final ChunkDelivery delivery;
  private final long byteLimit;
  private final int aloneFrom;
  private final BooleanSupplier stuck;
  private final Log log;
  private final Map<String, Topic> topics = new HashMap<>();
  private int index;
  private long savedAt = System.nanoTime();

  /**
   * @param byteLimit what may be on its way at most
   * @param aloneFrom messages of so many bytes are sent when no other one is on its way
   * @param stuck asked from time to time whether the producer will never come to an end
   */
  ChunkSender(
      Producer<byte[], byte[]> producer,
      MessageConfig config,
      MessageComposer.Plan plan,
      SendRate rate,
      ChunkDelivery delivery,
      long byteLimit,
      int aloneFrom,
      BooleanSupplier stuck,
      Log log) {
    this.producer = producer;
    this.config = config;
    this.composer = new MessageComposer(plan);
    this.rate = rate;
    this.delivery = delivery;
    this.byteLimit = byteLimit;
    this.aloneFrom = aloneFrom;
    this.stuck = stuck;
    this.log = log;
  }

  /**
   * Sends what is not done yet and waits for the end of each message.
   *
   * @param topic of messages whose record names none
   * @throws InterruptedException what was sent may arrive or not
   */
  void send(Chunk chunk, String topic) throws IOException, InterruptedException {
    try {
      chunk.eachStream(stream -> send(chunk.tag(), topic, stream));
    } catch (InterruptException e) {
      InterruptedException own = new InterruptedException("interrupted");
      own.initCause(e);
      throw own;
    }
    awaitAll();
  }

  private void awaitAll() throws InterruptedException {
    while (!delivery.await(LOOK_MILLIS)) {
      giveUpIfStuck();
      save();
    }
  }

  private void save() {
    long now = System.nanoTime();
    if (now - savedAt < SAVE_NANOS) {
      return;
    }
    savedAt = now;
    try {
      delivery.save();
    } catch (IOException e) {
      log.debug("cannot note what of a chunk has arrived", "error", e);
    }
  }

  /** Ends the producer where it would go on without an end: what is on its way fails. */
  private void giveUpIfStuck() {
    if (stuck.getAsBoolean() && !delivery.isBroken()) {
      producer.close(Duration.ZERO);
    }
  }

  private void send(String tag, String topic, EventStream stream) {
    for (EventCursor cursor = stream.cursor(); cursor.next(); index++) {
      if (delivery.isBroken() || delivery.isDone(index)) {
        continue;
      }
      try {
        Message message =
            composer.compose(
                tag, cursor.time(), cursor.bytes(), cursor.recordOffset(), cursor.recordLength());
        send(message, message.topic() == null ? topic : message.topic(), cursor.time());
      } catch (FormatException | InvalidTopicException e) {
        delivery.reject(index, e);
      } catch (InterruptedException e) {
        throw new InterruptException(e);
      }
    }
  }

  private void send(Message message, String wanted, long time)
      throws FormatException, InterruptedException {
    Topic topic = topic(wanted);
    if (topic.error == null && message.partition() != null) {
      topic = withPartition(topic, message.partition());
    }
    if (topic.error != null) {
      if (topic.error instanceof InvalidTopicException e) {
        throw e;
      }
      delivery.fail(topic.error);
      return;
    }
    ProducerRecord<byte[], byte[]> record =
        new ProducerRecord<>(
            topic.name,
            partition(message, topic),
            config.useEventTime() ? (Long) millis(time) : null,
            message.key(),
            message.value(),
            message.headers());
    int bytes = message.value().length + MESSAGE_OVERHEAD;
    boolean alone = message.value().length >= aloneFrom;
    if (alone) {
      awaitAll();
    }
    rate.await(message.value().length);
    while (!delivery.begin(bytes, byteLimit, LOOK_MILLIS)) {
      giveUpIfStuck();
      save();
    }
    save();
    int place = index;
    try {
      producer.send(record, (where, error) -> delivery.complete(place, bytes, error));
    } catch (InterruptException e) {
      throw e;
    } catch (KafkaException | IllegalStateException e) {
      delivery.complete(place, bytes, e);
    }
    if (alone) {
      awaitAll();
    }
  }

  private static long millis(long time) {
    return io.runnel.event.EventTime.seconds(time) * 1000
        + io.runnel.event.EventTime.nanos(time) / 1_000_000;
  }

  private Integer partition(Message message, Topic topic) {
    if (message.partition() != null) {
      return message.partition();
    }
    if (message.partitionKey() == null) {
      return null;
    }
    HashFunction function = config.partitionerHashFunction();
    return Partitions.of(message.partitionKey(), function, topic.partitions);
  }

  private Topic withPartition(Topic topic, int partition) throws FormatException {
    if (partition < topic.partitions) {
      return topic;
    }
    if (config.useDefaultForUnknownPartitionError()
        && !topic.name.equals(config.defaultTopic().orElse(topic.name))) {
      return withPartition(topic(config.defaultTopic().get()), partition);
    }
    throw new FormatException(
        "there is no partition "
            + partition
            + " of the topic '"
            + topic.name
            + "', which has "
            + topic.partitions);
  }

  private Topic topic(String name) {
    Topic known = topics.get(name);
    if (known == null) {
      known = lookUp(name);
      topics.put(name, known);
    }
    return known;
  }

  private Topic lookUp(String name) {
    try {
      return new Topic(name, producer.partitionsFor(name).size(), null);
    } catch (InterruptException e) {
      throw e;
    } catch (InvalidTopicException e) {
      return new Topic(name, 0, e);
    } catch (KafkaException | IllegalStateException e) {
      String other = config.defaultTopic().orElse(name);
      if (!Failures.isUnknownTopic(e)) {
        delivery.breakOff(e); // not the topic's fault
      } else if (config.useDefaultForUnknownTopic() && !other.equals(name)) {
        log.warn("'" + name + "' topic not found. Retry with '" + other + "' topic");
        return topic(other);
      }
      return new Topic(name, 0, e);
    }
  }
}
