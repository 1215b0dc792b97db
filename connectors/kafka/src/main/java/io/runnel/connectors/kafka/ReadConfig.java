package io.runnel.connectors.kafka;

import io.runnel.config.Default;
import io.runnel.config.Doc;
import io.runnel.config.Obsolete;
import io.runnel.config.PluginSection;
import java.util.Optional;

/** How a message becomes an event. */
record ReadConfig(
    @Doc("json, text, ltsv, msgpack, or a parser; the same as the type of <parse>.")
        Optional<String> format,
    @Doc("The field that gets the message, where format is text.") @Default("message")
        String messageKey,
    @Doc("Adds the headers to the record.") @Default("false") boolean addHeaders,
    @Doc("Adds kafka_topic, kafka_partition and kafka_offset to the record.") @Default("false")
        boolean addOffsetInRecord,
    @Doc("The field that gets the message's key.") Optional<String> kafkaMessageKey,
    @Doc("Goes in front of the tag, with a dot.") Optional<String> addPrefix,
    @Doc("Goes behind the tag, with a dot.") Optional<String> addSuffix,
    @Doc("What the tag is: the topic, or a field of the record.") @Default("topic")
        TagSource tagSource,
    @Doc("The field with the tag, where tag_source is record.") @Default("tag") String recordTagKey,
    @Doc("The older form of time_source record.")
        @Default("false")
        @Obsolete("Use 'time_source record' instead.")
        boolean useRecordTime,
    @Doc("What the time is: that of reading, the message's, or a field of the record.")
        @Default("now")
        TimeSource timeSource,
    @Doc("The field with the time, where time_source is record.") @Default("time")
        String recordTimeKey,
    @Doc("Format of the time in the record; seconds where it is not given.")
        Optional<String> timeFormat,
    @Doc("How a message is read; the time is that of time_source.") @Default("json")
        PluginSection parse) {

  /** What the tag is. */
  enum TagSource {
    TOPIC,
    RECORD
  }

  /** What the time is. */
  enum TimeSource {
    NOW,
    KAFKA,
    RECORD
  }

  TimeSource source() {
    return useRecordTime ? TimeSource.RECORD : timeSource;
  }
}
