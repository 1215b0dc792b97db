package io.runnel.regexp;

import java.util.List;

/**
 * A Ruby (Onigmo) regular expression that runs on bytes. Safe for use by several threads at once.
 */
public interface Regexp {
  /** The pattern without slashes. */
  String source();

  /** Names of the named groups in the order of their numbers; empty where there are none. */
  List<String> names();

  /**
   * Searches in UTF-8 text (bytes that are no UTF-8 match as single characters would).
   *
   * @param from where to begin, offset at first
   * @return null where nothing matches, else pairs (start, end) of absolute positions in {@code
   *     text}: pair 0 is the whole match, pair n the n-th group; -1 where a group took no part
   * @throws RegexpTimeoutException where the match takes longer than the limit
   */
  int[] search(byte[] text, int offset, int length, int from);

  default boolean matches(byte[] text, int offset, int length) {
    return search(text, offset, length, offset) != null;
  }

  boolean matches(String text);

  /** Number of the first group of that name, -1 where there is none. */
  int group(String name);

  /**
   * Numbers of all groups of that name: a name may be given to several alternatives, and the last
   * one that took part counts.
   */
  int[] groups(String name);

  /** The same expression with another limit on the time of one search. */
  Regexp withLimit(long millis);
}
