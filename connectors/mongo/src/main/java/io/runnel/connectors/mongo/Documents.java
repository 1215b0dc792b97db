package io.runnel.connectors.mongo;

import io.runnel.config.ConfigException;
import io.runnel.event.EventTime;
import io.runnel.event.RawBytes;
import io.runnel.event.RecordAccessor;
import io.runnel.log.Log;
import io.runnel.time.TimeParseException;
import io.runnel.time.TimeParser;
import io.runnel.time.Zone;
import java.math.BigDecimal;
import java.math.BigInteger;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.Date;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.bson.Document;
import org.bson.types.Binary;
import org.bson.types.Decimal128;
import org.bson.types.ObjectId;

/**
 * Makes documents of records. Integers take the smaller of BSON's two kinds that holds them, those
 * above 64 bits become Decimal128, binary strings Binary. Immutable.
 */
final class Documents {
  /** From here on a number is of milliseconds: the gem's rule. */
  private static final long FIRST_MILLIS = 10_000_000_000L;

  private static final long SECOND_MILLIS = 1000;
  private static final int NANOS_OF_MILLI = 1_000_000;

  private final DocumentConfig config;
  private final Log log;
  private final List<RecordAccessor> dates;
  private final List<RecordAccessor> objectIds;
  private final TimeParser text;

  /**
   * @throws ConfigException where a key is no accessor
   */
  Documents(DocumentConfig config, Zone zone, Log log) {
    this.config = config;
    this.log = log;
    dates = accessors("date_keys", config.dateKeys());
    objectIds = accessors("object_id_keys", config.objectIdKeys());
    text = TimeParser.text(null, zone, io.runnel.host.Clock.system());
  }

  private static List<RecordAccessor> accessors(String parameter, List<String> keys) {
    try {
      return keys.stream().map(RecordAccessor::of).toList();
    } catch (IllegalArgumentException e) {
      throw new ConfigException(parameter + ": " + e.getMessage(), io.runnel.config.Place.NONE, e);
    }
  }

  /**
   * A document of its own, that shares nothing with the record.
   *
   * @param timeKey the field that gets the time as a date; empty for none
   * @param time packed EventTime
   * @throws IllegalArgumentException where MongoDB has nothing for a value
   */
  Document document(Map<String, Object> record, Optional<String> timeKey, long time) {
    Document document = map(record);
    timeKey.ifPresent(key -> document.put(key(key), date(time)));
    for (RecordAccessor date : dates) {
      if (date.exists(document)) {
        date.set(document, date(date, date.get(document)));
      }
    }
    for (RecordAccessor id : objectIds) {
      if (id.exists(document)) {
        id.set(document, objectId(id, id.get(document)));
      }
    }
    return document;
  }

  private Document map(Map<?, ?> map) {
    Document document = new Document();
    map.forEach((key, value) -> document.put(key(String.valueOf(key)), value(value)));
    return document;
  }

  private String key(String key) {
    String text = key;
    if (config.replaceDotInKeyWith().isPresent() && text.indexOf('.') >= 0) {
      text = text.replace(".", config.replaceDotInKeyWith().get());
    }
    if (config.replaceDollarInKeyWith().isPresent() && text.startsWith("$")) {
      text = config.replaceDollarInKeyWith().get() + text.substring(1);
    }
    return text;
  }

  private Object value(Object value) {
    return switch (value) {
      case null -> null;
      case Map<?, ?> map -> map(map);
      case List<?> list -> {
        List<Object> copy = new ArrayList<>(list.size());
        list.forEach(each -> copy.add(value(each)));
        yield copy;
      }
      case BigInteger big -> new Decimal128(new BigDecimal(big));
      case Double d -> d;
      case Float f -> f.doubleValue();
      case Number number -> integer(number.longValue());
      case EventTime time -> date(time.pack());
      case RawBytes raw -> raw.binary() ? new Binary(raw.bytes()) : raw.toString();
      default -> value;
    };
  }

  private static Object integer(long value) {
    if (value == (int) value) {
      return (int) value;
    }
    return value;
  }

  private static Date date(long time) {
    return new Date(
        EventTime.seconds(time) * SECOND_MILLIS + EventTime.nanos(time) / NANOS_OF_MILLI);
  }

  private Date date(RecordAccessor key, Object value) {
    try {
      return switch (value) {
        case null -> null;
        case Date date -> date;
        case Integer n -> ofNumber(n);
        case Long n -> ofNumber(n);
        case Double d -> new Date(Math.round(d * SECOND_MILLIS));
        case String s -> ofText(s);
        default -> throw new NumberFormatException();
      };
    } catch (TimeParseException | NumberFormatException e) {
      log.warn(
          "Failed to parse '"
              + key.source()
              + "' field. Expected date types are Integer/Float/String/EventTime: "
              + value);
      return null;
    }
  }

  private static Date ofNumber(long number) {
    return new Date(number >= FIRST_MILLIS ? number : number * SECOND_MILLIS);
  }

  private Date ofText(String value) throws TimeParseException {
    if (config.parseStringNumberDate() && value.matches("-?\\d{1,18}")) {
      return ofNumber(Long.parseLong(value));
    }
    if (config.parseStringNumberDate() && value.matches("-?\\d{1,18}\\.\\d{1,18}")) {
      return new Date(Math.round(Double.parseDouble(value) * SECOND_MILLIS));
    }
    byte[] bytes = value.getBytes(StandardCharsets.UTF_8);
    return date(text.parse(bytes, 0, bytes.length));
  }

  private ObjectId objectId(RecordAccessor key, Object value) {
    if (value instanceof ObjectId id) {
      return id;
    }
    if (value instanceof String hex && ObjectId.isValid(hex)) {
      return new ObjectId(hex);
    }
    if (value != null) {
      log.warn(
          "Failed to parse '"
              + key.source()
              + "' field. Expected object_id types are String: "
              + value);
    }
    return null;
  }
}
