package io.runnel.connectors.aws;

import io.runnel.config.ConfigException;
import io.runnel.config.LegacyParameters;
import io.runnel.event.Bytes;
import io.runnel.event.MsgpackReader;
import io.runnel.event.MsgpackToJson;
import io.runnel.event.MsgpackWriter;
import io.runnel.plugin.BufferDefaults;
import io.runnel.plugin.BufferedOutput;
import io.runnel.plugin.Chunk;
import io.runnel.plugin.FormatException;
import io.runnel.plugin.Formatter;
import io.runnel.plugin.Output;
import io.runnel.plugin.OutputContext;
import io.runnel.plugin.PluginType;
import io.runnel.plugins.client.BatchDelivery;
import io.runnel.plugins.client.ChunkEvent;
import io.runnel.plugins.common.FieldText;
import io.runnel.plugins.common.Injector;
import java.io.IOException;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Optional;
import java.util.stream.Collectors;
import java.util.stream.Stream;

/** Writes events to Amazon CloudWatch Logs (fluent-plugin-cloudwatch-logs). */
public final class CloudwatchLogsOutput implements BufferedOutput {
  public static final PluginType<LogsOutputConfig, OutputContext, Output> TYPE =
      PluginType.output("cloudwatch_logs", LogsOutputConfig.class, CloudwatchLogsOutput::new)
          .legacy(LegacyParameters.BUFFER, LegacyParameters.INJECT)
          .buffered(BufferDefaults.of(java.util.List.of(), "@type", "memory"));

  /** A batch is sorted as a whole; {@link LogRequests} keeps the service's limits. */
  private static final BatchDelivery.Limits LIMITS =
      new BatchDelivery.Limits(Integer.MAX_VALUE, 16 << 20, 0);

  private final LogsOutputConfig config;
  private final OutputContext context;
  private final AwsService service;
  private final LogGroups groups;
  private final LogRequests requests;
  private final Injector injector;
  private final Formatter formatter;
  private final BatchDelivery<LogTarget> delivery;

  CloudwatchLogsOutput(LogsOutputConfig config, OutputContext context) {
    this.config = config;
    this.context = context;
    one("log_group_name", "use_tag_as_group", "log_group_name_key");
    one("log_stream_name", "use_tag_as_stream", "log_stream_name_key");
    notBoth("log_group_aws_tags", "log_group_aws_tags_key");
    notBoth("retention_in_days", "retention_in_days_key");
    service = config.access().service(context);
    groups = new LogGroups(service, context.log());
    requests =
        new LogRequests(
            service,
            config.autoCreateStream() ? Optional.of(groups) : Optional.empty(),
            config.maxEventsPerBatch(),
            config.logRejectedRequest(),
            context.log());
    injector = Injector.of(config.inject(), context);
    formatter = config.format().present() ? context.formatter(config.format()) : null;
    delivery = new BatchDelivery<>(context, LIMITS);
  }

  private void one(String first, String second, String third) {
    long given = Stream.of(first, second, third).filter(context.element()::has).count();
    if (given != 1) {
      throw new ConfigException(
          "Set only one of " + first + ", " + second + " and " + third, context.element().place());
    }
  }

  private void notBoth(String first, String second) {
    if (context.element().has(first) && context.element().has(second)) {
      throw new ConfigException(
          "Set only one of " + first + ", " + second, context.element().placeOf(second));
    }
  }

  @Override
  public Formatter chunkFormat() {
    return delivery.chunkFormat();
  }

  @Override
  public void start() throws Exception {
    if (formatter != null) {
      formatter.start();
    }
    service.start();
  }

  @Override
  public void stop() {
    service.stop();
    if (formatter != null) {
      formatter.stop();
    }
  }

  @Override
  public void close() {
    service.close();
    if (formatter != null) {
      formatter.close();
    }
  }

  @Override
  public void write(Chunk chunk) throws IOException {
    Optional<String> group = config.logGroupName().map(chunk::expand);
    Optional<String> stream = config.logStreamName().map(chunk::expand);
    Map<String, Object> tags = new LinkedHashMap<>();
    config
        .logGroupAwsTags()
        .forEach((key, value) -> tags.put(chunk.expand(key), chunk.expand(String.valueOf(value))));
    delivery.deliver(
        chunk, (event, out) -> encode(event, group, stream, tags, out), requests::send);
  }

