package io.runnel.plugins.tail;

import io.runnel.host.Clock;
import io.runnel.log.Log;
import java.io.IOException;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.function.Function;

/**
 * Knows which files are followed and under which names: one {@link TailedFile} for one identity
 * (device and inode), whatever names lead to it. A file that has lost its name (rotated, deleted, a
 * link moved) is read on until nothing has come for {@code rotate_wait}; only then it is let go.
 * Used by the tail thread alone.
 */
final class Tracker {
  /** Makes the state of a file that is followed from now on. */
  interface FileFactory {
    TailedFile create(Object key, long inode, String origin);
  }

  /** How often a folder is looked through for files that were missed. */
  private static final int MOST_ROUNDS = 5;

  private final TailConfig config;
  private final TailFiles files;
  private final PathExpander expander;
  private final Changes watch;
  private final ResumePoints resume;
  private final PositionFile positions;
  private final FileFactory factory;
  private final BlockReader reader;
  private final TailMetrics metrics;
  private final Clock clock;
  private final Renames renames = new Renames();
  private final Lookup lookup;
  private final MissedFiles missed;
  private final Log log;
  private final Map<Object, TailedFile> byKey = new LinkedHashMap<>();
  private final Map<String, TailedFile> byPath = new LinkedHashMap<>();
  private final Map<String, Object> aliases = new HashMap<>();
  private boolean first = true;
  private boolean newFolder;

  /** Folders that are not watched, in which a path was found to have changed hands. */
  private final Set<String> unwatched = new LinkedHashSet<>();

  Tracker(
      TailConfig config,
      TailFiles files,
      PathExpander expander,
      Changes watch,
      ResumePoints resume,
      PositionFile positions,
      FileFactory factory,
      BlockReader reader,
      TailMetrics metrics,
      Clock clock,
      Log log) {
    this.config = config;
    this.files = files;
    this.expander = expander;
    this.watch = watch;
    this.resume = resume;
    this.positions = positions;
    this.factory = factory;
    this.reader = reader;
    this.metrics = metrics;
    this.clock = clock;
    this.log = log;
    this.lookup = new Lookup(files, log);
    this.missed = new MissedFiles(files, clock, new Unseen(), log);
  }

  /** All files, those without a name first: what was written earlier is read earlier. */
  List<TailedFile> files() {
    List<TailedFile> all = new ArrayList<>(byKey.size());
    byKey.values().stream().filter(f -> f.state == TailedFile.State.DRAINING).forEach(all::add);
    byKey.values().stream().filter(f -> f.state != TailedFile.State.DRAINING).forEach(all::add);
    return all;
  }

  /** Expands the paths again: finds new files, and lets those go that are wanted no more. */
  void refresh() throws IOException {
    newFolder = false;
    aliases.clear();
    Set<String> targets = expander.expand(clock.millis());
    if (watch.watch(expander.folders())) {
      targets = expander.expand(clock.millis()); // what came before the watch
    }
    for (String path : targets) {
      look(path);
    }
    for (TailedFile file : List.copyOf(byPath.values())) {
      if (!targets.contains(file.path)) {
        dropName(file);
      }
    }
    for (TailedFile file : List.copyOf(byKey.values())) {
      if (file.state == TailedFile.State.DORMANT && !lookup.leadsTo(file.path, file.key)) {
        release(file);
      }
    }
    if (first) {
      first = false;
      missed.begin(expander.folders());
      resumeRotated();
      resume.dropMissing(targets);
      resume.unclaimed().forEach(positions::retain);
      positions.compact();
      resume.compact(byKey.values());
    }
    metrics.tracked(byKey.size());
  }

  /** Looks at every name that is followed, and for growth of files without one. */
  void sweep() throws IOException {
    for (String path : List.copyOf(byPath.keySet())) {
      look(path);
    }
    for (String path : expander.patterns()) {
      // a path without a glob that does not exist yet; an unreadable one waits for the refresh
      if (!first
          && !byPath.containsKey(path)
          && expander.isTarget(path)
          && files.isReadable(path)) {
        look(path);
      }
    }
    for (TailedFile file : byKey.values()) {
      if (file.state == TailedFile.State.DRAINING && file.handle != null) {
        if (file.handle.size() > file.seen) {
          grown(file);
        }
      }
    }
    if (newFolder) {
      refresh();
    }
    followMissed(unwatched, missed::unwatched);
    unwatched.clear();
    missed.swept();
  }

  /** Uses what the operating system has told. */
  void changed(List<Changes.Change> changes) throws IOException {
    Map<String, String> renamed = renames.find(changes, this::isFollowed);
    for (Map.Entry<String, String> rename : renamed.entrySet()) {
      adopt(rename.getKey(), rename.getValue());
    }
    Set<String> untold = new LinkedHashSet<>();
    for (Changes.Change change : changes) {
      String path = change.path();
      if (change.kind() == Changes.Kind.OVERFLOW) {
        untold.add(change.folder());
      } else if (change.name().isEmpty()) {
        lookInto(change.folder());
      } else if (byPath.containsKey(path)) {
        look(path);
      } else if (change.kind() == Changes.Kind.CREATED && !first) {
        if (expander.isTarget(path)) {
          lookAtNew(path);
        } else {
          newFolder |= lookup.isFolder(path);
        }
      }
    }
    if (!untold.isEmpty()) {
      followMissed(untold, missed::untold);
      refresh();
      sweep();
    }
    missed.used();
  }

