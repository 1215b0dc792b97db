package io.runnel.plugins.common;

import io.runnel.config.ConfigElement;
import io.runnel.config.Default;
import io.runnel.config.Doc;
import io.runnel.config.TimeConfig;
import io.runnel.time.TimeType;
import java.util.List;
import java.util.Optional;

/** The section {@code <inject>}: fields that are added to each record. */
@Doc("Adds the host, the worker, the tag and the time to each record.")
public record InjectConfig(
    @Doc("Field that gets the host's name.") Optional<String> hostnameKey,
    @Doc("The host's name, instead of the machine's.") Optional<String> hostname,
    @Doc("Field that gets the number of the worker.") Optional<String> workerIdKey,
    @Doc("Field that gets the tag.") Optional<String> tagKey,
    @Doc("Field that gets the time.") Optional<String> timeKey,
    @Doc("How the time is written.") @Default("float") InjectTimeType timeType,
    @Doc("Format of the time, where it is written as text.") Optional<String> timeFormat,
    @Doc("The time is local time.") @Default("true") boolean localtime,
    @Doc("The time is UTC.") @Default("false") boolean utc,
    @Doc("The zone of the time, such as +09:00 or Asia/Tokyo.") Optional<String> timezone,
    @Doc("Accepted as in Fluentd; not used for writing.") @Default("")
        List<String> timeFormatFallbacks) {
  /** Kinds of times. */
  public enum InjectTimeType {
    FLOAT,
    UNIXTIME,
    UNIXTIME_MILLIS,
    UNIXTIME_MICROS,
    UNIXTIME_NANOS,
    STRING
  }

  /**
   * The same for plugins that write times as text unless told otherwise.
   *
   * @param section what the configuration says
   * @param format of the time where it says nothing
   */
  public InjectConfig textTimes(ConfigElement section, String format) {
    boolean typed = section.has("time_type");
    return new InjectConfig(
        hostnameKey,
        hostname,
        workerIdKey,
        tagKey,
        timeKey,
        typed ? timeType : InjectTimeType.STRING,
        timeFormat.or(() -> timeKey.map(ignored -> format)),
        localtime,
        utc,
        timezone,
        timeFormatFallbacks);
  }

  TimeConfig textTime() {
    return new TimeConfig(TimeType.STRING, timeFormat, localtime, utc, timezone, List.of());
  }
}
