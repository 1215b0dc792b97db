package io.runnel.plugins.tail;

import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.function.Predicate;

/**
 * Finds renames among changes of a folder. The operating system tells a rename as a name that goes
 * and, right behind it, one that comes; Java passes on both but not that they belong together. So a
 * file that was created, written and renamed while nobody looked is found under its new name. The
 * new name must begin like the old one, so that an unrelated new file is not taken for it.
 *
 * <p>The two halves of a rename may be told in two batches: what went last is remembered until the
 * next one.
 */
final class Renames {
  /** Of each folder whose last change was that a followed path went: that path. */
  private final Map<String, String> gone = new HashMap<>();

  /**
   * @param changes what was told since the last call
   * @param followed whether a path is one of those that are followed
   * @return the path under which a file is now, and the followed path that it had at first
   */
  Map<String, String> find(List<Changes.Change> changes, Predicate<String> followed) {
    Map<String, String> earlier = new HashMap<>(gone);
    gone.clear();
    Map<String, String> origins = new LinkedHashMap<>();
    for (Changes.Change change : changes) {
      String folder = change.folder();
      String carried = earlier.remove(folder);
      String last = gone.remove(folder);
      String origin = last != null ? last : carried;
      if (change.kind() == Changes.Kind.CREATED
          && origin != null
          && isRotatedName(origin.substring(folder.length()), change.name())) {
        origins.put(change.path(), origin);
      } else if (change.kind() == Changes.Kind.DELETED) {
        String known = origins.remove(change.path());
        if (known != null || followed.test(change.path())) {
          gone.put(folder, known != null ? known : change.path());
        }
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

  /**
   * The name that a rotated file had at first: the longest one that is followed and that could have
   * been rotated to this one; null where there is none.
   *
   * @param followed whether a name is one of those that are followed
   */
  static String originOf(String rotated, Predicate<String> followed) {
    int dot = rotated.lastIndexOf('.');
    for (int end = rotated.length() - 1; end > 0; end--) {
      String name = rotated.substring(0, end);
      if (isRotatedName(name, rotated) && followed.test(name)) {
        return name;
      }
      if (dot > end && "-_.".indexOf(rotated.charAt(end)) >= 0) {
        name += rotated.substring(dot);
        if (isRotatedName(name, rotated) && followed.test(name)) {
          return name;
        }
      }
    }
    return null;
  }
}
