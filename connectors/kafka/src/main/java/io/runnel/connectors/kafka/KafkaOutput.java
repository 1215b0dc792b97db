package io.runnel.connectors.kafka;

import io.runnel.config.ConfigException;
import io.runnel.connectors.kafka.log.ClientLog;
import io.runnel.event.EventCursor;
import io.runnel.log.Log;
import io.runnel.plugin.BufferedOutput;
import io.runnel.plugin.Chunk;
import io.runnel.plugin.Formatter;
import io.runnel.plugin.OutputContext;
import io.runnel.plugin.UnrecoverableException;
import io.runnel.plugins.client.ChunkProgress;
import io.runnel.plugins.client.ChunkProgressTable;
import io.runnel.plugins.common.Injector;
import java.io.IOException;
import java.util.List;
import java.util.Map;
import java.util.SortedMap;
import java.util.TreeMap;
import java.util.concurrent.locks.ReentrantLock;
import org.apache.kafka.clients.producer.KafkaProducer;
import org.apache.kafka.clients.producer.Producer;
import org.apache.kafka.common.KafkaException;
import org.apache.kafka.common.serialization.ByteArraySerializer;

/**
 * Sends chunks to Kafka. A chunk is delivered when the brokers have acknowledged each of its
 * messages; of one that failed, only what is missing is sent again, with a file buffer also after a
 * restart.
 */
final class KafkaOutput implements BufferedOutput {
  private final MessageConfig config;
  private final SendConfig sending;
  private final OutputContext context;
  private final Log log;
  private final Formatter formatter;
  private final MessageComposer.Plan plan;
  private final Producers producers;
  private final Failures failures;
  private final ClientLog clientLog;
  private final SendRate rate;
  private final long byteLimit;
  private final boolean topicOfRecord;
  private final List<String> unrecoverable;

  /** One transaction at a time. */
  private final ReentrantLock transaction = new ReentrantLock();

  private final ChunkProgressTable unfinished = new ChunkProgressTable();

  /**
   * What the plugins differ in.
   *
   * @param topicOfRecord whether each record may name its topic, or the chunk's keys do
   * @param unrecoverable names of errors after which a chunk is not sent again
   */
  record Variant(ClientConfig.Dialect dialect, boolean topicOfRecord, List<String> unrecoverable) {}

  KafkaOutput(
      ClientConfig client,
      MessageConfig config,
      SendConfig sending,
      Formatter formatter,
      Injector injector,
      Variant variant,
      OutputContext context) {
    this.config = config;
    this.sending = sending;
    this.context = context;
    this.log = context.log();
    this.formatter = formatter;
    this.topicOfRecord = variant.topicOfRecord;
    this.unrecoverable = variant.unrecoverable;
    this.plan = new MessageComposer.Plan(config, injector, formatter, topicOfRecord);
    this.clientLog = new ClientLog(log, context.clock(), client.getKafkaClientLog());
    this.failures = new Failures(client.named(), client.sasl().username(), clientLog);
    Map<String, Object> properties =
        ProducerProperties.of(client, sending, variant.dialect, context);
    if (!properties.containsKey("bootstrap.servers")) {
      throw new ConfigException(
          "No brokers specified. Need one broker at least.", context.element().place());
    }
    this.producers =
        new Producers(
            all -> new KafkaProducer<>(all, new ByteArraySerializer(), new ByteArraySerializer()),
            properties,
            clientLog,
            failures);
    long memory = Long.parseLong(String.valueOf(properties.get("buffer.memory")));
    this.byteLimit = memory / 2 / Math.max(1, context.buffer().flushThreadCount());
    this.rate =
        new SendRate(
            sending.maxEnqueueBytesPerSecond().map(size -> size.bytes()).orElse(Long.MAX_VALUE),
            context.clock());
    checkTopics();
    log.info("brokers has been set: " + client.named());
  }

  private void checkTopics() {
    config.topic().ifPresent(topic -> context.validatePlaceholders("topic", topic));
    boolean byTag = context.buffer().hasTag();
    if (config.defaultTopic().isPresent()) {
      if (byTag && !topicOfRecord) {
        log.warn("default_topic is set. Fluentd's event tag is not used for topic");
      }
      return;
    }
    if (config.useDefaultForUnknownTopic() || config.useDefaultForUnknownPartitionError()) {
      throw new ConfigException(
          "default_topic must be set when use_default_for_unknown_topic or"
              + " use_default_for_unknown_partition_error is true",
          context.element().place());
    }
    if (config.topic().isEmpty()
        && context.buffer().chunkKeys().contains(config.topicKey())
        && !byTag) {
      log.warn(
          "Use '"
              + config.topicKey()
              + "' field of event record for topic but no fallback. Recommend to set default_topic"
              + " or set 'tag' in buffer chunk keys like <buffer "
              + config.topicKey()
              + ",tag>");
    }
  }

  @Override
  public void start() throws Exception {
    formatter.start();
  }

  @Override
  public void stop() {
    formatter.stop();
  }

  @Override
  public void close() {
    producers.close();
    formatter.close();
  }

  @Override
  public void write(Chunk chunk) throws Exception {
    if (sending.transactionalId().isEmpty()) {
      write(chunk, false);
      return;
    }
    transaction.lockInterruptibly();
    try {
      write(chunk, true);
    } finally {
      transaction.unlock();
    }
  }

