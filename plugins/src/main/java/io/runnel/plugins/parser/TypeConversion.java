package io.runnel.plugins.parser;

import io.runnel.config.ConfigException;
import io.runnel.config.TimeConfig;
import io.runnel.event.Bytes;
import io.runnel.event.EventTime;
import io.runnel.event.Json;
import io.runnel.event.MsgpackReader;
import io.runnel.event.MsgpackWriter;
import io.runnel.event.RawBytes;
import io.runnel.host.Clock;
import io.runnel.plugin.ParseException;
import io.runnel.time.TimeParseException;
import io.runnel.time.TimeParser;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * What {@code types} asks for: turns the text of a field into a value. Safe for several threads.
 */
public sealed interface TypeConversion {
  /** Writes the value of a text. */
  void write(MsgpackWriter writer, byte[] text, int from, int to) throws ParseException;

  /** The same for a value that is decoded already; null stays null. */
  default Object convert(Object value) throws ParseException {
    if (value == null) {
      return null;
    }
    byte[] text =
        switch (value) {
          case RawBytes raw -> raw.bytes();
          case String string -> string.getBytes(StandardCharsets.UTF_8);
          default -> Json.write(value).getBytes(StandardCharsets.UTF_8);
        };
    Bytes out = new Bytes(text.length + 16);
    write(new MsgpackWriter(out), text, 0, text.length);
    return new MsgpackReader(out.array(), 0, out.length()).readValue();
  }

  /**
   * The conversion that {@code types} names.
   *
   * @param spec such as {@code integer}, {@code array:|} or {@code time:%Y-%m-%d}
   * @param time what the parser's times are; a conversion to time has its zone
   * @throws ConfigException in Fluentd's words where there is no such type
   */
  static TypeConversion of(String key, String spec, TimeConfig time, Clock clock) {
    int colon = spec.indexOf(':');
    String name = colon < 0 ? spec : spec.substring(0, colon);
    String option = colon < 0 ? "" : spec.substring(colon + 1);
    return switch (name) {
      case "string" -> new ToText();
      case "integer" -> new ToInteger();
      case "float" -> new ToFloat();
      case "bool" -> new ToBool();
      case "time" -> new ToTime(timeConfig(option, time).parser(clock));
      case "array" -> new ToArray(option.isEmpty() ? "," : option);
      default ->
          throw new ConfigException(
              "unknown value conversion for key:'" + key + "', type:'" + spec + "'");
    };
  }

  private static TimeConfig timeConfig(String option, TimeConfig time) {
    Matcher zoned = Zones.FIRST.matcher(option);
    String zone = zoned.lookingAt() ? zoned.group(1) : "";
    String format = zone.isEmpty() ? option : option.substring(zoned.end());
    TimeConfig config = TimeConfig.of(format.isEmpty() ? null : format);
    return switch (zone) {
      case "" ->
          format.isEmpty()
              ? config
              : new TimeConfig(
                  config.timeType(),
                  config.timeFormat(),
                  time.localtime(),
                  time.utc(),
                  time.timezone(),
                  List.of());
      case "localtime" -> config;
      case "utc" ->
          new TimeConfig(
              config.timeType(), config.timeFormat(), false, true, Optional.empty(), List.of());
      default -> config.withTimezone(zone);
    };
  }

  /** Finds the zone in front of a format. */
  final class Zones {
    private static final Pattern FIRST =
        Pattern.compile("(localtime|utc|[+-]\\d\\d:?\\d\\d|[A-Z]\\w+/[\\w+-]+(?:/\\w+)?)(?::|$)");

    private Zones() {}
  }

  /** {@code string}. */
  record ToText() implements TypeConversion {
    @Override
    public void write(MsgpackWriter writer, byte[] text, int from, int to) {
      writer.string(text, from, to - from);
    }
  }

  /** {@code integer}: leading digits, else 0. */
  record ToInteger() implements TypeConversion {
    @Override
    public void write(MsgpackWriter writer, byte[] text, int from, int to) throws ParseException {
      try {
        RubyNumbers.writeInteger(writer, text, from, to);
      } catch (IllegalArgumentException e) {
        throw new ParseException(e.getMessage(), e);
      }
    }

    @Override
    public Object convert(Object value) throws ParseException {
      return switch (value) {
        case Long n -> n;
        case Double d when Math.abs(d) < 1e18 -> (long) (double) d;
        case EventTime time -> time.seconds();
        case null, default -> TypeConversion.super.convert(value);
      };
    }
  }

  /** {@code float}: leading number, else 0. */
  record ToFloat() implements TypeConversion {
    @Override
    public void write(MsgpackWriter writer, byte[] text, int from, int to) {
      writer.float64(RubyNumbers.toFloat(text, from, to));
    }

    @Override
    public Object convert(Object value) throws ParseException {
      return value instanceof Number n ? n.doubleValue() : TypeConversion.super.convert(value);
    }
  }

  /** {@code bool}: true, yes and 1 in any case are true. */
  record ToBool() implements TypeConversion {
    @Override
    public void write(MsgpackWriter writer, byte[] text, int from, int to) {
      String word =
          to - from > 4 ? "" : new String(text, from, to - from, StandardCharsets.ISO_8859_1);
      writer.bool(
          word.equalsIgnoreCase("true") || word.equalsIgnoreCase("yes") || word.equals("1"));
    }
  }

  /** {@code time}: null where the text is none, as Fluentd has it. */
  record ToTime(TimeParser parser) implements TypeConversion {
    @Override
    public void write(MsgpackWriter writer, byte[] text, int from, int to) {
      long time;
      try {
        time = parser.parse(text, from, to - from);
      } catch (TimeParseException e) {
        writer.nil();
        return;
      }
      writer.eventTime(time);
    }
  }

  /** {@code array}: split at the delimiter, empty items at the end dropped as Ruby's split does. */
  record ToArray(byte[] delimiter) implements TypeConversion {
    ToArray(String delimiter) {
      this(delimiter.getBytes(StandardCharsets.UTF_8));
    }

    @Override
    public void write(MsgpackWriter writer, byte[] text, int from, int to) {
      int mark = writer.open();
      int count = 0;
      int written = 0;
      int end = writer.out().length();
      int at = from;
      while (at <= to && from < to) {
        int next = Scan.find(text, at, to, delimiter);
        int stop = next < 0 ? to : next;
        writer.string(text, at, stop - at);
        written++;
        if (stop > at) {
          count = written;
          end = writer.out().length();
        }
        at = next < 0 ? to + 1 : next + delimiter.length;
      }
      writer.out().setLength(end);
      writer.closeArray(mark, count);
    }

    @Override
    public Object convert(Object value) throws ParseException {
      return value instanceof List<?> || value instanceof Map<?, ?>
          ? value
          : TypeConversion.super.convert(value);
    }
  }
}
