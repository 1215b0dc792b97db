package io.runnel.regexp;

import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.Iterator;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import org.jcodings.exception.JCodingsException;
import org.jcodings.specific.UTF8Encoding;
import org.joni.Matcher;
import org.joni.NameEntry;
import org.joni.Option;
import org.joni.Regex;
import org.joni.Region;
import org.joni.WarnCallback;
import org.joni.exception.JOniException;

/**
 * A regular expression that joni runs: the port of Ruby's engine to the JVM. Immutable but for
 * joni's own caches; each search has a matcher of its own.
 *
 * <p>joni trusts its text to be valid UTF-8 and could read beyond the end of one that is not. Such
 * a text is searched in a copy in which each stray byte is the control character SUB, so that
 * positions stay the same.
 */
final class JoniRegexp implements Regexp {
  private static final int[] NO_GROUPS = {};

  private final String source;
  private final Regex regex;
  private final List<String> names;
  private final Map<String, int[]> groups;
  private final long limitMillis;

  JoniRegexp(
      String source, boolean ignoreCase, boolean multiline, boolean extended, long limitMillis) {
    this.source = source;
    this.limitMillis = limitMillis;
    byte[] pattern = source.getBytes(StandardCharsets.UTF_8);
    int options =
        (ignoreCase ? Option.IGNORECASE : 0)
            | (multiline ? Option.MULTILINE : 0)
            | (extended ? Option.EXTEND : 0);
    try {
      regex =
          new Regex(pattern, 0, pattern.length, options, UTF8Encoding.INSTANCE, WarnCallback.NONE);
    } catch (JOniException | JCodingsException e) {
      throw new IllegalArgumentException(e.getMessage() + ": /" + source + "/", e);
    } catch (IndexOutOfBoundsException | IllegalArgumentException e) {
      // joni's own message of a wrong group name cannot be made where there is a $ in the name
      throw new IllegalArgumentException("invalid group name: /" + source + "/", e);
    } catch (StackOverflowError e) {
      throw new IllegalArgumentException("too deep nest: /" + source + "/", e);
    }
    groups = new HashMap<>();
    names = List.copyOf(readNames());
  }

  private JoniRegexp(JoniRegexp other, long limitMillis) {
    source = other.source;
    regex = other.regex;
    names = other.names;
    groups = other.groups;
    this.limitMillis = limitMillis;
  }

  private List<String> readNames() {
    TreeMap<Integer, String> byNumber = new TreeMap<>();
    if (regex.numberOfNames() > 0) {
      for (Iterator<NameEntry> it = regex.namedBackrefIterator(); it.hasNext(); ) {
        NameEntry entry = it.next();
        String name =
            new String(
                entry.name, entry.nameP, entry.nameEnd - entry.nameP, StandardCharsets.UTF_8);
        int[] numbers = entry.getBackRefs();
        groups.put(name, numbers);
        byNumber.put(numbers[0], name);
      }
    }
    return new ArrayList<>(byNumber.values());
  }

  @Override
  public String source() {
    return source;
  }

  @Override
  public List<String> names() {
    return names;
  }

  @Override
  public int[] groups(String name) {
    return groups.getOrDefault(name, NO_GROUPS);
  }

  @Override
  public int group(String name) {
    int[] numbers = groups(name);
    return numbers.length == 0 ? -1 : numbers[0];
  }

  @Override
  public Regexp withLimit(long millis) {
    return new JoniRegexp(this, millis);
  }

  @Override
  public int[] search(byte[] text, int offset, int length, int from) {
    Region region = run(text, offset, length, from);
    if (region == null) {
      return null;
    }
    int[] places = new int[2 * region.getNumRegs()];
    for (int i = 0; i < region.getNumRegs(); i++) {
      boolean absent = region.getBeg(i) < 0;
      places[2 * i] = absent ? -1 : region.getBeg(i) + offset;
      places[2 * i + 1] = absent ? -1 : region.getEnd(i) + offset;
    }
    return places;
  }

  @Override
  public boolean matches(byte[] text, int offset, int length) {
    return run(text, offset, length, offset) != null;
  }

  @Override
  public boolean matches(String text) {
    byte[] bytes = text.getBytes(StandardCharsets.UTF_8);
    return matches(bytes, 0, bytes.length);
  }

  /** The groups, relative to {@code offset}; null where nothing matches. */
  private Region run(byte[] text, int offset, int length, int from) {
    byte[] valid = text;
    int start = offset;
    if (!Utf8.isValid(text, offset, length)) {
      valid = Utf8.withoutStrayBytes(text, offset, length);
      start = 0;
    }
    int end = start + length;
    Matcher matcher = regex.matcher(valid, start, end, limitMillis * 1_000_000);
    int found = matcher.search(start + from - offset, end, Option.NONE);
    if (found >= 0) {
      return matcher.getEagerRegion();
    }
    if (found == Matcher.INTERRUPTED) {
      throw new RegexpTimeoutException(
          "regexp match timeout: /" + source + "/ took more than " + limitMillis + " ms");
    }
    return null;
  }

  @Override
  public String toString() {
    return "/" + source + "/";
  }
}
