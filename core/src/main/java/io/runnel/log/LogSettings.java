package io.runnel.log;

import java.time.Duration;

/**
 * How lines are written.
 *
 * @param level lowest level that is written
 * @param json one JSON object per line instead of text
 * @param timeFormat strftime pattern of the time; null for {@link #DEFAULT_TIME}
 * @param suppressRepeatedStacktrace write the same stack only once
 * @param ignoreRepeated how long a message equal to the one before it is left out; zero for never
 * @param ignoreSame how long any message that was written is left out; zero for never
 * @param stacktraceLevel level of the lines of a stack; null for that of the message
 * @param floodLimit messages of one kind that are written within ten seconds, further ones are
 *     counted; 0 for all
 */
public record LogSettings(
    Level level,
    boolean json,
    String timeFormat,
    boolean suppressRepeatedStacktrace,
    Duration ignoreRepeated,
    Duration ignoreSame,
    Level stacktraceLevel,
    int floodLimit) {
  /** Fluentd's form of the time. */
  public static final String DEFAULT_TIME = "%Y-%m-%d %H:%M:%S %z";

  private static final int FLOOD_LIMIT = 100;

  public LogSettings {
    timeFormat = timeFormat == null ? DEFAULT_TIME : timeFormat;
  }

  public static LogSettings defaults() {
    return new LogSettings(
        Level.INFO, false, null, true, Duration.ZERO, Duration.ZERO, null, FLOOD_LIMIT);
  }

  public LogSettings withLevel(Level newLevel) {
    return new LogSettings(
        newLevel,
        json,
        timeFormat,
        suppressRepeatedStacktrace,
        ignoreRepeated,
        ignoreSame,
        stacktraceLevel,
        floodLimit);
  }
}