  /** Follows files that came into these folders and were renamed unseen. */
  private void followMissed(Set<String> folders, Function<String, List<MissedFiles.Missed>> search)
      throws IOException {
    for (String folder : first ? Set.<String>of() : folders) {
      int count = 0;
      // once more after each find: names may shift while they are looked through
      for (int round = 0; round < MOST_ROUNDS && count >= round; round++) {
        for (MissedFiles.Missed found : search.apply(folder)) {
          follow(found.path(), found.origin(), true);
          count++;
        }
      }
      log.debug("looked for files that were renamed unseen", "folder", folder, "found", count);
    }
  }

  private final class Unseen implements MissedFiles.Known {
    @Override
    public boolean isFollowed(String path) {
      return Tracker.this.isFollowed(path);
    }

    @Override
    public boolean hasChanged(String path, long sinceNanos) {
      TailedFile file = byPath.get(path);
      return file == null || file.namedAt - sinceNanos >= 0 || !lookup.leadsTo(path, file.key);
    }

    @Override
    public boolean isTracked(Object key) {
      return byKey.containsKey(key);
    }
  }

  private void lookInto(String folder) throws IOException {
    for (String path : List.copyOf(byPath.keySet())) {
      if (PathExpander.parent(path).equals(folder)) {
        look(path);
      }
    }
  }

  private boolean isFollowed(String path) {
    return byPath.containsKey(path) || expander.isTarget(path);
  }

  private void lookAtNew(String path) throws IOException {
    if (lookup.isFolder(path)) {
      newFolder = true;
    } else {
      look(path);
    }
  }

  /** Compares what a path leads to with what is known. */
  private void look(String path) throws IOException {
    TailFiles.Stat stat;
    try {
      stat = files.stat(path);
    } catch (IOException e) {
      expander.unreadable(path, e);
      return;
    }
    TailedFile known = byPath.get(path);
    boolean there = stat != null && !stat.directory();
    if (known != null && there && known.key.equals(stat.key())) {
      compareSize(known, stat.size());
      return;
    }
    if (!watch.isTold(PathExpander.parent(path))) {
      unwatched.add(PathExpander.parent(path));
    }
    if (known != null) {
      rotated(known);
    }
    if (there) {
      attach(path, stat);
    }
  }

  private void compareSize(TailedFile file, long size) {
    if (size < file.read) {
      truncated(file);
    }
    if (size > file.seen) {
      grown(file);
    }
  }

  private void grown(TailedFile file) {
    file.ready = true;
    file.lastGrowth = clock.nanos();
  }

  private void attach(String path, TailFiles.Stat stat) throws IOException {
    TailedFile other = byKey.get(stat.key());
    if (other == null) {
      follow(path, path, false);
    } else if (other.state == TailedFile.State.NAMED && lookup.leadsTo(other.path, other.key)) {
      aliases.put(path, other.key);
    } else {
      rename(other, path);
    }
  }

  /** Starts to follow a file that is not known yet. */
  private void follow(String path, String origin, boolean older) throws IOException {
    TailFiles.Opened opened;
    try {
      opened = files.open(path);
    } catch (IOException e) {
      expander.unreadable(path, e);
      return;
    }
    if (opened == null) {
      return;
    }
    Object key = opened.stat().key();
    if (byKey.containsKey(key)) {
      opened.file().close(); // the name went to another file in this moment; the next look sees it
      return;
    }
    TailedFile file = factory.create(key, files.inode(key), origin);
    file.handle = opened.file();
    long size = opened.stat().size();
    Optional<PositionFile.Saved> saved = resume.take(file);
    file.startAt(startOf(file, saved, size));
    file.learnHead();
    file.lastGrowth = clock.nanos();
    file.path = path;
    file.namedAt = first ? file.lastGrowth - MissedFiles.LATE_NANOS : file.lastGrowth;
    file.entry =
        older
            ? positions.addOlder(origin, file.inode, file.safe)
            : positions.add(origin, file.inode, file.safe);
    if (saved.isPresent()) {
      positions.drop(saved.get());
    }
    resume.remember(file);
    byKey.put(key, file);
    if (older) {
      file.state = TailedFile.State.DRAINING;
    } else {
      byPath.put(path, file);
    }
    metrics.opened();
    log.info("following tail of " + path);
  }

  /** Where a file begins: behind what was read of it, or by read_from_head where it is new. */
  private long startOf(TailedFile file, Optional<PositionFile.Saved> saved, long size)
      throws IOException {
    if (saved.isPresent()) {
      long position = saved.get().position();
      return position <= size && resume.isSame(file) ? position : 0;
    }
    return first && !config.readFromHead() && !resume.knowsPath(file.origin) ? size : 0;
  }

