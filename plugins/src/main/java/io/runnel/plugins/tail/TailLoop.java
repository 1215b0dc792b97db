package io.runnel.plugins.tail;

import io.runnel.host.Clock;
import io.runnel.log.Log;
import io.runnel.plugin.EmitException;
import io.runnel.plugin.Emitter;
import java.io.IOException;
import java.util.ArrayList;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Set;

/**
 * What the tail thread does in one turn: look for changes, read what is new, commit it, and only
 * then write the positions. A kill between any two steps repeats at most what was emitted since the
 * last commit.
 *
 * <p>One commit serves all files that were read since the one before: with thousands of small files
 * as with one large file the number of syncs follows the time and the bytes, not the lines.
 */
final class TailLoop {
  private static final long SECOND = 1_000_000_000L;
  private static final long MILLI = 1_000_000L;

  /** Blocks that are read of one file before the next file's turn. */
  private static final int BLOCKS_IN_TURN = 4;

  /** Bytes after which a commit is due. */
  private static final long COMMIT_BYTES = 2 << 20;

  /** Longest time of reading before changes of names are looked at again. */
  private static final long READ_NANOS = 200 * MILLI;

  /** How often positions are synced to the disk: what a power loss may repeat. */
  private static final long SYNC_NANOS = SECOND;

  private final TailConfig config;
  private final Tracker tracker;
  private final BlockReader reader;
  private final PositionFile positions;
  private final ResumePoints resume;
  private final Emitter emitter;
  private final TailMetrics metrics;
  private final Clock clock;
  private final Log log;
  private final Set<TailedFile> uncommitted = new LinkedHashSet<>();
  private final List<TailedFile> leaving = new ArrayList<>();
  private int nextFile;
  private long uncommittedBytes;
  private long nextSweep;
  private long nextRefresh;
  private long nextSync;
  private long nextCompaction;
  private long commitPausedUntil;
  private boolean commitPaused;
  private volatile boolean ending;

  TailLoop(
      TailConfig config,
      Tracker tracker,
      BlockReader reader,
      PositionFile positions,
      ResumePoints resume,
      Emitter emitter,
      TailMetrics metrics,
      Clock clock,
      Log log) {
    this.config = config;
    this.tracker = tracker;
    this.reader = reader;
    this.positions = positions;
    this.resume = resume;
    this.emitter = emitter;
    this.metrics = metrics;
    this.clock = clock;
    this.log = log;
    long now = clock.nanos();
    nextRefresh = config.skipRefreshOnStartup() ? now + config.refreshInterval().toNanos() : now;
    nextSweep = now + SECOND;
    nextSync = now + SYNC_NANOS;
    nextCompaction = now + config.posFileCompactionInterval().map(d -> d.toNanos()).orElse(0L);
  }

  /** The first look, before the thread runs: from now on no rename goes unnoticed. */
  void begin() {
    if (!config.skipRefreshOnStartup()) {
      nextRefresh = clock.nanos() + Math.max(100 * MILLI, config.refreshInterval().toNanos());
      guarded(tracker::refresh);
    }
  }

  /**
   * One turn.
   *
   * @return nanoseconds until the next one is due; 0 where there is more to do at once
   */
  long turn(List<Changes.Change> changes) {
    guarded(() -> tracker.changed(changes));
    long now = clock.nanos();
    if (now - nextRefresh >= 0) {
      nextRefresh = now + Math.max(100 * MILLI, config.refreshInterval().toNanos());
      guarded(tracker::refresh);
    }
    if (now - nextSweep >= 0) {
      nextSweep = now + SECOND;
      guarded(tracker::sweep);
    }
    boolean more = false;
    if (!commitPaused || now - commitPausedUntil >= 0) {
      more = readAll();
      flushByTime();
      guarded(this::takeLeave);
      commit();
    }
    resume.flush();
    housekeeping(now);
    return more ? 0 : untilNext(clock.nanos());
  }

  /** Makes a turn that is under way return soon. Called by other threads. */
  void end() {
    ending = true;
  }

  private interface Step {
    void run() throws IOException;
  }

  private void guarded(Step step) {
    try {
      step.run();
    } catch (IOException e) {
      log.warn("tail could not look at its files, it is tried again", e);
    }
  }

  /**
   * Reads all files in turn, for a limited time; the next call goes on with the file behind the
   * last one, so that large files at the front do not keep the others waiting.
   *
   * @return true where there may be more
   */
  private boolean readAll() {
    long start = clock.nanos();
    List<TailedFile> files = tracker.files();
    int idle = 0; // files in a row that had nothing, over the end of a round
    for (int i = Math.min(nextFile, files.size()); idle < files.size(); i++, idle++) {
      i = i >= files.size() ? 0 : i;
      TailedFile file = files.get(i);
      nextFile = i + 1;
      long now = clock.nanos();
      if (ending || now - start > READ_NANOS) {
        return !ending;
      }
      if (file.isDue(now)) {
        idle = readTurn(file) ? -1 : idle;
        if (uncommittedBytes >= COMMIT_BYTES && !commit()) {
          return false;
        }
      }
    }
    return false;
  }

