package io.runnel.manager;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.LinkOption;
import java.nio.file.Path;
import java.util.Comparator;
import java.util.List;
import java.util.stream.Stream;

/** Deletes and measures what lies in directories; links are not followed. */
final class Trees {
  private Trees() {}

  /**
   * Deletes a file, a link, or a directory.
   *
   * @param whole a directory with all that is in it; otherwise only an empty one
   */
  static void delete(Path path, boolean whole) throws IOException {
    if (whole && Files.isDirectory(path, LinkOption.NOFOLLOW_LINKS)) {
      List<Path> all;
      try (Stream<Path> tree = Files.walk(path)) {
        all = tree.sorted(Comparator.reverseOrder()).toList();
      }
      for (Path entry : all) {
        Files.deleteIfExists(entry);
      }
    } else {
      Files.deleteIfExists(path);
    }
  }
}
