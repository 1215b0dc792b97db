package io.runnel.connectors.httpservices;

import io.runnel.config.ConfigException;
import io.runnel.config.LegacyParameters;
import io.runnel.event.Bytes;
import io.runnel.event.MsgpackReader;
import io.runnel.event.MsgpackWriter;
import io.runnel.plugin.BufferDefaults;
import io.runnel.plugin.Chunk;
import io.runnel.plugin.Output;
import io.runnel.plugin.OutputContext;
import io.runnel.plugin.PluginType;
import io.runnel.plugins.client.Batch;
import io.runnel.plugins.client.BatchDelivery;
import io.runnel.plugins.client.ChunkEvent;
import io.runnel.plugins.client.HttpDestination;
import io.runnel.plugins.common.InjectConfig;
import io.runnel.plugins.common.Injector;
import java.io.IOException;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/** Posts events to channels of Slack (fluent-plugin-slack). */
final class SlackOutput implements Service<String> {
  static final PluginType<SlackConfig, OutputContext, Output> TYPE =
      PluginType.output("slack", SlackConfig.class, SlackOutput::output)
          .aliases("buffered_slack")
          .legacy(LegacyParameters.BUFFER, LegacyParameters.INJECT)
          .buffered(BufferDefaults.of(List.of(), "@type", "memory"));

  /** A message may have 40,000 characters. */
  private static final int MOST_BYTES = 38_000;

  private final SlackConfig config;
  private final SlackClient client;
  private final Injector injector;
  private final OutputContext context;
  private final MessageFormat channel;
  private final MessageFormat message;
  private final Optional<MessageFormat> title;

  private SlackOutput(SlackConfig config, SlackClient client, OutputContext context) {
    this.config = config;
    this.client = client;
    this.context = context;
    injector = Injector.of(Optional.of(inject(config, context)), context);
    String name = config.channel().startsWith("#") ? config.channel() : "#" + config.channel();
    channel = format("channel", name, config.channelKeys());
    message = format("message", config.message(), config.messageKeys());
    title = config.title().map(text -> format("title", text, config.titleKeys()));
  }

  private static Output output(SlackConfig config, OutputContext context) {
    HttpDestination http =
        HttpDestination.of(context).proxy(config.httpsProxy(), "https_proxy").build();
    SlackClient client = SlackClient.of(config, http, context);
    return new ServiceOutput<>(
        context,
        http,
        new BatchDelivery.Limits(Integer.MAX_VALUE, MOST_BYTES, 1),
        new SlackOutput(config, client, context));
  }

  /** Tag and time are always there to be used in messages. */
  private static InjectConfig inject(SlackConfig config, OutputContext context) {
    InjectConfig given = config.inject().orElse(SlackConfig.NO_INJECT);
    InjectConfig named =
        new InjectConfig(
            given.hostnameKey(),
            given.hostname(),
            given.workerIdKey(),
            given.tagKey().or(() -> Optional.of("tag")),
            given.timeKey().or(() -> Optional.of("time")),
            given.timeType(),
            given.timeFormat(),
            given.localtime(),
            given.utc(),
            given.timezone(),
            given.timeFormatFallbacks());
    return context
        .element()
        .section("inject")
        .map(section -> named.textTimes(section, SlackConfig.TIME_FORMAT))
        .orElseGet(
            () -> named.textTimes(context.element().copyAs("inject", ""), SlackConfig.TIME_FORMAT));
  }

  private MessageFormat format(String name, String text, List<String> keys) {
    if (keys.isEmpty()) {
      return MessageFormat.fixed(text);
    }
    try {
      return MessageFormat.of(text, keys);
    } catch (IllegalArgumentException e) {
      throw new ConfigException(
          "string specifier '%%s' for `%s` and `%s_keys` specification mismatch"
              .formatted(name, name),
          context.element().placeOf(context.element().has(name) ? name : name + "_keys"),
          e);
    }
  }

  /** The entry is {@code [tag, title, message]}. */
  @Override
  public String encode(Chunk chunk, ChunkEvent event, Bytes out) {
    Bytes injected = new Bytes(event.length() + 64);
    injector.inject(
        event.tag(), event.time(), event.bytes(), event.offset(), event.length(), injected);
    Map<String, Object> record =
        new MsgpackReader(injected.array(), 0, injected.length()).readRecord();
    MsgpackWriter writer = new MsgpackWriter(out);
    writer.arrayHeader(3);
    writer.string(event.tag());
    writer.string(title.map(format -> format.text(record, this::missing)).orElse(""));
    writer.string(message.text(record, this::missing));
    return channel.text(record, this::missing);
  }

  private void missing(String key) {
    context.log().warn("out_slack: the specified key '" + key + "' not found in record.");
  }

  @Override
  public void send(Batch<String> batch) throws IOException {
    client.post(payload(batch));
  }

  private Map<String, Object> payload(Batch<String> batch) {
    StringBuilder text = new StringBuilder();
    Map<String, String> titles = new LinkedHashMap<>();
    Map<String, StringBuilder> texts = new LinkedHashMap<>();
    for (int i = 0; i < batch.count(); i++) {
      MsgpackReader entry = new MsgpackReader(batch.array(), batch.from(i), batch.length(i));
      entry.readArrayHeader();
      String tag = entry.readString();
      titles.putIfAbsent(tag, entry.readString());
      String line = entry.readString() + "\n";
      texts.computeIfAbsent(tag, ignored -> new StringBuilder()).append(line);
      text.append(line);
    }
    Map<String, Object> payload = new LinkedHashMap<>();
    payload.put("channel", batch.key());
    if (title.isPresent()) {
      payload.put("attachments", List.of(attachment(titles, texts)));
    } else if (config.color().isPresent()) {
      Map<String, Object> attachment = new LinkedHashMap<>();
      attachment.put("fallback", text.toString());
      attachment.put("text", text.toString());
      payload.put("attachments", List.of(common(attachment)));
    } else {
      payload.put("text", text.toString());
    }
    config.asUser().ifPresent(value -> payload.put("as_user", value));
    config.username().ifPresent(value -> payload.put("username", value));
    config.iconEmoji().ifPresent(value -> payload.put("icon_emoji", value));
    config.iconUrl().ifPresent(value -> payload.put("icon_url", value));
    if (config.mrkdwn()) {
      payload.put("mrkdwn", true);
    }
    if (config.linkNames()) {
      payload.put("link_names", true);
    }
    config.parse().ifPresent(value -> payload.put("parse", value));
    return payload;
  }

  private Map<String, Object> attachment(
      Map<String, String> titles, Map<String, StringBuilder> texts) {
    List<Object> fields = new ArrayList<>();
    List<String> fallback = new ArrayList<>();
    titles.forEach(
        (tag, text) -> {
          fields.add(Map.of("title", text, "value", texts.get(tag).toString()));
          fallback.add(config.verboseFallback() ? text + " " + texts.get(tag) : text);
        });
    Map<String, Object> attachment = new LinkedHashMap<>();
    attachment.put("fallback", String.join(" ", fallback));
    attachment.put("fields", fields);
    return common(attachment);
  }

  private Map<String, Object> common(Map<String, Object> attachment) {
    config.color().ifPresent(value -> attachment.put("color", value));
    if (config.mrkdwn()) {
      attachment.put("mrkdwn_in", List.of("text", "fields"));
    }
    return attachment;
  }
}
