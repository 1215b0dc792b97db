package io.runnel.regexp;

import java.util.List;
import java.util.concurrent.atomic.AtomicReference;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * Runs patterns of a common subset on the JDK's engine, which needs a quarter of joni's time: see
 * {@link JavaSyntax}. Text that is not ASCII or has line ends, empty text (where Java's {@code ^}
 * does not match), and a search that takes too many steps are left to joni, which has the last word
 * on everything.
 */
final class FastRegexp implements Regexp {
  /** Characters looked at for each of the text, before the search is given to joni. */
  private static final int STEPS_PER_BYTE = 100;

  private static final int STEPS_AT_LEAST = 20_000;

  private final Regexp exact;
  private final Pattern pattern;

  /** One search that is not in use, kept for the next. */
  private final AtomicReference<Search> spare = new AtomicReference<>();

  private FastRegexp(Regexp exact, Pattern pattern) {
    this.exact = exact;
    this.pattern = pattern;
  }

  /** The fast form of a pattern; the exact one where there is none. */
  static Regexp of(Regexp exact, boolean ignoreCase, boolean multiline) {
    String translated = JavaSyntax.translate(exact.source());
    if (translated == null) {
      return exact;
    }
    int flags =
        Pattern.UNIX_LINES
            | Pattern.MULTILINE
            | (ignoreCase ? Pattern.CASE_INSENSITIVE : 0)
            | (multiline ? Pattern.DOTALL : 0);
    return new FastRegexp(exact, Pattern.compile(translated, flags));
  }

  @Override
  public String source() {
    return exact.source();
  }

  @Override
  public List<String> names() {
    return exact.names();
  }

  @Override
  public int group(String name) {
    return exact.group(name);
  }

  @Override
  public int[] groups(String name) {
    return exact.groups(name);
  }

  @Override
  public Regexp withLimit(long millis) {
    return new FastRegexp(exact.withLimit(millis), pattern);
  }

  @Override
  public int[] search(byte[] text, int offset, int length, int from) {
    if (length == 0 || !Utf8.isAsciiLine(text, offset, length)) {
      return exact.search(text, offset, length, from);
    }
    Search search = take();
    try {
      if (!search.find(text, offset, length, from)) {
        return null;
      }
      return search.places(offset);
    } catch (TooManySteps e) {
      return exact.search(text, offset, length, from);
    } finally {
      give(search);
    }
  }

  @Override
  public boolean matches(byte[] text, int offset, int length) {
    if (length == 0 || !Utf8.isAsciiLine(text, offset, length)) {
      return exact.matches(text, offset, length);
    }
    Search search = take();
    try {
      return search.find(text, offset, length, offset);
    } catch (TooManySteps e) {
      return exact.matches(text, offset, length);
    } finally {
      give(search);
    }
  }

  @Override
  public boolean matches(String text) {
    return exact.matches(text);
  }

  private Search take() {
    Search search = spare.getAndSet(null);
    return search == null ? new Search(pattern) : search;
  }

  private void give(Search search) {
    search.line.bytes = null;
    spare.set(search);
  }

  @Override
  public String toString() {
    return exact.toString();
  }

  /** A matcher and the text that it runs on. */
  private static final class Search {
    private final Line line = new Line();
    private final Matcher matcher;

    Search(Pattern pattern) {
      matcher = pattern.matcher(line);
    }

    boolean find(byte[] text, int offset, int length, int from) {
      line.bytes = text;
      line.offset = offset;
      line.length = length;
      line.steps = Math.max(STEPS_AT_LEAST, (long) length * STEPS_PER_BYTE);
      matcher.reset();
      return matcher.find(from - offset);
    }

    int[] places(int offset) {
      int[] places = new int[2 * matcher.groupCount() + 2];
      for (int i = 0; i <= matcher.groupCount(); i++) {
        int start = matcher.start(i);
        places[2 * i] = start < 0 ? -1 : start + offset;
        places[2 * i + 1] = start < 0 ? -1 : matcher.end(i) + offset;
      }
      return places;
    }
  }

  /** ASCII bytes as characters; counts how many were looked at. */
  private static final class Line implements CharSequence {
    private byte[] bytes = {};
    private int offset;
    private int length;
    private long steps;

    @Override
    public int length() {
      return length;
    }

    @Override
    public char charAt(int index) {
      if (--steps < 0) {
        throw TooManySteps.INSTANCE;
      }
      return (char) bytes[offset + index];
    }

    @Override
    public CharSequence subSequence(int start, int end) {
      throw new UnsupportedOperationException();
    }
  }

  /** Ends a search in the middle. */
  private static final class TooManySteps extends RuntimeException {
    private static final long serialVersionUID = 1L;
    private static final TooManySteps INSTANCE = new TooManySteps();

    private TooManySteps() {
      super(null, null, false, false);
    }
  }
}