  private void write(Chunk chunk, boolean transactional) throws Exception {
    String topic = topic(chunk);
    clientLog.clearTrouble();
    ChunkProgress done = unfinished.take(chunk);
    while (true) { // each further round has fewer messages

      Producer<byte[], byte[]> producer = producers.get();
      ChunkDelivery delivery = new ChunkDelivery(done, transactional);
      Exception failure = null;
      try {
        if (transactional) {
          producer.beginTransaction();
        }
        sender(producer, delivery).send(chunk, topic);
        failure = delivery.failure();
      } catch (KafkaException | IllegalStateException e) {
        failure = e;
      } catch (InterruptedException e) {
        producers.discard(producer);
        if (!transactional) {
          unfinished.keep(chunk, done);
        }
        throw e;
      }
      SortedMap<Integer, Exception> rejected = delivery.takeRejected();
      report(chunk, rejected);
      if (transactional) {
        failure = end(producer, delivery, rejected, failure);
      }
      if (failure != null) {
        if (transactional || producers.isSplittingForEver() || !Failures.isPassing(failure)) {
          producers.discard(producer);
        }
        if (producers.isSplittingForEver()) {
          log.debug("batches are too large for the topic, so they are made smaller");
          producers.shrinkBatches();
          clientLog.clearTrouble();
          continue;
        }
        unfinished.keep(chunk, done);
        failed(chunk, failure);
        return;
      }
      if (!rejected.isEmpty() && producers.isReduced()) {
        producers.restoreBatches();
      }
      if (!transactional || rejected.isEmpty()) {
        return;
      }
    }
  }

  private ChunkSender sender(Producer<byte[], byte[]> producer, ChunkDelivery delivery) {
    return new ChunkSender(
        producer,
        config,
        plan,
        rate,
        delivery,
        byteLimit,
        producers.aloneFrom(),
        producers::isSplittingForEver,
        log);
  }

  /** The topic of messages whose record names none. */
  private String topic(Chunk chunk) {
    if (config.topic().isPresent()) {
      return chunk.expand(config.topic().get());
    }
    Object named = topicOfRecord ? null : chunk.variables().get(config.topicKey());
    if (named != null && !Boolean.FALSE.equals(named)) {
      return String.valueOf(named);
    }
    String topic = config.defaultTopic().orElse(chunk.tag());
    if (topic == null && !topicOfRecord) {
      throw new UnrecoverableException(
          "no topic: the field '"
              + config.topicKey()
              + "' is missing, and there is neither default_topic nor the chunk key tag");
    }
    return topic;
  }

  /**
   * Commits a transaction, or gives it up where something is missing: what it sent counts for
   * nothing then.
   *
   * @return why it must be tried again; null where it was committed, or where messages were
   *     rejected and the rest can be sent at once
   */
  private static Exception end(
      Producer<byte[], byte[]> producer,
      ChunkDelivery delivery,
      SortedMap<Integer, Exception> rejected,
      Exception failure) {
    try {
      if (failure == null && rejected.isEmpty()) {
        producer.commitTransaction();
        return null;
      }
      delivery.forget(rejected.keySet());
      producer.abortTransaction();
      return failure;
    } catch (KafkaException | IllegalStateException e) {
      delivery.forget(rejected.keySet());
      return failure == null ? e : failure;
    }
  }

  /** Sends events that can never be sent to {@code @ERROR}, each with its reason. */
  private void report(Chunk chunk, SortedMap<Integer, Exception> rejected) throws IOException {
    if (rejected.isEmpty()) {
      return;
    }
    SortedMap<Integer, Exception> left = new TreeMap<>(rejected);
    int[] index = {0};
    String tag = chunk.tag() == null ? "" : chunk.tag();
    chunk.eachStream(
        stream -> {
          EventCursor cursor = stream.cursor();
          for (; !left.isEmpty() && cursor.next(); index[0]++) {
            if (left.firstKey() == index[0]) {
              Exception why = left.remove(left.firstKey());
              context.emitter().emitError(tag, cursor.time(), cursor.record(), why);
            }
          }
        });
  }

  /** Decides what an error means for the chunk; a normal return drops what is left of it. */
  private void failed(Chunk chunk, Exception error) throws IOException {
    String text = failures.text(error);
    List<String> names = Failures.names(error);
    boolean matches =
        sending
            .discardKafkaDeliveryFailedRegex()
            .filter(regexp -> regexp.matches(text))
            .isPresent();
    if (sending.discardKafkaDeliveryFailed() || matches) {
      log.warn(
          "DeliveryFailed occurred. Discard broken event:",
          error,
          "tag",
          chunk.tag(),
          "chunk",
          chunk.hexId(),
          "events",
          chunk.records() - unfinished.take(chunk).count());
      return;
    }
    boolean ignored = sending.ignoreExceptions().stream().anyMatch(names::contains);
    if (ignored && !sending.exceptionBackup()) {
      log.warn("Exception ignored in tag : " + chunk.tag(), error);
      return;
    }
    if (ignored || unrecoverable.stream().anyMatch(names::contains)) {
      throw new UnrecoverableException("Rejected due to " + text, error);
    }
    throw new IOException(text, error);
  }
}
