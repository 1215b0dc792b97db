package io.runnel.plugins.tail;

import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.function.Predicate;

/**
 * Finds renames among changes of a folder. The operating system tells a rename as a name that goes
 * and, right behind it, one that comes; Java passes on both but not that they belong together. So a
 * file that was created, written and renamed while nobody looked is found under its new name. The
 * new name must begin like the old one, so that an unrelated new file is not taken for it.
 */
final class Renames {
  private Renames() {}

  /**
   * @param followed whether a path is one of those that are followed
   * @return the path under which a file is now, and the followed path that it had at first
   */
  static Map<String, String> find(List<Changes.Change> changes, Predicate<String> followed) {
    Map<String, String> origins = new LinkedHashMap<>();
    for (int i = 0; i < changes.size(); i++) {
      Changes.Change gone = changes.get(i);
      if (gone.kind() != Changes.Kind.DELETED) {
        continue;
      }
      String origin = origins.remove(gone.path());
      if (origin == null && followed.test(gone.path())) {
        origin = gone.path();
      }
      if (origin == null || i + 1 == changes.size()) {
        continue;
      }
      Changes.Change next = changes.get(i + 1);
      if (next.kind() == Changes.Kind.CREATED
          && next.folder().equals(gone.folder())
          && isRotatedName(origin.substring(gone.folder().length()), next.name())) {
        origins.put(next.path(), origin);
      }
    }
    return origins;
  }

  /** {@code app.log.1}, {@code app.log-20260102} or {@code app-1.log} of {@code app.log}. */
  static boolean isRotatedName(String name, String rotated) {
    if (CompressedFiles.isNamed(rotated) || rotated.equals(name)) {
      return false;
    }
    int dot = name.lastIndexOf('.');
    String stem = dot > 0 ? name.substring(0, dot) : name;
    return rotated.startsWith(name)
        || rotated.startsWith(stem)
            && rotated.length() > stem.length()
            && "-_.".indexOf(rotated.charAt(stem.length())) >= 0;
  }
}
