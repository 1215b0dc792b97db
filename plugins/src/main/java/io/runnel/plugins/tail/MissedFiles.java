package io.runnel.plugins.tail;

import io.runnel.host.Clock;
import io.runnel.log.Log;
import java.io.IOException;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Collection;
import java.util.Comparator;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.function.Predicate;

/**
 * Finds files that were created under a followed path, written and renamed before anybody had
 * looked, where that was not told: the queue of the operating system (or the JDK's, 512 changes of
 * a folder) was full, or the folder cannot be watched.
 *
 * <p>A file of the folder was missed where all of this holds:
 *
 * <ul>
 *   <li>its name is what a followed path is rotated to ({@link Renames#isRotatedName}), and it is
 *       no followed path itself;
 *   <li>that path has changed hands in the meantime: so the copy of a file that was then truncated
 *       (copytruncate) is none;
 *   <li>it was created and written in the meantime: so rotated files that were there before are
 *       none;
 *   <li>it is not followed, and is not a file that was read to its end and let go: those are known
 *       by identity and first bytes, because an inode may be used again.
 * </ul>
 *
 * <p>Used by the tail thread alone.
 */
final class MissedFiles {
  /** Files that were let go and are remembered, for those of the last seconds. */
  private static final int MOST_REMEMBERED = 1_000;

  /** By how much changes may be told late: the JDK passes them on by a thread of its own. */
  private static final long LATE_MILLIS = 2_000;

  /** By how much the times of files may be behind the clock. */
  private static final long TICK_MILLIS = 50;

  /**
   * A file that was missed.
   *
   * @param path its name now
   * @param origin the followed path that it had at first
   */
  record Missed(String path, String origin, long modifiedMillis) {}

  /** What the tracker knows of paths and files. */
  interface Known {
    /** Whether a path is, or would be, followed. */
    boolean isFollowed(String path);

    /**
     * Whether a followed path leads to another file than then, or to none.
     *
     * @param sinceNanos as of {@link Clock#nanos}
     */
    boolean hasChanged(String path, long sinceNanos);

    /** Whether a file is followed, under whatever name. */
    boolean isTracked(Object key);
  }

  /** The same in nanoseconds. */
  static final long LATE_NANOS = LATE_MILLIS * 1_000_000;

  private record Moment(long millis, long nanos) {}

  /** A file that was there at the beginning; its inode may be used again later. */
  private record Earlier(Object key, long createdMillis) {
    /** Instead of equals, which for a record is made at run time, at the first use. */
    boolean isSame(Object otherKey, long otherCreated) {
      return key.equals(otherKey) && createdMillis == otherCreated;
    }
  }

  private final TailFiles files;
  private final Clock clock;
  private final Known known;
  private final Log log;
  private final Map<Object, byte[]> letGo = new LinkedHashMap<>();
  private final List<Earlier> earlier = new ArrayList<>();
  private final long beginMillis;
  private Moment used;
  private Moment swept;

  MissedFiles(TailFiles files, Clock clock, Known known, Log log) {
    this.files = files;
    this.clock = clock;
    this.known = known;
    this.log = log;
    this.used = now();
    this.swept = used;
    this.beginMillis = used.millis();
  }

  /**
   * Begins: what is in these folders now, under other names than those that are followed, was not
   * missed.
   */
  void begin(Collection<String> folders) {
    long recent = beginMillis - LATE_MILLIS;
    try {
      for (String folder : folders) {
        for (String name : files.list(folder)) {
          String path = folder + name;
          TailFiles.Stat stat = known.isFollowed(path) ? null : files.stat(path);
          if (stat != null && stat.modifiedMillis() >= recent) {
            earlier.add(new Earlier(stat.key(), files.createdMillis(path)));
          }
        }
      }
    } catch (IOException e) {
      log.debug("looking at what was there before", "why", e.getMessage());
    }
    used();
    swept();
  }

  private Moment now() {
    return new Moment(clock.millis(), clock.nanos());
  }

  /** Says that everything that was told until now was used. */
  void used() {
    used = now();
  }

  /** Says that every path was looked at. */
  void swept() {
    swept = now();
  }

  /** Remembers a file that was read to its end. */
  void letGo(TailedFile file) {
    letGo.remove(file.key);
    if (file.head().length > 0) {
      letGo.put(file.key, file.head());
    }
    if (letGo.size() > MOST_REMEMBERED) {
      letGo.remove(letGo.keySet().iterator().next());
    }
  }

  /** Looks through a folder of which something was not told; the oldest come first. */
  List<Missed> untold(String folder) {
    return find(folder, used);
  }

  /** Looks through a folder that is not watched; the oldest come first. */
  List<Missed> unwatched(String folder) {
    return find(folder, swept);
  }

  private List<Missed> find(String folder, Moment since) {
    long sinceMillis = Math.max(since.millis() - LATE_MILLIS, beginMillis - TICK_MILLIS);
    long sinceNanos = since.nanos() - LATE_MILLIS * 1_000_000;
    Predicate<String> changed =
        name -> known.isFollowed(folder + name) && known.hasChanged(folder + name, sinceNanos);
    List<Missed> found = new ArrayList<>();
    try {
      for (String name : files.list(folder)) {
        String path = folder + name;
        TailFiles.Stat stat = known.isFollowed(path) ? null : files.stat(path);
        if (stat == null || stat.directory() || stat.modifiedMillis() < sinceMillis) {
          continue;
        }
        String origin = Renames.originOf(name, changed);
        if (origin != null && isMissed(path, stat, sinceMillis)) {
          found.add(new Missed(path, folder + origin, stat.modifiedMillis()));
        }
      }
    } catch (IOException e) {
      log.warn("looking for renamed files failed, some may be missed", e, "folder", folder);
    }
    found.sort(Comparator.comparingLong(Missed::modifiedMillis));
    return found;
  }

  private boolean isMissed(String path, TailFiles.Stat stat, long sinceMillis) throws IOException {
    long created = files.createdMillis(path);
    return stat.size() > 0
        && created >= sinceMillis
        && !known.isTracked(stat.key())
        && earlier.stream().noneMatch(one -> one.isSame(stat.key(), created))
        && !wasLetGo(path, stat.key());
  }

  private boolean wasLetGo(String path, Object key) throws IOException {
    byte[] head = letGo.get(key);
    TailFiles.Opened opened = head == null ? null : files.open(path);
    if (opened == null) {
      return false;
    }
    try (TailFiles.OpenFile file = opened.file()) {
      byte[] now = new byte[head.length];
      return opened.stat().key().equals(key)
          && TailedFile.fill(file, now) == now.length
          && Arrays.equals(now, head);
    }
  }
}
