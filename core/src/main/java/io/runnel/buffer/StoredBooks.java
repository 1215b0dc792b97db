package io.runnel.buffer;

import io.runnel.host.Disk;
import java.io.IOException;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;

/** Reads the books of buffer folders from outside, whether a daemon runs or not. */
public final class StoredBooks {
  private static final String ENDING = ".books";

  private StoredBooks() {}

  /**
   * The sum of the books of a folder and of the workers' folders in it, or of a path with {@code
   * .*.}; {@code in} is what was removed and what is there.
   *
   * @param buffered events in the chunks that are there now
   */
  public static Balance read(Disk disk, Path path, long buffered) throws IOException {
    long[] removed = new long[Fate.values().length];
    for (Path file : files(disk, path)) {
      try {
        Ledger.sum(disk.readAll(file), removed);
      } catch (NoSuchFileException e) {
        continue; // it is being written anew
      }
    }
    long in = buffered;
    for (long each : removed) {
      in += each;
    }
    return new Balance(in, buffered, removed, 0, 0, new long[removed.length]);
  }

  private static List<Path> files(Disk disk, Path path) throws IOException {
    String name = String.valueOf(path.getFileName());
    int star = name.indexOf(".*");
    if (star >= 0) {
      Path file = path.resolveSibling("." + name.substring(0, star) + ENDING);
      return disk.exists(file) ? List.of(file) : List.of();
    }
    List<Path> found = new ArrayList<>();
    for (Path each : disk.list(path)) {
      String own = each.getFileName().toString();
      if (own.startsWith(".") && own.endsWith(ENDING)) {
        found.add(each);
      } else if (own.matches("worker\\d+") && disk.isDirectory(each)) {
        found.addAll(files(disk, each));
      }
    }
    return found;
  }
}