  /** A file has a new name that is one of ours: it goes on under it. */
  private void rename(TailedFile file, String path) throws IOException {
    if (file.handle == null) {
      TailFiles.Opened opened = lookup.openAs(file, path);
      if (opened == null) {
        return;
      }
      file.handle = opened.file();
    }
    if (byPath.get(file.path) == file) {
      byPath.remove(file.path);
    }
    if (!path.equals(file.entry.path())) {
      file.entry = positions.rename(file.entry, path);
    }
    file.path = path;
    file.namedAt = clock.nanos();
    file.state = TailedFile.State.NAMED;
    grown(file);
    byPath.put(path, file);
    log.debug("following tail of a renamed file", "path", path, "origin", file.origin);
  }

  /** A file that had the name of ours and lost it before it was looked at. */
  private void adopt(String path, String origin) throws IOException {
    TailFiles.Stat stat = files.stat(path);
    if (stat == null || stat.directory() || byKey.containsKey(stat.key()) || first) {
      return;
    }
    boolean named = expander.isTarget(path);
    follow(path, named ? path : origin, !named);
  }

  /** A name leads to another file now, or to none. */
  private void rotated(TailedFile file) throws IOException {
    dropName(file);
    for (Map.Entry<String, Object> alias : Map.copyOf(aliases).entrySet()) {
      if (alias.getValue().equals(file.key) && lookup.leadsTo(alias.getKey(), file.key)) {
        aliases.remove(alias.getKey());
        rename(file, alias.getKey());
        return;
      }
    }
    metrics.rotated();
    log.info("detected rotation of " + file.path + "; waiting " + waitText() + " seconds");
  }

  private void dropName(TailedFile file) {
    byPath.remove(file.path, file);
    file.state = TailedFile.State.DRAINING;
    grown(file);
  }

  private String waitText() {
    long millis = config.rotateWait().toMillis();
    return millis % 1000 == 0 ? Long.toString(millis / 1000) : Double.toString(millis / 1000.0);
  }

  /** The file was cut: it is read from its beginning. */
  void truncated(TailedFile file) {
    if (file.collector != null && !file.collector.isEmpty()) {
      reader.flush(file);
    }
    metrics.rotated();
    log.info("detected rotation of " + file.path);
    file.startAt(0);
    file.forgetHead();
  }

  /** Rotated files that were not read to their end before the last stop, found by their inode. */
  private void resumeRotated() throws IOException {
    Map<String, Map<Long, String>> inodes = new HashMap<>();
    for (PositionFile.Saved saved : resume.unclaimed()) {
      String folder = PathExpander.parent(saved.path());
      String path = inodes.computeIfAbsent(folder, lookup::inodes).get(saved.inode());
      if (path != null && !byPath.containsKey(path)) {
        follow(path, saved.path(), true);
      }
    }
  }

  /**
   * Files without a name that have nothing more to read, and for which nothing more is expected.
   * Those that turn out to have a name of ours are named again instead.
   */
  List<TailedFile> finished() throws IOException {
    long now = clock.nanos();
    List<TailedFile> done = new ArrayList<>();
    Map<String, Map<Long, String>> inodes = new HashMap<>();
    for (TailedFile file : List.copyOf(byKey.values())) {
      boolean ended = file.state == TailedFile.State.DRAINING && !file.ready && !file.paused;
      if (!ended || now - file.lastGrowth < config.rotateWait().toNanos()) {
        continue;
      }
      if (file.handle != null && file.handle.size() > file.seen) {
        grown(file);
        continue;
      }
      String name =
          inodes.computeIfAbsent(PathExpander.parent(file.path), lookup::inodes).get(file.inode);
      if (name != null && expander.isTarget(name) && !name.equals(file.path)) {
        look(name);
      }
      if (file.state == TailedFile.State.DRAINING) {
        done.add(file);
      }
    }
    return done;
  }

  /**
   * True for a file that is left out only for now (limit_recently_modified, a date in the path):
   * its position is kept.
   */
  boolean mayComeBack(TailedFile file) {
    return lookup.leadsTo(file.path, file.key) && expander.isTarget(file.path);
  }

  void sleep(TailedFile file) {
    file.state = TailedFile.State.DORMANT;
    file.closeHandle();
    metrics.closed();
  }

  /** Forgets a file; everything of it must have been committed. */
  void release(TailedFile file) throws IOException {
    missed.letGo(file);
    byKey.remove(file.key);
    byPath.remove(file.path, file);
    file.allowance.release();
    if (file.handle != null) {
      file.closeHandle();
      metrics.closed();
    }
    positions.unwatch(file.entry);
    metrics.tracked(byKey.size());
  }

  /**
   * Opens a file that is not kept open; false where it cannot be found any more: there is nothing
   * more to read then.
   */
  boolean reopen(TailedFile file) throws IOException {
    if (file.handle != null) {
      return true;
    }
    TailFiles.Opened opened = lookup.reopen(file);
    if (opened == null) {
      return false;
    }
    file.handle = opened.file();
    return true;
  }

  void closeAll() {
    byKey.values().forEach(TailedFile::closeHandle);
  }
}
