package io.runnel.config;

import io.runnel.host.Clock;
import io.runnel.time.TimeFormatter;
import io.runnel.time.TimeParser;
import io.runnel.time.TimeType;
import io.runnel.time.Zone;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

/**
 * The parameters of reading and writing times, which parsers, formatters, {@code <inject>} and
 * {@code <extract>} share. In a record of parameters it stands as an {@link Inline} component.
 */
public record TimeConfig(
    @Doc("How the time is written: as text, or as a number of seconds since the epoch.")
        @Default("string")
        TimeType timeType,
    @Doc("Format of the time, with the letters of strftime and strptime.")
        Optional<String> timeFormat,
    @Doc("The time is local time.") @Default("true") boolean localtime,
    @Doc("The time is UTC.") @Default("false") boolean utc,
    @Doc("The zone of the time, such as +09:00 or Asia/Tokyo.") Optional<String> timezone,
    @Doc("Formats that are tried after time_format where time_type is mixed.") @Default("")
        List<String> timeFormatFallbacks) {

  /** Text in this format and in local time. */
  public static TimeConfig of(String format) {
    return new TimeConfig(
        TimeType.STRING, Optional.ofNullable(format), true, false, Optional.empty(), List.of());
  }

  public TimeConfig withType(TimeType type) {
    return new TimeConfig(type, timeFormat, localtime, utc, timezone, timeFormatFallbacks);
  }

  public TimeConfig withFormat(String format) {
    return new TimeConfig(
        timeType, Optional.ofNullable(format), localtime, utc, timezone, timeFormatFallbacks);
  }

  public TimeConfig withTimezone(String zone) {
    return new TimeConfig(
        timeType, timeFormat, localtime, utc, Optional.ofNullable(zone), timeFormatFallbacks);
  }

  /** {@code utc true} and {@code localtime false} mean the same. */
  public boolean isUtc() {
    return utc || !localtime;
  }

  /** The zone of times that name none. */
  public Zone zone() {
    if (timezone.isPresent()) {
      try {
        return Zone.parse(timezone.get());
      } catch (IllegalArgumentException e) {
        throw new ConfigException(e.getMessage(), Place.NONE, e);
      }
    }
    return isUtc() ? Zone.UTC : Zone.local();
  }

  /**
   * The parser of these parameters.
   *
   * @param clock says the year or day where a text has none
   * @throws ConfigException where the parameters contradict each other
   */
  public TimeParser parser(Clock clock) {
    return switch (timeType) {
      case UNIXTIME -> TimeParser.unixtime();
      case FLOAT -> TimeParser.floating();
      case STRING -> text(clock);
      case MIXED -> mixed(clock);
    };
  }

  public TimeParser parser() {
    return parser(Clock.system());
  }

  private TimeParser text(Clock clock) {
    if (timeFormat.isEmpty() && (timezone.isPresent() || isUtc())) {
      throw new ConfigException("specifying timezone requires time format");
    }
    return TimeParser.text(timeFormat.orElse(null), zone(), clock);
  }

  private TimeParser mixed(Clock clock) {
    if (timeFormat.isEmpty() && timeFormatFallbacks.isEmpty()) {
      throw new ConfigException(
          "time_type is :mixed but time_format and time_format_fallbacks is empty.");
    }
    List<TimeParser> parsers = new ArrayList<>();
    timeFormat.ifPresent(format -> parsers.add(text(clock)));
    for (String format : timeFormatFallbacks) {
      parsers.add(
          switch (format) {
            // in Fluentd both read a number with its fraction here
            case "unixtime", "float" -> TimeParser.floating();
            default -> withFormat(format).text(clock);
          });
    }
    return TimeParser.mixed(parsers);
  }

  /** The formatter of these parameters; ISO 8601 where they name no format. */
  public TimeFormatter formatter() {
    return TimeFormatter.of(
        timeType, timeFormat.orElse(null), zone(), isUtc() && timezone.isEmpty());
  }

  /**
   * Refuses a section that says both.
   *
   * @throws ConfigException with Fluentd's words
   */
  public static void checkZone(ConfigElement section) {
    if (section.has("utc") && section.has("localtime")) {
      throw new ConfigException(
          "both of utc and localtime are specified, use only one of them", section.placeOf("utc"));
    }
  }
}
