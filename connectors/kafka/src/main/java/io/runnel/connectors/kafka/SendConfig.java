package io.runnel.connectors.kafka;

import io.runnel.config.ByteSize;
import io.runnel.config.Default;
import io.runnel.config.Doc;
import io.runnel.config.Secret;
import io.runnel.config.Since;
import io.runnel.regexp.Regexp;
import java.time.Duration;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/** How messages are sent, and what is done where that fails. */
record SendConfig(
    @Doc("The brokers drop what is sent twice; true where it is not given and required_acks is -1.")
        Optional<Boolean> idempotent,
    @Doc("A chunk is sent as a transaction: consumers that read committed ones see all or nothing.")
        @Since("runnel")
        Optional<String> transactionalId,
    @Doc("How often a message is sent again; not given, as often as fits into 60 seconds.")
        Optional<Integer> maxSendRetries,
    @Doc("How many replicas must have a message: -1 all in sync, 1 the leader, 0 nobody.")
        @Default("-1")
        int requiredAcks,
    @Doc("How long a broker may wait for the replicas; 30 seconds where it is not given.")
        Optional<Duration> ackTimeout,
    @Doc("gzip, snappy, lz4 or zstd.") Optional<String> compressionCodec,
    @Doc("Has no effect: the threads share a producer.") @Default("false") boolean shareProducer,
    @Doc("Drops what could not be sent, with a warning.") @Default("false")
        boolean discardKafkaDeliveryFailed,
    @Doc("Drops what could not be sent where the error's text matches (rdkafka2).")
        Optional<Regexp> discardKafkaDeliveryFailedRegex,
    @Doc("Errors after which a chunk is not sent again, such as Kafka::DeliveryFailed.")
        List<String> ignoreExceptions,
    @Doc("Keeps such chunks in the backup folder.") @Default("true") boolean exceptionBackup,
    @Doc("Milliseconds that a message waits for others (rdkafka2).")
        Optional<Integer> rdkafkaBufferingMaxMs,
    @Doc("Has no effect: what is on its way is limited in bytes (rdkafka2).")
        Optional<Integer> rdkafkaBufferingMaxMessages,
    @Doc("The largest request; 8 MiB where it is not given (rdkafka2).")
        Optional<Integer> rdkafkaMessageMaxBytes,
    @Doc("Has no effect: requests are limited in bytes (rdkafka2).")
        Optional<Integer> rdkafkaMessageMaxNum,
    @Doc("Has no effect: a chunk is delivered when each message is acknowledged (rdkafka2).")
        @Default("30")
        int rdkafkaDeliveryHandlePollTimeout,
    @Doc("Properties of librdkafka, as JSON; those that the Java client has too are used.") @Secret
        Map<String, Object> rdkafkaOptions,
    @Doc("Has no effect: a full queue is waited for (rdkafka2).") @Default("3")
        int maxEnqueueRetries,
    @Doc("Has no effect, as max_enqueue_retries (rdkafka2).") @Default("3") int enqueueRetryBackoff,
    @Doc("Sends no more than so many bytes in a second (rdkafka2).")
        Optional<ByteSize> maxEnqueueBytesPerSecond,
    @Doc(
            "Errors after which a chunk is not sent again; for rdkafka2"
                + " topic_authorization_failed where it is not given.")
        Optional<List<String>> unrecoverableErrorCodes) {

  /** With the size of a batch and the older form of ack_timeout, where they are given. */
  SendConfig withBatches(Optional<ByteSize> batch, Optional<Integer> ackMillis) {
    Map<String, Object> options = new LinkedHashMap<>();
    batch.ifPresent(size -> options.put("batch.size", Long.toString(size.bytes())));
    options.putAll(rdkafkaOptions);
    return new SendConfig(
        idempotent,
        transactionalId,
        maxSendRetries,
        requiredAcks,
        ackTimeout.or(() -> ackMillis.map(Duration::ofMillis)),
        compressionCodec,
        shareProducer,
        discardKafkaDeliveryFailed,
        discardKafkaDeliveryFailedRegex,
        ignoreExceptions,
        exceptionBackup,
        rdkafkaBufferingMaxMs,
        rdkafkaBufferingMaxMessages,
        rdkafkaMessageMaxBytes,
        rdkafkaMessageMaxNum,
        rdkafkaDeliveryHandlePollTimeout,
        options,
        maxEnqueueRetries,
        enqueueRetryBackoff,
        maxEnqueueBytesPerSecond,
        unrecoverableErrorCodes);
  }
}