  /** Reads some blocks of a file; true where it may have more. */
  private boolean readTurn(TailedFile file) {
    long before = file.safe;
    boolean more = false;
    try {
      if (!tracker.reopen(file)) {
        file.ready = false;
        return false;
      }
      if (!file.hasSameHead()) {
        tracker.truncated(file);
        before = 0;
      }
      more = readBlocks(file);
      if (file.learnHead()) {
        resume.remember(file);
      }
    } catch (IOException e) {
      log.warn("reading a file failed, it is tried again", e, "file", file.path);
      file.rewind();
      file.pause(clock.nanos() + SECOND);
    }
    if (file.safe != before) {
      uncommittedBytes += Math.abs(file.safe - before);
    }
    if (file.safe != file.entry.position()) {
      uncommitted.add(file);
    }
    if (config.openOnEveryUpdate() && !more) {
      file.closeHandle();
    }
    return more;
  }

  private boolean readBlocks(TailedFile file) throws IOException {
    for (int i = 0; i < BLOCKS_IN_TURN; i++) {
      switch (reader.read(file)) {
        case MORE -> file.lastGrowth = clock.nanos();
        case END -> {
          file.ready = false;
          return false;
        }
        case LIMITED -> {
          metrics.throttled();
          return false;
        }
        case REFUSED -> {
          return false;
        }
      }
    }
    return true;
  }

  /** Emits multiline events whose next first line does not come. */
  private void flushByTime() {
    if (config.multilineFlushInterval().isEmpty()) {
      return;
    }
    long interval = config.multilineFlushInterval().get().toNanos();
    for (TailedFile file : tracker.files()) {
      MultilineCollector lines = file.collector;
      if (lines != null
          && !lines.isEmpty()
          && lines.endsByTime()
          && !file.paused
          && clock.nanos() - lines.lastLine() >= interval) {
        reader.flush(file);
        uncommitted.add(file);
      }
    }
  }

  /** Lets those files go that are read to their end and have no name any more. */
  private void takeLeave() throws IOException {
    for (TailedFile file : tracker.finished()) {
      if (tracker.mayComeBack(file)) {
        tracker.sleep(file);
      } else if (!leaving.contains(file) && emitRest(file)) {
        leaving.add(file);
      }
    }
  }

  private boolean emitRest(TailedFile file) throws IOException {
    if (file.handle == null && !tracker.reopen(file)) {
      return true;
    }
    boolean taken = reader.emitRest(file);
    uncommitted.add(file);
    return taken;
  }

  /** Makes safe what was emitted and then moves the positions; false where that failed. */
  private boolean commit() {
    if (uncommitted.isEmpty() && leaving.isEmpty()) {
      return true;
    }
    try {
      emitter.commit();
    } catch (EmitException e) {
      log.warn("commit failed, positions stay and it is tried again", e);
      for (TailedFile file : uncommitted) {
        positions.emitted(file.entry, file.entry.position()); // a crash now may lose what is later
      }
      commitPaused = true;
      commitPausedUntil = clock.nanos() + SECOND;
      return false;
    }
    commitPaused = false;
    uncommittedBytes = 0;
    try {
      for (TailedFile file : uncommitted) {
        positions.update(file.entry, file.safe);
      }
      uncommitted.clear();
      for (TailedFile file : leaving) {
        tracker.release(file);
      }
      leaving.clear();
      return true;
    } catch (IOException e) {
      log.warn("writing the pos_file failed, it is tried again", e);
      commitPaused = true;
      commitPausedUntil = clock.nanos() + SECOND;
      return false;
    }
  }

  private void housekeeping(long now) {
    if (config.posFileCompactionInterval().isPresent() && now - nextCompaction >= 0) {
      nextCompaction = now + config.posFileCompactionInterval().get().toNanos();
      guarded(positions::compact);
    }
    if (now - nextSync >= 0) {
      nextSync = now + SYNC_NANOS;
      guarded(positions::sync);
      resume.compactIfLong(tracker.files());
    }
  }

  private long untilNext(long now) {
    if (commitPaused) {
      return Math.max(commitPausedUntil - now, MILLI);
    }
    long next = Math.min(nextRefresh - now, SECOND);
    if (config.enableWatchTimer() || config.multilineFlushInterval().isPresent()) {
      next = Math.min(next, nextSweep - now);
    }
    for (TailedFile file : tracker.files()) {
      if (file.paused && file.ready) {
        next = Math.min(next, file.pausedUntil - now);
      }
      if (file.state == TailedFile.State.DRAINING && !file.paused) {
        next = Math.min(next, file.lastGrowth + config.rotateWait().toNanos() - now);
      }
    }
    return Math.max(next, MILLI);
  }

  /**
   * The last turn: nothing more is read, but files that have appeared are noted, so that the next
   * start finds them whatever their name is then; gathered lines are emitted, positions are written
   * and safe.
   */
  void finish(List<Changes.Change> changes) {
    guarded(() -> tracker.changed(changes));
    guarded(tracker::sweep);
    for (TailedFile file : tracker.files()) {
      boolean gathered = file.collector != null && !file.collector.isEmpty();
      if (gathered && file.collector.endsByTime() && !reader.isInterrupted()) {
        reader.flush(file);
        uncommitted.add(file);
      }
    }
    commit();
    resume.flush();
    guarded(positions::sync);
    tracker.closeAll();
  }
}