  private LogTarget encode(
      ChunkEvent event,
      Optional<String> groupName,
      Optional<String> streamName,
      Map<String, Object> tags,
      Bytes out)
      throws FormatException {
    Map<String, Object> record = record(event);
    Object group =
        name(
            event,
            record,
            groupName,
            config.useTagAsGroup(),
            config.logGroupNameKey(),
            config.removeLogGroupNameKey());
    Object stream =
        name(
            event,
            record,
            streamName,
            config.useTagAsStream(),
            config.logStreamNameKey(),
            config.removeLogStreamNameKey());
    if (group == null || stream == null) {
      throw new FormatException(
          (group == null ? "group_name" : "stream_name") + " is nil: the record has no such field");
    }
    LogTarget target = new LogTarget(FieldText.of(group), FieldText.of(stream));
    remember(target, record, tags);
    record.values().removeIf(""::equals);
    String message = message(event, record);
    if (message.isEmpty()) {
      context
          .log()
          .warn(
              "Within specified message_key(s): ("
                  + String.join(",", config.messageKeys())
                  + ") do not have non-empty record. Skip.");
      return null;
    }
    out.utf8(message);
    LogRequests.checkSize(target, out.length());
    return target;
  }

  private Map<String, Object> record(ChunkEvent event) {
    if (injector.isEmpty()) {
      return event.record();
    }
    Bytes injected = new Bytes(event.length() + 64);
    injector.inject(
        event.tag(), event.time(), event.bytes(), event.offset(), event.length(), injected);
    return new MsgpackReader(injected.array(), 0, injected.length()).readRecord();
  }

  private static Object name(
      ChunkEvent event,
      Map<String, Object> record,
      Optional<String> fixed,
      boolean tag,
      Optional<String> key,
      boolean remove) {
    if (tag) {
      return event.tag();
    }
    if (key.isPresent()) {
      return remove ? record.remove(key.get()) : record.get(key.get());
    }
    return fixed.orElse(null);
  }

  /** What the record says of a group that is perhaps to be made. */
  private void remember(LogTarget target, Map<String, Object> record, Map<String, Object> fixed) {
    Map<String, Object> tags = fixed;
    if (config.logGroupAwsTagsKey().isPresent()) {
      String key = config.logGroupAwsTagsKey().get();
      Object own = config.removeLogGroupAwsTagsKey() ? record.remove(key) : record.get(key);
      tags = new LinkedHashMap<>();
      if (own instanceof Map<?, ?> map) {
        for (Map.Entry<?, ?> each : map.entrySet()) {
          tags.put(each.getKey().toString(), FieldText.of(each.getValue()));
        }
      }
    }
    Long days = config.retentionInDays().map(Integer::longValue).orElse(null);
    if (config.retentionInDaysKey().isPresent()) {
      String key = config.retentionInDaysKey().get();
      Object own = config.removeRetentionInDaysKey() ? record.remove(key) : record.get(key);
      days = own instanceof Number number ? Long.valueOf(number.longValue()) : null;
    }
    if (config.autoCreateStream()) {
      groups.remember(target.group(), new LogGroups.Wishes(tags, days));
    }
  }

  private String message(ChunkEvent event, Map<String, Object> record) throws FormatException {
    String text;
    if (formatter != null) {
      Bytes packed = new Bytes(event.length() + 64);
      new MsgpackWriter(packed).value(record);
      Bytes out = new Bytes(event.length() + 64);
      formatter.format(event.tag(), event.time(), packed.array(), 0, packed.length(), out);
      text = out.toString();
    } else if (!config.messageKeys().isEmpty()) {
      text =
          config.messageKeys().stream()
              .map(key -> FieldText.of(record.get(key)))
              .filter(value -> !value.isEmpty())
              .collect(Collectors.joining(" "));
    } else {
      text = MsgpackToJson.text(record);
    }
    int most = config.maxMessageLength().orElse(Integer.MAX_VALUE);
    return text.length() <= most
        ? text
        : text.substring(
            0, text.offsetByCodePoints(0, Math.min(most, text.codePointCount(0, text.length()))));
  }
}
