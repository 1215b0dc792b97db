package io.runnel.plugins.common;

import io.runnel.config.Default;
import io.runnel.config.Doc;
import io.runnel.config.TimeConfig;
import io.runnel.time.TimeType;
import java.util.List;
import java.util.Optional;

/** The section {@code <extract>}: fields of a record that become its tag and time. */
@Doc("Takes the tag and the time of an event from its record.")
public record ExtractConfig(
    @Doc("Field that holds the tag.") Optional<String> tagKey,
    @Doc("Keeps the field of the tag in the record.") @Default("false") boolean keepTagKey,
    @Doc("Field that holds the time.") Optional<String> timeKey,
    @Doc("Keeps the field of the time in the record.") @Default("false") boolean keepTimeKey,
    @Doc("How the time is written.") @Default("float") ExtractTimeType timeType,
    @Doc("Format of the time, where it is written as text.") Optional<String> timeFormat,
    @Doc("The time is local time.") @Default("true") boolean localtime,
    @Doc("The time is UTC.") @Default("false") boolean utc,
    @Doc("The zone of the time, such as +09:00 or Asia/Tokyo.") Optional<String> timezone,
    @Doc("Accepted as in Fluentd; not used here.") @Default("") List<String> timeFormatFallbacks) {
  /** Kinds of times. */
  public enum ExtractTimeType {
    FLOAT,
    UNIXTIME,
    STRING
  }

  TimeConfig time() {
    TimeType type =
        switch (timeType) {
          case FLOAT -> TimeType.FLOAT;
          case UNIXTIME -> TimeType.UNIXTIME;
          case STRING -> TimeType.STRING;
        };
    return new TimeConfig(type, timeFormat, localtime, utc, timezone, timeFormatFallbacks);
  }
}
