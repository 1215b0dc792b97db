package io.runnel.regexp;

/** Makes regular expressions out of Ruby's syntax. */
public final class Regexps {
  /** Longest time that one search may take; a log line that takes longer shows a faulty pattern. */
  public static final long DEFAULT_LIMIT_MILLIS = 10_000;

  private Regexps() {}

  /**
   * Compiles a pattern.
   *
   * @param source the pattern without slashes
   * @param ignoreCase Ruby's flag i
   * @param multiline Ruby's flag m: a dot matches line ends
   * @throws IllegalArgumentException where Ruby refuses the pattern, with its kind of words
   */
  public static Regexp compile(String source, boolean ignoreCase, boolean multiline) {
    return compile(source, ignoreCase, multiline, false, DEFAULT_LIMIT_MILLIS);
  }

  /**
   * Compiles a pattern with a time limit of its own.
   *
   * @param extended Ruby's flag x: white space and comments in the pattern do not count
   * @param limitMillis how long one search may take
   */
  public static Regexp compile(
      String source, boolean ignoreCase, boolean multiline, boolean extended, long limitMillis) {
    Regexp exact = new JoniRegexp(source, ignoreCase, multiline, extended, limitMillis);
    return extended ? exact : FastRegexp.of(exact, ignoreCase, multiline);
  }

  /**
   * Reads a parameter of Fluentd's type regexp: {@code /…/im}, or the bare pattern. Flags other
   * than i and m have no effect, as in Fluentd.
   *
   * @throws IllegalArgumentException with Fluentd's words where it is wrong
   */
  public static Regexp parseParam(String text) {
    if (!text.startsWith("/")) {
      return compile(text, false, false);
    }
    int slash = text.lastIndexOf('/');
    if (slash == 0 || slash < text.length() - 3) {
      throw new IllegalArgumentException("invalid regexp: missing right slash: " + text);
    }
    String flags = text.substring(slash + 1);
    return compile(text.substring(1, slash), flags.contains("i"), flags.contains("m"));
  }
}
