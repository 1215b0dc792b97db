package io.runnel.plugins.tail;

import io.runnel.log.Log;
import java.io.IOException;
import java.util.HashMap;
import java.util.Map;

/** Finds files by their identity. Used by the tail thread alone. */
final class Lookup {
  private final TailFiles files;
  private final Log log;

  Lookup(TailFiles files, Log log) {
    this.files = files;
    this.log = log;
  }

  /** What is known of a path; null where there is nothing, or nothing that may be looked at. */
  TailFiles.Stat statOrNull(String path) {
    try {
      return files.stat(path);
    } catch (IOException e) {
      return null;
    }
  }

  boolean isFolder(String path) {
    TailFiles.Stat stat = statOrNull(path);
    return stat != null && stat.directory();
  }

  /** Whether a path leads to the file with this identity. */
  boolean leadsTo(String path, Object key) {
    TailFiles.Stat stat = statOrNull(path);
    return stat != null && stat.key().equals(key);
  }

  /** The files of a folder by their inodes. */
  Map<Long, String> inodes(String folder) {
    Map<Long, String> found = new HashMap<>();
    try {
      for (String name : files.list(folder)) {
        TailFiles.Stat stat = statOrNull(folder + name);
        if (stat != null && !stat.directory()) {
          found.put(files.inode(stat.key()), folder + name);
        }
      }
    } catch (IOException e) {
      log.debug("looking for a rotated file", "folder", folder, "why", e.getMessage());
    }
    return found;
  }

  /** Opens a path where it leads to that file; null otherwise. */
  TailFiles.Opened openAs(TailedFile file, String path) throws IOException {
    TailFiles.Opened opened = files.open(path);
    if (opened != null && !opened.stat().key().equals(file.key)) {
      opened.file().close();
      return null;
    }
    return opened;
  }

  /** Opens a file under its path, or under the name in the same folder that it has now. */
  TailFiles.Opened reopen(TailedFile file) throws IOException {
    TailFiles.Opened opened = openAs(file, file.path);
    if (opened != null) {
      return opened;
    }
    String name = inodes(PathExpander.parent(file.path)).get(file.inode);
    return name == null ? null : openAs(file, name);
  }
}
