package io.runnel.connectors.amqp;

import io.runnel.config.ConfigException;
import io.runnel.config.Doc;
import io.runnel.event.EventTime;
import io.runnel.event.Json;
import io.runnel.event.RawBytes;
import java.math.BigDecimal;
import java.math.BigInteger;
import java.time.Instant;
import java.time.ZoneOffset;
import java.time.format.DateTimeFormatter;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/** The headers of messages. Immutable. */
final class Headers {
  /** As Ruby writes a time. */
  private static final DateTimeFormatter TIME =
      DateTimeFormatter.ofPattern("uuuu-MM-dd HH:mm:ss 'UTC'").withZone(ZoneOffset.UTC);

  /** {@code <header>}. */
  record Config(
      @Doc("The header's name.") String name,
      @Doc("What it is where the record has nothing for it.") @io.runnel.config.Name("default")
          Optional<String> defaultValue,
      @Doc("Where its value is in the record: names with dots, or a JSON array of them.")
          Optional<String> source) {
    Config {
      if (defaultValue.isEmpty() && source.isEmpty()) {
        throw new ConfigException(
            "At least 'default' or 'source' must must be defined in a header configuration"
                + " section.");
      }
    }
  }

  private record Header(String name, Optional<String> defaultValue, List<?> path) {}

  private final List<Header> headers;
  private final Optional<String> tagHeader;
  private final Optional<String> timeHeader;

  Headers(List<Config> configs, Optional<String> tagHeader, Optional<String> timeHeader) {
    this.headers =
        configs.stream()
            .map(c -> new Header(c.name, c.defaultValue, c.source.map(Headers::path).orElse(null)))
            .toList();
    this.tagHeader = tagHeader;
    this.timeHeader = timeHeader;
  }

  private static List<?> path(String source) {
    if (!source.startsWith("[")) {
      return List.of(source.split("\\."));
    }
    try {
      return (List<?>) Json.parse(source);
    } catch (IllegalArgumentException | ClassCastException e) {
      throw new ConfigException(
          "source: " + source + " is no JSON array", io.runnel.config.Place.NONE, e);
    }
  }

  /** A header that is given twice takes the last value that there is. */
  Map<String, Object> of(String tag, long time, Map<String, Object> record) {
    Map<String, Object> all = new LinkedHashMap<>();
    for (Header header : headers) {
      Object found = header.path == null ? null : lookup(record, header.path);
      Object value = found == null ? header.defaultValue.orElse(null) : value(found);
      if (value != null) {
        all.put(header.name, value);
      }
    }
    tagHeader.ifPresent(name -> all.put(name, tag));
    timeHeader.ifPresent(
        name -> all.put(name, TIME.format(Instant.ofEpochSecond(EventTime.seconds(time)))));
    return all;
  }

  private static Object lookup(Map<String, Object> record, List<?> path) {
    Object value = record;
    for (Object step : path) {
      if (value instanceof Map<?, ?> map) {
        value = map.get(String.valueOf(step));
      } else if (value instanceof List<?> list && step instanceof Long n && n < list.size()) {
        value = list.get(n.intValue());
      } else {
        return null;
      }
    }
    return value;
  }

  /** What AMQP's tables hold. */
  private static Object value(Object value) {
    return switch (value) {
      case Map<?, ?> map -> Json.write(map);
      case List<?> list -> Json.write(list);
      case BigInteger big -> new BigDecimal(big).toString();
      case RawBytes raw -> raw.bytes();
      case EventTime time -> time.toString();
      default -> value;
    };
  }
}
