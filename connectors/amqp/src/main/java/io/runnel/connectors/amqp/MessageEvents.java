package io.runnel.connectors.amqp;

import com.rabbitmq.client.Delivery;
import io.runnel.config.TimeConfig;
import io.runnel.event.EventBuilder;
import io.runnel.event.EventTime;
import io.runnel.event.MsgpackWriter;
import io.runnel.plugin.ParseException;
import io.runnel.plugin.Parser;
import io.runnel.plugin.PluginContext;
import io.runnel.plugin.TaggedStream;
import io.runnel.time.TimeParseException;
import io.runnel.time.TimeParser;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/**
 * Makes events of messages. One that the parser does not take becomes {@code message}, as with the
 * gem. Used by one thread.
 */
final class MessageEvents {
  private final String tag;
  private final boolean tagKey;
  private final Optional<String> tagHeader;
  private final Optional<String> timeHeader;
  private final Optional<Parser> parser;
  private final TimeParser timeParser = TimeConfig.of(null).parser();
  private final PluginContext context;
  private final Map<String, EventBuilder> builders = new LinkedHashMap<>();

  MessageEvents(
      String tag,
      boolean tagKey,
      Optional<String> tagHeader,
      Optional<String> timeHeader,
      Optional<Parser> parser,
      PluginContext context) {
    this.tag = tag;
    this.tagKey = tagKey;
    this.tagHeader = tagHeader;
    this.timeHeader = timeHeader;
    this.parser = parser;
    this.context = context;
  }

  void add(Delivery delivery) {
    EventBuilder builder = builders.computeIfAbsent(tag(delivery), ignored -> new EventBuilder());
    long now = EventTime.ofMillis(context.clock().millis());
    Optional<Long> given = timeHeader.flatMap(name -> header(delivery, name)).flatMap(this::time);
    byte[] body = delivery.getBody();
    if (parser.isPresent() && isParsed(body, builder, given, now)) {
      return;
    }
    builder.begin();
    builder.time(given.orElse(now));
    MsgpackWriter writer = builder.record();
    writer.mapHeader(1);
    writer.string("message");
    writer.string(body, 0, body.length);
    builder.commit();
  }

  private boolean isParsed(byte[] body, EventBuilder builder, Optional<Long> given, long now) {
    EventBuilder parsed = new EventBuilder();
    try {
      if (parser.get().parse(body, 0, body.length, parsed) > 0) {
        parsed
            .take()
            .events()
            .forEach(
                event -> {
                  long time = event.time() == EventTime.NONE ? now : event.time();
                  builder.add(given.orElse(time), event.record());
                });
        return true;
      }
    } catch (ParseException e) {
      context.log().debug("parse error", "error", e);
    }
    context.log().warn("failed to parse " + new String(body, StandardCharsets.UTF_8));
    return false;
  }

  private String tag(Delivery delivery) {
    String key = delivery.getEnvelope().getRoutingKey();
    if (tagKey && !key.isEmpty()) {
      return key;
    }
    return tagHeader.flatMap(name -> header(delivery, name)).orElse(tag);
  }

  private static Optional<String> header(Delivery delivery, String name) {
    Map<String, Object> headers = delivery.getProperties().getHeaders();
    return Optional.ofNullable(headers == null ? null : headers.get(name)).map(Object::toString);
  }

  private Optional<Long> time(String text) {
    byte[] bytes = text.getBytes(StandardCharsets.UTF_8);
    try {
      return Optional.of(timeParser.parse(bytes, 0, bytes.length));
    } catch (TimeParseException e) {
      context.log().warn("time_header holds no time, so now is taken", "value", text);
      return Optional.empty();
    }
  }

  /** The events so far, by tag. */
  List<TaggedStream> take() {
    List<TaggedStream> streams = new ArrayList<>();
    builders.forEach((name, builder) -> streams.add(new TaggedStream(name, builder.take())));
    builders.clear();
    return streams;
  }
}
