package io.runnel.time;

/** How the time of an event is written in a text. */
public enum TimeType {
  /** Text in {@code time_format}. */
  STRING,
  /** Whole seconds since the epoch. */
  UNIXTIME,
  /** Seconds since the epoch with a fraction. */
  FLOAT,
  /** {@code time_format} and then each of {@code time_format_fallbacks}. */
  MIXED
}
