package io.runnel.config;

import java.util.Collection;
import java.util.Locale;

/** Finds the name that was probably meant. */
public final class Suggestions {
  private Suggestions() {}

  /**
   * The candidate that is nearest to a name by edit distance (insert, delete, replace, and swap of
   * neighbours); null where none is near enough to be a slip of the keyboard.
   */
  public static String nearest(String name, Collection<String> candidates) {
    String best = null;
    int limit = Math.max(1, name.length() / 3);
    int least = limit + 1;
    String plain = plain(name);
    for (String candidate : candidates) {
      if (candidate.equals(name)) {
        continue;
      }
      boolean same = plain(candidate).equals(plain);
      int distance = same ? 0 : distance(name, candidate, least);
      if (distance < least) {
        least = distance;
        best = candidate;
      }
    }
    return best;
  }

  /** {@code did you mean 'x'?}, or null. */
  public static String hint(String name, Collection<String> candidates) {
    String nearest = nearest(name, candidates);
    return nearest == null ? null : "did you mean '" + nearest + "'?";
  }

  /** Names that differ in case, dashes and underscores only are the same to a reader. */
  private static String plain(String name) {
    return name.toLowerCase(Locale.ROOT).replaceAll("[-_@]", "");
  }

  private static int distance(String a, String b, int limit) {
    if (Math.abs(a.length() - b.length()) >= limit) {
      return limit;
    }
    int[] before = new int[b.length() + 1];
    int[] previous = new int[b.length() + 1];
    int[] current = new int[b.length() + 1];
    for (int j = 0; j <= b.length(); j++) {
      previous[j] = j;
    }
    for (int i = 1; i <= a.length(); i++) {
      current[0] = i;
      for (int j = 1; j <= b.length(); j++) {
        int cost = a.charAt(i - 1) == b.charAt(j - 1) ? 0 : 1;
        int least = Math.min(Math.min(current[j - 1], previous[j]) + 1, previous[j - 1] + cost);
        boolean swapped =
            i > 1
                && j > 1
                && a.charAt(i - 1) == b.charAt(j - 2)
                && a.charAt(i - 2) == b.charAt(j - 1);
        current[j] = swapped ? Math.min(least, before[j - 2] + 1) : least;
      }
      int[] spare = before;
      before = previous;
      previous = current;
      current = spare;
    }
    return previous[b.length()];
  }
}
