package io.runnel.log;

import io.runnel.host.LocalZone;
import java.io.FileOutputStream;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.time.DayOfWeek;
import java.time.LocalDate;
import java.time.ZoneId;
import java.time.temporal.TemporalAdjusters;

/**
 * A log file with Fluentd's rotation: by generations ({@code x.log.0} is the newest, {@code age} of
 * them are kept) when it grows over {@code size}, or by day, week or month ({@code
 * x.log.YYYYMMDD}).
 */
public final class LogFile implements LogTarget {
  /** When the file is rotated. */
  public sealed interface Rotation {
    record Never() implements Rotation {}

    /**
     * @param generations old files kept
     * @param bytes size above which the file is rotated
     */
    record BySize(int generations, long bytes) implements Rotation {}

    record ByPeriod(Period period) implements Rotation {}

    /** Lengths of a period. */
    enum Period {
      DAILY,
      WEEKLY,
      MONTHLY
    }

    /** Fluentd's default size where only an age is given: 1 MiB. */
    long DEFAULT_BYTES = 1 << 20;

    /** Fluentd's default age where only a size is given. */
    int DEFAULT_GENERATIONS = 7;
  }

  private final Path path;
  private final Rotation rotation;
  private final ZoneId zone = LocalZone.id();
  private FileOutputStream out;
  private long size;
  private LocalDate periodEnd;

  public LogFile(Path path, Rotation rotation) throws IOException {
    this.path = path;
    this.rotation = rotation;
    open();
  }

  public Path path() {
    return path;
  }

  private void open() throws IOException {
    Path parent = path.toAbsolutePath().getParent();
    if (parent != null) {
      Files.createDirectories(parent);
    }
    out = new FileOutputStream(path.toFile(), true);
    size = Files.size(path);
    if (rotation instanceof Rotation.ByPeriod(Rotation.Period period)) {
      LocalDate since = LocalDate.ofInstant(Files.getLastModifiedTime(path).toInstant(), zone);
      periodEnd = endOf(period, size == 0 ? LocalDate.now(zone) : since);
    }
  }

  private static LocalDate endOf(Rotation.Period period, LocalDate day) {
    return switch (period) {
      case DAILY -> day;
      case WEEKLY -> day.with(TemporalAdjusters.nextOrSame(DayOfWeek.SATURDAY));
      case MONTHLY -> day.with(TemporalAdjusters.lastDayOfMonth());
    };
  }

  @Override
  public synchronized void write(byte[] bytes, int offset, int length) {
    try {
      rotateIfDue(length);
      out.write(bytes, offset, length);
      size += length;
    } catch (IOException e) {
      // A full or missing disk must not end the daemon; the next line tries again.
    }
  }

  private void rotateIfDue(int more) throws IOException {
    // no pattern switch: it would be compiled at each start (decision 0003)
    if (rotation instanceof Rotation.BySize bySize) {
      if (size > 0 && size + more > bySize.bytes()) {
        out.close();
        for (int i = bySize.generations() - 2; i >= 0; i--) {
          moveIfThere(numbered(i), numbered(i + 1));
        }
        moveIfThere(path, numbered(0));
        open();
      }
    } else if (rotation instanceof Rotation.ByPeriod && LocalDate.now(zone).isAfter(periodEnd)) {
      out.close();
      String stamp = periodEnd.toString().replace("-", "");
      moveIfThere(path, path.resolveSibling(path.getFileName() + "." + stamp));
      open();
    }
  }

  private Path numbered(int number) {
    return path.resolveSibling(path.getFileName() + "." + number);
  }

  private static void moveIfThere(Path from, Path to) throws IOException {
    if (Files.exists(from)) {
      Files.move(from, to, StandardCopyOption.REPLACE_EXISTING);
    }
  }

  @Override
  public synchronized void reopen() throws IOException {
    out.close();
    open();
  }

  @Override
  public synchronized void close() throws IOException {
    out.close();
  }
}
