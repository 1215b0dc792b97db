package io.runnel.plugins.tail;

import java.io.IOException;
import java.util.ArrayList;
import java.util.Collection;
import java.util.HashMap;
import java.util.HashSet;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;

/** What the pos_file said of the files of the last run, until somebody takes it up. */
final class ResumePoints {
  private final Set<PositionFile.Saved> open;
  private final Map<Long, List<PositionFile.Saved>> byInode = new HashMap<>();
  private final Set<String> paths = new HashSet<>();
  private final FileHeads heads;

  ResumePoints(List<PositionFile.Saved> saved, FileHeads heads) {
    this.open = new LinkedHashSet<>(saved);
    this.heads = heads;
    for (PositionFile.Saved one : saved) {
      byInode.computeIfAbsent(one.inode(), ignored -> new ArrayList<>()).add(one);
      paths.add(one.path());
    }
  }

  /**
   * Takes the entry of a file's inode, preferably under the file's path: without it the file was
   * renamed meanwhile.
   */
  Optional<PositionFile.Saved> take(TailedFile file) {
    PositionFile.Saved found = null;
    for (PositionFile.Saved one : byInode.getOrDefault(file.inode, List.of())) {
      if (open.contains(one) && (found == null || one.path().equals(file.origin))) {
        found = one;
      }
    }
    if (found != null) {
      open.remove(found);
    }
    return Optional.ofNullable(found);
  }

  /** Whether there was an entry for the path: another file under it is one that was rotated in. */
  boolean knowsPath(String path) {
    return paths.contains(path);
  }

  /** False where the first bytes are not those of the last run: the inode was used again. */
  boolean isSame(TailedFile file) throws IOException {
    return heads.isSame(file);
  }

  /** Entries of files that no path has led to. */
  List<PositionFile.Saved> unclaimed() {
    return List.copyOf(open);
  }

  /** Drops the entries that belong to nothing that exists; those of unreadable files are kept. */
  void dropMissing(Set<String> targets) {
    open.removeIf(one -> !targets.contains(one.path()));
    paths.clear();
    open.forEach(one -> paths.add(one.path()));
  }

  /** Keeps the first bytes of a file for the next start. */
  void remember(TailedFile file) {
    heads.remember(file);
  }

  void compact(Collection<TailedFile> files) {
    heads.compact(files);
  }

  void flush() {
    heads.flush();
  }

  void compactIfLong(Collection<TailedFile> files) {
    if (heads.isLong()) {
      heads.compact(files);
    }
  }
}
