package io.runnel.connectors.kafka;

import io.runnel.config.ByteSize;
import io.runnel.config.Default;
import io.runnel.config.Doc;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/** How an event becomes a message: its topic, its partition, its key, its headers. */
record MessageConfig(
    @Doc("The topic; may hold placeholders of the chunk keys. Given, no field names the topic.")
        Optional<String> topic,
    @Doc("The field that names the topic; must be a chunk key, but not in kafka_buffered.")
        @Default("topic")
        String topicKey,
    @Doc("The topic of events whose field names none; without it the tag.")
        Optional<String> defaultTopic,
    @Doc("Takes default_topic where the brokers do not know the topic.") @Default("false")
        boolean useDefaultForUnknownTopic,
    @Doc("Takes default_topic where the topic has no such partition (rdkafka2).") @Default("false")
        boolean useDefaultForUnknownPartitionError,
    @Doc("The field with the message's key.") @Default("message_key") String messageKeyKey,
    @Doc("The key of messages whose field gives none.") Optional<String> defaultMessageKey,
    @Doc("The field whose hash selects the partition; without it the message's key does.")
        @Default("partition_key")
        String partitionKeyKey,
    @Doc("Selects the partition of events whose field gives none.")
        Optional<String> defaultPartitionKey,
    @Doc("The field with the number of the partition.") @Default("partition") String partitionKey,
    @Doc("The partition of events whose field gives none.") Optional<Integer> defaultPartition,
    @Doc("How a key selects the partition: crc32, as Ruby's and C's clients; murmur2, as Java's.")
        @Default("crc32")
        HashFunction partitionerHashFunction,
    @Doc("Leaves the field of the topic out of the message.") @Default("false")
        boolean excludeTopicKey,
    @Doc("Leaves the field of the partition key out of the message.") @Default("false")
        boolean excludePartitionKey,
    @Doc("Leaves the field of the partition out of the message.") @Default("false")
        boolean excludePartition,
    @Doc("Leaves the field of the message key out of the message.") @Default("false")
        boolean excludeMessageKey,
    @Doc("More fields that are left out; paths such as $.a.b too.") List<String> excludeFields,
    @Doc("Sends this field alone, such as $.data.") Optional<String> recordKey,
    @Doc("Headers of all messages: name:value, with commas between them.")
        Map<String, String> headers,
    @Doc("Headers from fields: name:path, such as source_ip:$.source.ip.")
        Map<String, String> headersFromRecord,
    @Doc("The message's time is the event's, not that of sending.") @Default("false")
        boolean useEventTime,
    @Doc("Larger messages go to @ERROR.") Optional<ByteSize> maxSendLimitBytes) {

  /** How a key selects a partition. */
  enum HashFunction {
    CRC32,
    MURMUR2
  }
}
