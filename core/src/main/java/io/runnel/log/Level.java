package io.runnel.log;

import java.util.Locale;

/** Levels of Fluentd's own log, from the most to the least talkative. */
public enum Level {
  TRACE,
  DEBUG,
  INFO,
  WARN,
  ERROR,
  FATAL;

  /** The name as it is written in configurations and log lines. */
  public String text() {
    return name().toLowerCase(Locale.ROOT);
  }
}
