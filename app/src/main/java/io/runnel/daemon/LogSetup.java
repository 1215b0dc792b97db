package io.runnel.daemon;

import io.runnel.config.ConfigException;
import io.runnel.engine.SystemConfig;
import io.runnel.log.Level;
import io.runnel.log.LogFile;
import io.runnel.log.LogFile.Rotation;
import io.runnel.log.LogSettings;
import io.runnel.log.LogTarget;
import java.io.IOException;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Locale;

/** The daemon's own log as the command line and {@code <system>} want it; the former wins. */
final class LogSetup {
  private LogSetup() {}

  /** Before the configuration is known: the level of the command line. */
  static LogSettings early(DaemonOptions options) {
    return LogSettings.defaults().withLevel(shift(Level.INFO, options.verbosity));
  }

  static LogSettings settings(DaemonOptions options, SystemConfig system) {
    Level level =
        options.verbosity != 0
            ? shift(Level.INFO, options.verbosity)
            : system.logLevel().orElse(Level.INFO);
    SystemConfig.LogSection log = system.log();
    return new LogSettings(
        level,
        log.format() == SystemConfig.LogFormat.JSON,
        log.timeFormat(),
        system.suppressRepeatedStacktrace().orElse(true),
        system.ignoreRepeatedLogInterval().orElse(Duration.ZERO),
        system.ignoreSameLogInterval().orElse(Duration.ZERO),
        log.forcedStacktraceLevel() == SystemConfig.ForcedLevel.NONE
            ? null
            : Level.valueOf(log.forcedStacktraceLevel().name()),
        system.logFloodLimit());
  }

  /** {@code -v} is one level more talkative, {@code -q} one less; the ends are trace and fatal. */
  private static Level shift(Level level, int verbosity) {
    int index = level.ordinal() - verbosity;
    return Level.values()[Math.clamp(index, 0, Level.values().length - 1)];
  }

  /**
   * The file of {@code -o} or {@code <log> path}.
   *
   * @param standard where the log goes if there is none
   */
  static LogTarget target(DaemonOptions options, SystemConfig system, LogTarget standard)
      throws IOException {
    String path = options.logPath != null ? options.logPath : system.log().path().orElse(null);
    if (path == null || path.equals("-")) {
      return standard;
    }
    String age =
        options.logRotateAge != null ? options.logRotateAge : system.log().rotateAge().orElse(null);
    Long size =
        options.logRotateSize != null
            ? Long.valueOf(bytes(options.logRotateSize))
            : system.log().rotateSize().map(s -> s.bytes()).orElse(null);
    return new LogFile(Path.of(path), rotation(age, size));
  }

  static Rotation rotation(String age, Long size) {
    if (age == null && size == null) {
      return new Rotation.Never();
    }
    if (age != null && !age.matches("\\d+")) {
      return switch (age.toLowerCase(Locale.ROOT)) {
        case "daily" -> new Rotation.ByPeriod(Rotation.Period.DAILY);
        case "weekly" -> new Rotation.ByPeriod(Rotation.Period.WEEKLY);
        case "monthly" -> new Rotation.ByPeriod(Rotation.Period.MONTHLY);
        default ->
            throw new ConfigException(
                "log-rotate-age should be a number or one of daily, weekly, monthly, but got '"
                    + age
                    + "'");
      };
    }
    int generations =
        age == null ? Rotation.DEFAULT_GENERATIONS : Math.max(1, Integer.parseInt(age));
    return new Rotation.BySize(generations, size == null ? Rotation.DEFAULT_BYTES : size);
  }

  private static long bytes(String text) {
    String lower = text.strip().toLowerCase(Locale.ROOT);
    int shift =
        switch (lower.isEmpty() ? ' ' : lower.charAt(lower.length() - 1)) {
          case 'k' -> 10;
          case 'm' -> 20;
          case 'g' -> 30;
          default -> 0;
        };
    try {
      return Long.parseLong(shift == 0 ? lower : lower.substring(0, lower.length() - 1)) << shift;
    } catch (NumberFormatException e) {
      throw new ConfigException(
          "log-rotate-size should be a number of bytes, but got '" + text + "'");
    }
  }
}
