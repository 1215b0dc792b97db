package io.runnel.connectors.mongo;

import io.runnel.config.TimeConfig;
import io.runnel.event.EventBuilder;
import io.runnel.event.EventTime;
import io.runnel.event.RawBytes;
import io.runnel.plugin.PluginContext;
import io.runnel.plugin.TaggedStream;
import io.runnel.time.TimeParseException;
import io.runnel.time.TimeParser;
import java.math.BigDecimal;
import java.nio.charset.StandardCharsets;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Date;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.bson.Document;
import org.bson.types.Binary;
import org.bson.types.Decimal128;
import org.bson.types.ObjectId;

/**
 * Makes events of documents. Ids become text ({@code _id} as {@code _id_str}), dates ISO 8601 in
 * UTC, what MessagePack has nothing for the text of the driver. Used by one thread.
 */
final class DocumentEvents {
  private static final String MISSING_TAG = "mongo.missing_tag";

  private final Optional<String> tag;
  private final Optional<String> tagKey;
  private final Optional<String> timeKey;
  private final TimeParser timeParser;
  private final PluginContext context;
  private final Map<String, EventBuilder> builders = new LinkedHashMap<>();

  DocumentEvents(
      Optional<String> tag,
      Optional<String> tagKey,
      Optional<String> timeKey,
      Optional<String> timeFormat,
      PluginContext context) {
    this.tag = tag;
    this.tagKey = tagKey;
    this.timeKey = timeKey;
    this.timeParser = TimeConfig.of(timeFormat.orElse(null)).parser(context.clock());
    this.context = context;
  }

  void add(Document document) {
    long now = EventTime.ofMillis(context.clock().millis());
    long time = timeKey.map(key -> time(document.remove(key), now)).orElse(now);
    String name = tag.orElse(MISSING_TAG);
    if (tagKey.isPresent()) {
      Object own = document.remove(tagKey.get());
      name = own == null ? MISSING_TAG : own.toString();
    }
    Object id = document.remove("_id");
    if (id != null) {
      document.put("_id_str", id.toString());
    }
    builders.computeIfAbsent(name, ignored -> new EventBuilder()).add(time, map(document));
  }

  /** The events so far, by tag. */
  List<TaggedStream> take() {
    List<TaggedStream> streams = new ArrayList<>();
    builders.forEach((name, builder) -> streams.add(new TaggedStream(name, builder.take())));
    builders.clear();
    return streams;
  }

  private long time(Object value, long now) {
    return switch (value) {
      case null -> now;
      case Date date -> EventTime.ofMillis(date.getTime());
      case ObjectId id -> EventTime.pack(id.getTimestamp(), 0);
      case Integer n -> EventTime.pack(n, 0);
      case Long n -> EventTime.pack(n, 0);
      case Double d -> EventTime.ofDouble(d);
      default -> text(value.toString(), now);
    };
  }

  private long text(String text, long now) {
    byte[] bytes = text.getBytes(StandardCharsets.UTF_8);
    try {
      return timeParser.parse(bytes, 0, bytes.length);
    } catch (TimeParseException e) {
      context.log().warn("time_key holds no time, so now is taken", "value", text);
      return now;
    }
  }

  private static Map<String, Object> map(Map<?, ?> document) {
    Map<String, Object> map = new LinkedHashMap<>();
    document.forEach((key, value) -> map.put(key.toString(), value(value)));
    return map;
  }

  private static Object value(Object value) {
    return switch (value) {
      case null -> null;
      case Map<?, ?> map -> map(map);
      case List<?> list -> {
        List<Object> copy = new ArrayList<>();
        list.forEach(each -> copy.add(value(each)));
        yield copy;
      }
      case Date date -> Instant.ofEpochMilli(date.getTime()).toString();
      case Binary binary -> new RawBytes(binary.getData(), true);
      case Decimal128 decimal -> decimal(decimal);
      default -> value;
    };
  }

  /** Whole numbers that come from this connector's output as what they were. */
  private static Object decimal(Decimal128 decimal) {
    if (decimal.isNaN() || decimal.isInfinite()) {
      return decimal.toString();
    }
    BigDecimal exact = decimal.bigDecimalValue();
    boolean unsigned = exact.scale() == 0 && exact.signum() >= 0 && exact.precision() <= 20;
    return unsigned && exact.toBigInteger().bitLength() <= Long.SIZE
        ? exact.toBigInteger()
        : decimal.toString();
  }
}
