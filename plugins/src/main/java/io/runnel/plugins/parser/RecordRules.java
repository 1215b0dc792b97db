package io.runnel.plugins.parser;

import io.runnel.event.EventTime;
import io.runnel.event.MsgpackReader;
import io.runnel.event.MsgpackWriter;
import io.runnel.event.RawBytes;
import io.runnel.host.Clock;
import io.runnel.plugin.ParseException;
import io.runnel.regexp.Regexp;
import io.runnel.time.TimeParseException;
import io.runnel.time.TimeParser;
import java.math.BigDecimal;
import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/**
 * What the shared parameters ask of every record: where its time is, which values become null, and
 * which change their type. Safe for use by several threads at once.
 */
final class RecordRules {
  private final ParserOptions options;
  private final TimeParser times;
  private final String timeKey;
  private final byte[] timeKeyBytes;
  private final Regexp nullPattern;
  private final boolean nullEmpty;
  private final Map<String, TypeConversion> conversions = new HashMap<>();
  private final Field[] special;
  private final byte[][] specialNames;

  RecordRules(ParserOptions options, Clock clock) {
    this.options = options;
    times = options.time().parser(clock);
    timeKey = options.timeKey().orElse(null);
    timeKeyBytes = timeKey == null ? null : timeKey.getBytes(StandardCharsets.UTF_8);
    nullPattern = options.nullValuePattern().map(pattern -> limited(pattern, options)).orElse(null);
    nullEmpty = options.nullEmptyString();
    Map<String, Field> named = new LinkedHashMap<>();
    options
        .types()
        .forEach(
            (key, spec) -> {
              conversions.put(key, TypeConversion.of(key, spec, options.time(), clock));
              named.put(key, field(key));
            });
    if (timeKey != null) {
      named.put(timeKey, field(timeKey));
    }
    special = named.values().toArray(Field[]::new);
    specialNames =
        named.keySet().stream()
            .map(name -> name.getBytes(StandardCharsets.UTF_8))
            .toArray(byte[][]::new);
  }

  /** A pattern that gives up after {@code timeout}, where there is one. */
  static Regexp limited(Regexp pattern, ParserOptions options) {
    return options
        .timeout()
        .map(limit -> pattern.withLimit(Math.max(1, limit.toMillis())))
        .orElse(pattern);
  }

  ParserOptions options() {
    return options;
  }

  /** False where the time of an event without one is not the current time. */
  boolean estimatesTime() {
    return options.estimateCurrentEvent();
  }

  boolean keepsTime() {
    return options.keepTimeKey();
  }

  /** The name of the field with the time in UTF-8; null where none has it. */
  byte[] timeKey() {
    return timeKeyBytes;
  }

  /** True where values of records may change their type or become null. */
  boolean changesValues() {
    return nullPattern != null || nullEmpty || !conversions.isEmpty();
  }

  /** What is done with a field whose name is known beforehand. */
  Field field(String name) {
    return Field.of(name, name.equals(timeKey), conversions.get(name));
  }

  /** What is done with a field whose name comes from a text; null for nothing special. */
  Field field(byte[] text, int from, int to) {
    for (int i = 0; i < special.length; i++) {
      byte[] name = specialNames[i];
      if (name.length == to - from && Arrays.equals(text, from, to, name, 0, name.length)) {
        return special[i];
      }
    }
    return null;
  }

  /** Writes the value of a text: null, converted or as it is. */
  void write(MsgpackWriter writer, TypeConversion conversion, byte[] text, int from, int to)
      throws ParseException {
    if (isNull(text, from, to)) {
      writer.nil();
    } else if (conversion == null) {
      writer.string(text, from, to - from);
    } else {
      conversion.write(writer, text, from, to);
    }
  }

  private boolean isNull(byte[] text, int from, int to) {
    return nullEmpty && from == to
        || nullPattern != null && nullPattern.matches(text, from, to - from);
  }

  /** Changes the values of a decoded record in place. */
  void change(Map<String, Object> record) throws ParseException {
    for (Map.Entry<String, Object> entry : record.entrySet()) {
      Object value = entry.getValue();
      if (value instanceof String text) {
        byte[] bytes = text.getBytes(StandardCharsets.UTF_8);
        value = isNull(bytes, 0, bytes.length) ? null : value;
      } else if (value instanceof RawBytes raw) {
        value = isNull(raw.bytes(), 0, raw.bytes().length) ? null : value;
      }
      TypeConversion conversion = conversions.get(entry.getKey());
      entry.setValue(conversion == null ? value : conversion.convert(value));
    }
  }

  /** Reads the time out of a text. */
  long time(byte[] text, int from, int to) throws ParseException {
    try {
      return times.parse(text, from, to - from);
    } catch (TimeParseException e) {
      throw new ParseException(e.getMessage(), e);
    }
  }

  /** The same for a parser that lets the error of a time through as it is. */
  long rawTime(byte[] text, int from, int to) throws ParseException {
    try {
      return times.parse(text, from, to - from);
    } catch (TimeParseException e) {
      throw new ParseException(e.errorClass(), e.getMessage(), e);
    }
  }

  /** Reads the time out of a packed value, before which the reader stands. */
  long time(MsgpackReader reader) throws ParseException {
    if (reader.peekString()) {
      int length = reader.readStringHeader();
      return time(reader.buffer(), reader.position(), reader.position() + length);
    }
    if (reader.peekEventTime()) {
      return reader.readTime();
    }
    Object value = reader.readValue();
    if (times.takesNumbers() && value instanceof Number number) {
      String text =
          number instanceof Double d ? BigDecimal.valueOf(d).toPlainString() : number.toString();
      byte[] digits = text.getBytes(StandardCharsets.ISO_8859_1);
      return time(digits, 0, digits.length);
    }
    throw noTime(value);
  }

  /** The fault of a time that is neither text nor, where numbers are taken, a number. */
  ParseException noTime(Object value) {
    String expected = times.takesNumbers() ? "a string or a number: " : "string: ";
    String shown = value == null ? "" : value.toString();
    return new ParseException("value must be " + expected + shown + "(" + rubyClass(value) + ")");
  }

  private static String rubyClass(Object value) {
    return switch (value) {
      case null -> "NilClass";
      case Boolean truth -> truth ? "TrueClass" : "FalseClass";
      case List<?> list -> "Array";
      case Map<?, ?> map -> "Hash";
      case Double number -> "Float";
      case Number number -> "Integer";
      default -> "String";
    };
  }

  /** Sets the time of the open event; {@link EventTime#NONE} leaves the builder's default. */
  static void setTime(io.runnel.event.EventBuilder out, long time) {
    if (time != EventTime.NONE) {
      out.time(time);
    }
  }
}
