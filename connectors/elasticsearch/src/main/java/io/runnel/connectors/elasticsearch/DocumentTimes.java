package io.runnel.connectors.elasticsearch;

import io.runnel.event.Bytes;
import io.runnel.event.EventTime;
import io.runnel.host.Clock;
import io.runnel.plugin.PluginContext;
import io.runnel.time.Strftime;
import io.runnel.time.TimeParseException;
import io.runnel.time.TimeParser;
import io.runnel.time.Zone;
import java.util.LinkedHashMap;
import java.util.Map;

/** Reads the times of documents and writes {@code @timestamp}. Safe for use by several threads. */
final class DocumentTimes {
  private final PluginContext context;
  private final DocumentConfig config;
  private final TimeParser parser;
  private final Strftime iso;
  private final Zone zone;

  DocumentTimes(DocumentConfig config, PluginContext context) {
    this.config = config;
    this.context = context;
    Clock clock = context.clock();
    // A text without a zone is UTC: DateTime.parse and DateTime.strptime say so.
    parser = TimeParser.text(config.timeKeyFormat().orElse(null), Zone.UTC, clock);
    String fraction = config.timePrecision() > 0 ? ".%" + config.timePrecision() + "N" : "";
    iso = Strftime.compile("%Y-%m-%dT%H:%M:%S" + fraction + "%:z");
    zone = Zone.of(context.zone());
  }

  Zone zone() {
    return zone;
  }

  /** The text for {@code @timestamp}. */
  void write(long time, Bytes out) {
    iso.format(time, zone, out);
  }

  String text(long time) {
    Bytes out = new Bytes(40);
    write(time, out);
    return out.toString();
  }

  /** The time that a field holds; the event's own, and an error event, where it holds none. */
  long parse(Object value, long eventTime, String tag) {
    try {
      if (value instanceof Long || value instanceof Integer) {
        return EventTime.pack(((Number) value).longValue(), 0);
      }
      if (value instanceof Double seconds) {
        return EventTime.ofDouble(seconds);
      }
      if (value instanceof String text) {
        return parser.parse(text);
      }
      throw new IllegalArgumentException("no time: " + value);
    } catch (TimeParseException | IllegalArgumentException e) {
      Map<String, Object> record = new LinkedHashMap<>();
      record.put("tag", tag);
      record.put("time", EventTime.seconds(eventTime));
      record.put("format", config.timeKeyFormat().orElse(null));
      record.put("value", value);
      long now = EventTime.ofMillis(context.clock().millis());
      context.emitter().emitError(config.timeParseErrorTag(), now, record, e);
      return eventTime;
    }
  }
}
