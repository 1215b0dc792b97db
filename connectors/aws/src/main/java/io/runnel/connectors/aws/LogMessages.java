package io.runnel.connectors.aws;

import io.runnel.event.Event;
import io.runnel.event.EventBuilder;
import io.runnel.event.EventTime;
import io.runnel.event.Json;
import io.runnel.plugin.ParseException;
import io.runnel.plugin.Parser;
import io.runnel.plugin.PluginContext;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/**
 * Makes events of messages of log streams and emits them. Used by one thread.
 *
 * @param parser how messages are read; as JSON where absent
 * @param serviceTime takes the service's time, not the parser's
 * @param groupField the field of the group's name
 * @param metadata adds the map {@code metadata}
 */
record LogMessages(
    PluginContext context,
    String tag,
    Optional<Parser> parser,
    boolean serviceTime,
    Optional<String> groupField,
    boolean metadata) {
  void emit(String group, String stream, List<?> messages) {
    EventBuilder events = new EventBuilder();
    for (Object each : messages) {
      if (each instanceof Map<?, ?> map
          && map.get("message") instanceof String text
          && map.get("timestamp") instanceof Number millis) {
        add(group, stream, text, EventTime.ofMillis(millis.longValue()), events);
      }
    }
    if (!events.isEmpty()) {
      context.emitter().emit(tag, events.take());
    }
  }

  private void add(String group, String stream, String text, long time, EventBuilder out) {
    if (parser.isEmpty()) {
      try {
        if (!(Json.parse(text) instanceof Map<?, ?> map)) {
          throw new IllegalArgumentException("no JSON object");
        }
        out.add(time, withNames(group, stream, strings(map)));
      } catch (IllegalArgumentException e) {
        context.log().error("Invalid JSON encountered while parsing event.message");
        context.emitter().emitError(tag, time, Map.of("message", text), e);
      }
      return;
    }
    byte[] bytes = text.getBytes(StandardCharsets.UTF_8);
    EventBuilder parsed = new EventBuilder();
    parsed.defaultTime(time);
    try {
      if (parser.get().parse(bytes, 0, bytes.length, parsed) == 0) {
        throw new ParseException("pattern not matched");
      }
    } catch (ParseException e) {
      context.emitter().emitError(tag, time, Map.of("message", text), e);
      return;
    }
    for (Event event : parsed.take().events()) {
      out.add(serviceTime ? time : event.time(), withNames(group, stream, event.record()));
    }
  }

  @SuppressWarnings("unchecked") // keys of JSON are texts
  private static Map<String, Object> strings(Map<?, ?> map) {
    return (Map<String, Object>) map;
  }

  private Map<String, Object> withNames(String group, String stream, Map<String, Object> record) {
    groupField.ifPresent(field -> record.put(field, group));
    if (metadata) {
      record.put("metadata", Map.of("log_group_name", group, "log_stream_name", stream));
    }
    return record;
  }
}
