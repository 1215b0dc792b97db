package io.runnel.host;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.DateTimeException;
import java.time.ZoneId;
import java.time.ZoneOffset;

/**
 * The time zone of this process. {@link ZoneId#systemDefault} gives the same, but it reads the
 * database of time zones twice, which takes a seventh of the time in which the ports open; here it
 * is read once, and not at all on the many hosts that run on UTC.
 */
public final class LocalZone {
  private static final Path LINK = Path.of("/etc/localtime");
  private static final String FOLDER = "/zoneinfo/";

  private LocalZone() {}

  /** The zone of {@code -Duser.timezone}, of {@code TZ}, or of the machine. */
  public static ZoneId id() {
    return id(System.getProperty("user.timezone"), System.getenv("TZ"), LINK);
  }

  /**
   * @param property wins over everything
   * @param environment wins over the machine
   * @param link names the machine's zone by what it leads to
   */
  static ZoneId id(String property, String environment, Path link) {
    if (property != null && !property.isEmpty()) {
      return ZoneId.systemDefault();
    }
    if (environment != null) {
      return isUtc(environment) ? ZoneOffset.UTC : ZoneId.systemDefault();
    }
    try {
      String target = Files.readSymbolicLink(link).toString();
      int at = target.indexOf(FOLDER);
      String name = at < 0 ? "" : target.substring(at + FOLDER.length());
      if (isUtc(name)) {
        return ZoneOffset.UTC;
      }
      return name.isEmpty() ? ZoneId.systemDefault() : ZoneId.of(name);
    } catch (IOException | UnsupportedOperationException | DateTimeException e) {
      return ZoneId.systemDefault(); // a copy of a zone's file, or a name that Java does not know
    }
  }

  private static boolean isUtc(String name) {
    return name.equals("UTC") || name.equals("Etc/UTC");
  }
}
