package io.runnel.connectors.kafka;

import io.runnel.config.ConfigException;
import io.runnel.connectors.kafka.MessageFields.Field;
import io.runnel.event.Bytes;
import io.runnel.event.MsgpackException;
import io.runnel.event.MsgpackReader;
import io.runnel.event.MsgpackWriter;
import io.runnel.event.RecordAccessor;
import io.runnel.plugin.FormatException;
import io.runnel.plugin.Formatter;
import io.runnel.plugins.common.FieldText;
import io.runnel.plugins.common.Injector;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.apache.kafka.common.header.Header;
import org.apache.kafka.common.header.internals.RecordHeader;

/** Makes messages of events. Used by one thread; {@link Plan} is what the threads share. */
final class MessageComposer {
  private static final byte[] NIL = {(byte) 0xc0};

  /** What is known of a configuration beforehand. Immutable. */
  static final class Plan {
    private final MessageConfig config;
    private final Injector injector;
    private final Formatter formatter;
    private final boolean topicOfRecord;
    private final List<Header> headers = new ArrayList<>();
    private final Map<String, RecordAccessor> fieldHeaders = new LinkedHashMap<>();
    private final List<RecordAccessor> excluded;
    private final RecordAccessor recordKey;
    private final byte[] defaultMessageKey;
    private final byte[] defaultPartitionKey;

    /**
     * @param topicOfRecord whether the field of the topic is asked for each record
     * @throws ConfigException where a path into the record is wrong
     */
    Plan(MessageConfig config, Injector injector, Formatter formatter, boolean topicOfRecord) {
      this.config = config;
      this.injector = injector;
      this.formatter = formatter;
      this.topicOfRecord = topicOfRecord;
      config.headers().forEach((name, value) -> headers.add(header(name, value)));
      config
          .headersFromRecord()
          .forEach((name, path) -> fieldHeaders.put(name, RecordAccessor.of(path)));
      excluded = config.excludeFields().stream().map(RecordAccessor::of).toList();
      recordKey = config.recordKey().map(RecordAccessor::of).orElse(null);
      defaultMessageKey = bytes(config.defaultMessageKey().orElse(null));
      defaultPartitionKey = bytes(config.defaultPartitionKey().orElse(null));
    }

    private static Header header(String name, String value) {
      return new RecordHeader(name, value == null ? null : bytes(value));
    }

    private static byte[] bytes(String text) {
      return text == null ? null : text.getBytes(StandardCharsets.UTF_8);
    }
  }

  private final Plan plan;
  private final MessageFields fields;
  private final Bytes injected = new Bytes(512);
  private final Bytes changed = new Bytes(512);
  private final Bytes text = new Bytes(1024);

  MessageComposer(Plan plan) {
    this.plan = plan;
    this.fields = new MessageFields(plan.config);
  }

  /**
   * Makes the message of an event.
   *
   * @throws FormatException where the record cannot be sent
   */
  Message compose(String tag, long time, byte[] record, int offset, int length)
      throws FormatException {
    try {
      if (plan.injector.isEmpty()) {
        fields.read(record, offset, length);
      } else {
        injected.clear();
        plan.injector.inject(tag, time, record, offset, length, injected);
        fields.read(injected.array(), 0, injected.length());
      }
      byte[] key = or(fields.bytes(Field.MESSAGE_KEY), plan.defaultMessageKey);
      byte[] partitionKey = or(fields.bytes(Field.PARTITION_KEY), plan.defaultPartitionKey);
      Integer partition = fields.partition();
      byte[] topic = plan.topicOfRecord ? fields.bytes(Field.TOPIC) : null;
      List<Header> headers = headers();
      byte[] value = value(tag, time);
      return new Message(
          topic == null ? null : new String(topic, StandardCharsets.UTF_8),
          partition == null ? plan.config.defaultPartition().orElse(null) : partition,
          or(partitionKey, key),
          key,
          headers,
          value);
    } catch (MsgpackException e) {
      throw new FormatException(e.getMessage());
    }
  }

  private static byte[] or(byte[] given, byte[] other) {
    return given == null ? other : given;
  }

  private List<Header> headers() {
    if (plan.fieldHeaders.isEmpty()) {
      return plan.headers;
    }
    List<Header> all = new ArrayList<>(plan.headers);
    plan.fieldHeaders.forEach(
        (name, accessor) -> {
          MsgpackReader reader =
              new MsgpackReader(fields.record(), fields.offset(), fields.length());
          int length = accessor.find(reader);
          if (length > 0 && !reader.peekNil()) {
            text.clear();
            FieldText.write(reader, text);
            all.add(new RecordHeader(name, text.toByteArray()));
          }
        });
    return all;
  }

  private byte[] value(String tag, long time) throws FormatException {
    byte[] record = fields.record();
    int offset = fields.offset();
    int length = fields.length();
    if (!plan.excluded.isEmpty()) {
      Map<String, Object> map = new MsgpackReader(record, offset, length).readRecord();
      plan.excluded.forEach(field -> field.delete(map));
      changed.clear();
      new MsgpackWriter(changed).value(map);
      record = changed.array();
      offset = 0;
      length = changed.length();
    }
    if (plan.recordKey != null) {
      MsgpackReader reader = new MsgpackReader(record, offset, length);
      int found = plan.recordKey.find(reader);
      record = found < 0 ? NIL : record;
      offset = found < 0 ? 0 : reader.position();
      length = found < 0 ? 1 : found;
    }
    text.clear();
    plan.formatter.format(tag, time, record, offset, length, text);
    long limit = plan.config.maxSendLimitBytes().map(size -> size.bytes()).orElse(Long.MAX_VALUE);
    if (text.length() > limit) {
      throw new FormatException(
          "record size exceeds max_send_limit_bytes. Skip event: record_size="
              + text.length()
              + ", max_send_limit_bytes="
              + limit);
    }
    return text.toByteArray();
  }
}
