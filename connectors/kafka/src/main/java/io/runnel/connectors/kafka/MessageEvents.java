package io.runnel.connectors.kafka;

import io.runnel.connectors.kafka.ReadConfig.TagSource;
import io.runnel.connectors.kafka.ReadConfig.TimeSource;
import io.runnel.event.EventBuilder;
import io.runnel.event.EventCursor;
import io.runnel.event.EventStream;
import io.runnel.event.EventTime;
import io.runnel.plugin.ParseException;
import io.runnel.plugin.PluginContext;
import io.runnel.time.TimeParseException;
import io.runnel.time.TimeParser;
import io.runnel.time.Zone;
import java.nio.charset.StandardCharsets;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.function.BiConsumer;
import org.apache.kafka.clients.consumer.ConsumerRecord;
import org.apache.kafka.common.header.Header;

/** Gathers the events of messages by their tags. Used by one thread. */
final class MessageEvents {
  private final ReadConfig config;
  private final PluginContext context;
  private final MessageDecoder decoder;
  private final TimeParser timeParser;
  private final boolean asTheyAre;
  private final EventBuilder scratch = new EventBuilder();
  private final Map<String, EventBuilder> byTag = new LinkedHashMap<>();

  MessageEvents(ReadConfig config, PluginContext context) {
    this.config = config;
    this.context = context;
    this.decoder = MessageDecoder.of(config, context);
    this.timeParser =
        config
            .timeFormat()
            .filter(format -> config.source() == TimeSource.RECORD)
            .map(format -> TimeParser.text(format, Zone.local(), context.clock()))
            .orElse(null);
    this.asTheyAre =
        decoder.isTimeless()
            && !config.addHeaders()
            && !config.addOffsetInRecord()
            && config.kafkaMessageKey().isEmpty()
            && config.tagSource() == TagSource.TOPIC
            && config.source() != TimeSource.RECORD;
  }

  /** Adds the events of a message; one that cannot be read goes to {@code @ERROR}. */
  void add(ConsumerRecord<byte[], byte[]> message) {
    try {
      if (message.value() == null) {
        throw new ParseException("the message has no value");
      }
      if (asTheyAre) {
        EventBuilder builder = builder(tag(message.topic()));
        builder.defaultTime(time(message, null));
        decoder.decode(message.value(), builder);
        return;
      }
      scratch.clear();
      decoder.decode(message.value(), scratch);
      EventCursor cursor = new EventCursor(scratch.out().array(), 0, scratch.out().length());
      while (cursor.next()) {
        add(message, cursor.record());
      }
    } catch (ParseException | TimeParseException | RuntimeException e) {
      broken(message, e);
    }
  }

  private void add(ConsumerRecord<byte[], byte[]> message, Map<String, Object> record)
      throws ParseException, TimeParseException {
    String tag = message.topic();
    if (config.tagSource() == TagSource.RECORD) {
      Object named = record.get(config.recordTagKey());
      if (!(named instanceof String text) || text.isEmpty()) {
        throw new ParseException("no tag in the field '" + config.recordTagKey() + "'");
      }
      tag = text;
    }
    if (config.addOffsetInRecord()) {
      record.put("kafka_topic", message.topic());
      record.put("kafka_partition", (long) message.partition());
      record.put("kafka_offset", message.offset());
    }
    long time = time(message, record);
    config.kafkaMessageKey().ifPresent(field -> record.put(field, text(message.key())));
    if (config.addHeaders()) {
      for (Header header : message.headers()) {
        record.put(header.key(), text(header.value()));
      }
    }
    builder(tag(tag)).add(time, record);
  }

  private static String text(byte[] bytes) {
    return bytes == null ? null : new String(bytes, StandardCharsets.UTF_8);
  }

  private void broken(ConsumerRecord<byte[], byte[]> message, Exception error) {
    Map<String, Object> record = new LinkedHashMap<>();
    record.put("message", text(message.value()));
    record.put("offset", message.offset());
    ParseException told =
        new ParseException(
            "parser error in "
                + message.topic()
                + "/"
                + message.partition()
                + ": "
                + error.getMessage(),
            error);
    context.emitter().emitError(tag(message.topic()), context.clock().eventTime(), record, told);
  }

  private EventBuilder builder(String tag) {
    return byTag.computeIfAbsent(tag, ignored -> new EventBuilder());
  }

  private String tag(String name) {
    return config.addPrefix().map(prefix -> prefix + ".").orElse("")
        + name
        + config.addSuffix().map(suffix -> "." + suffix).orElse("");
  }

  private long time(ConsumerRecord<byte[], byte[]> message, Map<String, Object> record)
      throws ParseException, TimeParseException {
    return switch (config.source()) {
      case NOW -> context.clock().eventTime();
      case KAFKA -> EventTime.ofMillis(message.timestamp());
      case RECORD -> recordTime(record.get(config.recordTimeKey()));
    };
  }

  private long recordTime(Object value) throws ParseException, TimeParseException {
    if (timeParser != null && value != null) {
      return timeParser.parse(String.valueOf(value));
    }
    if (value instanceof Long seconds) {
      return EventTime.pack(seconds, 0);
    }
    if (value instanceof Double seconds) {
      return EventTime.ofDouble(seconds);
    }
    throw new ParseException("no time in the field '" + config.recordTimeKey() + "': " + value);
  }

  /** About how many bytes have been gathered. */
  int bytes() {
    int sum = 0;
    for (EventBuilder builder : byTag.values()) {
      sum += builder.bytes();
    }
    return sum;
  }

  /** Hands out what was gathered, by tag. */
  void drain(BiConsumer<String, EventStream> consumer) {
    byTag.forEach(
        (tag, builder) -> {
          if (!builder.isEmpty()) {
            consumer.accept(tag, builder.take());
          }
        });
    byTag.clear();
  }
}
