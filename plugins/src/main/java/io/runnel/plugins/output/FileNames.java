package io.runnel.plugins.output;

import io.runnel.config.ConfigException;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Optional;
import java.util.function.IntFunction;

/**
 * How out_file names its files: path, time, number and suffixes, as a template that still has the
 * placeholders of the chunk keys.
 *
 * @param template placeholders as in {@code path}; {@link #NUMBER} where the number goes
 */
record FileNames(String template) {
  /** Where the number of a file goes; a {@code *} cannot be in a template otherwise. */
  static final String NUMBER = "_**";

  /**
   * @param path {@code path} of out_file
   * @param timekey length of a slice; empty without chunk key {@code time}
   * @param timeFormat {@code time_slice_format} of the v0.12 dialect, which wins over the format
   *     that the time key gives; null where absent
   * @param append without number
   * @param suffix what stands at the end where the path has no {@code *}: path_suffix
   * @param compressedSuffix what compression adds
   */
  static FileNames of(
      String path,
      Optional<Duration> timekey,
      String timeFormat,
      boolean append,
      String suffix,
      String compressedSuffix) {
    String number = append ? "" : NUMBER;
    if (path.contains("*")) {
      if (timekey.isEmpty()) {
        throw new ConfigException("path including '*' must be used with buffer chunk key 'time'");
      }
      String time = timeFormat != null ? timeFormat : timeFormat(timekey.get());
      return new FileNames(path.replace("*", time + number) + compressedSuffix);
    }
    String end = number + suffix + compressedSuffix;
    if (timekey.isEmpty()) {
      return new FileNames(path + end);
    }
    if (timeFormat != null) {
      return new FileNames(path + "." + timeFormat + end);
    }
    String time = timeFormat(timekey.get());
    return new FileNames(hasTime(path, time) ? path + end : path + "." + time + end);
  }

  /** Whether the path itself has the parts of the time that a slice needs. */
  private static boolean hasTime(String path, String time) {
    boolean any = false;
    boolean all = true;
    for (int i = 0; i < time.length(); i += 2) {
      boolean has = path.contains(time.substring(i, i + 2));
      any |= has;
      all &= has;
    }
    if (any && !all) {
      throw new ConfigException(
          "insufficient timestamp placeholders in path: it needs all of "
              + time
              + ", or none, to tell the slices of <buffer> timekey apart");
    }
    return any;
  }

  /** The strftime letters that tell slices of this length apart. */
  static String timeFormat(Duration timekey) {
    long seconds = timekey.toSeconds();
    if (seconds >= 86_400) {
      return "%Y%m%d";
    }
    if (seconds >= 3600) {
      return "%Y%m%d%H";
    }
    return seconds >= 60 ? "%Y%m%d%H%M" : "%Y%m%d%H%M%S";
  }

  /** The paths by number of a template whose placeholders are replaced. */
  static IntFunction<Path> numbered(String expanded) {
    return number -> Path.of(expanded.replace(NUMBER, "_" + number));
  }

  /** A path as it might come out, to see whether it can be written. */
  Path example() {
    return Path.of(template.replace(NUMBER, "_0").replaceAll("\\$\\{[^}]*}", "a"));
  }
}
