package io.runnel.time;

import io.runnel.config.ConfigElement;
import io.runnel.config.ConfigException;
import io.runnel.config.Default;
import io.runnel.config.Doc;
import java.util.List;
import java.util.Optional;

/**
 * The parameters of reading and writing times, which parsers, formatters, {@code <inject>} and
 * {@code <extract>} share. In a record of parameters it stands as an {@link
 * io.runnel.config.Inline} component.
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
    @Doc("Formats that are tried after time_format where time_type is mixed.")
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
      return Zone.parse(timezone.get());
    }
    return isUtc() ? Zone.UTC : Zone.local();
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
