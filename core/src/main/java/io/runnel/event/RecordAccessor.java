package io.runnel.event;

import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Map;

/**
 * Reaches a field of a record: {@code key}, {@code $.a.b[0].c} or {@code $['a']["b"][0]} (Fluentd's
 * record accessor). Works on decoded records and, without decoding, on packed ones. Immutable.
 *
 * <p>Where the path leads through a value that is neither a map nor a list, there is no such field;
 * Fluentd raises an error there.
 */
public final class RecordAccessor {
  private final String source;

  /** Keys as String, indexes as Integer (negative ones count from the end). */
  private final List<Object> path;

  private final byte[][] keys;

  private RecordAccessor(String source, List<Object> path) {
    this.source = source;
    this.path = List.copyOf(path);
    this.keys = new byte[path.size()][];
    for (int i = 0; i < keys.length; i++) {
      if (path.get(i) instanceof String key) {
        keys[i] = key.getBytes(StandardCharsets.UTF_8);
      }
    }
  }

  /**
   * @throws IllegalArgumentException with Fluentd's words where the syntax is wrong; the caller
   *     makes a ConfigException of it
   */
  public static RecordAccessor of(String source) {
    if (source.startsWith("$.")) {
      return new RecordAccessor(source, dotted(source));
    }
    if (source.startsWith("$[")) {
      return new RecordAccessor(source, bracketed(source));
    }
    return new RecordAccessor(source, List.of(source));
  }

  /** An accessor for exactly this key, whatever characters it has. */
  public static RecordAccessor ofKey(String key) {
    return new RecordAccessor(key, List.of(key));
  }

  /** As it stands in the configuration. */
  public String source() {
    return source;
  }

  /** True for a field of the record itself. */
  public boolean isPlainKey() {
    return path.size() == 1 && path.getFirst() instanceof String;
  }

  /** Keys (String) and indexes (Integer) from the outside in. */
  public List<Object> path() {
    return path;
  }

  /** The value; null where it is nil or there is no such field. */
  public Object get(Map<String, Object> record) {
    Object value = record;
    for (Object step : path) {
      value = step(value, step);
      if (value == null) {
        return null;
      }
    }
    return value;
  }

  /** True where the field exists, even with the value nil. */
  public boolean exists(Map<String, Object> record) {
    Object parent = parent(record);
    return switch (path.getLast()) {
      case String key -> parent instanceof Map<?, ?> map && map.containsKey(key);
      case Integer n -> parent instanceof List<?> list && index(n, list.size()) >= 0;
      default -> false;
    };
  }

  /**
   * Sets an existing or new field; does nothing where what is above it does not exist.
   *
   * @param record mutable down to the parent of the field
   */
  @SuppressWarnings("unchecked") // records have text keys
  public void set(Map<String, Object> record, Object value) {
    Object parent = parent(record);
    if (path.getLast() instanceof String key && parent instanceof Map<?, ?> map) {
      ((Map<String, Object>) map).put(key, value);
    } else if (path.getLast() instanceof Integer n && parent instanceof List<?> list) {
      int index = index(n, list.size());
      if (index >= 0) {
        ((List<Object>) list).set(index, value);
      }
    }
  }

  /** Removes the field and returns its value; null where there was none. */
  public Object delete(Map<String, Object> record) {
    Object parent = parent(record);
    if (path.getLast() instanceof String key && parent instanceof Map<?, ?> map) {
      return map.remove(key);
    }
    if (path.getLast() instanceof Integer n && parent instanceof List<?> list) {
      int index = index(n, list.size());
      return index < 0 ? null : list.remove(index);
    }
    return null;
  }

  /**
   * Finds the value in a packed record.
   *
   * @param reader stands before the record, and before the value afterwards; where there is no such
   *     field its position is unspecified
   * @return the length of the packed value, or -1 where there is no such field
   */
  public int find(MsgpackReader reader) {
    for (int i = 0; i < keys.length; i++) {
      if (!reader.hasMore()) {
        return -1;
      }
      boolean found =
          keys[i] != null ? findKey(reader, keys[i]) : findIndex(reader, (Integer) path.get(i));
      if (!found) {
        return -1;
      }
    }
    int start = reader.position();
    reader.skip();
    int length = reader.position() - start;
    reader.position(start);
    return length;
  }

  private static boolean findKey(MsgpackReader reader, byte[] key) {
    if (!reader.peekMap()) {
      return false;
    }
    for (int left = reader.readMapHeader(); left > 0; left--) {
      if (reader.peekString()) {
        int length = reader.readStringHeader();
        int at = reader.position();
        reader.position(at + length);
        if (length == key.length
            && Arrays.equals(reader.buffer(), at, at + length, key, 0, length)) {
          return true;
        }
      } else {
        reader.skip();
      }
      reader.skip();
    }
    return false;
  }

  private static boolean findIndex(MsgpackReader reader, int wanted) {
    if (!reader.peekArray()) {
      return false;
    }
    int index = index(wanted, reader.readArrayHeader());
    for (int i = 0; i < index; i++) {
      reader.skip();
    }
    return index >= 0;
  }

  private Object parent(Map<String, Object> record) {
    Object value = record;
    for (int i = 0; i < path.size() - 1 && value != null; i++) {
      value = step(value, path.get(i));
    }
    return value;
  }

  private static Object step(Object value, Object step) {
    if (step instanceof String key) {
      return value instanceof Map<?, ?> map ? map.get(key) : null;
    }
    if (!(value instanceof List<?> list)) {
      return null;
    }
    int index = index((Integer) step, list.size());
    return index < 0 ? null : list.get(index);
  }

  /** The index from the front; -1 where it is outside. */
  private static int index(int index, int size) {
    int fromFront = index < 0 ? index + size : index;
    return fromFront < size ? Math.max(fromFront, -1) : -1;
  }

  private static List<Object> dotted(String source) {
    List<Object> path = new ArrayList<>();
    for (String part : source.substring(2).split("\\.")) {
      int bracket = part.indexOf('[');
      if (bracket < 0) {
        path.add(part);
        continue;
      }
      if (bracket > 0) {
        path.add(part.substring(0, bracket));
      }
      indexes(source, part.substring(bracket), path);
    }
    for (Object key : path) {
      if (key instanceof String text) {
        if (text.isEmpty()) {
          throw new IllegalArgumentException("empty keys in dot notation");
        }
        if (text.chars().anyMatch(Character::isWhitespace)) {
          throw new IllegalArgumentException(
              "whitespace character is not allowed in dot notation. Use bracket notation: " + text);
        }
      }
    }
    return path;
  }

  /** Reads {@code [0][1]…}. */
  private static void indexes(String source, String text, List<Object> path) {
    int at = 0;
    while (at < text.length()) {
      if (text.charAt(at) != '[') {
        throw invalid(source, "found unexpected text after ']'");
      }
      int end = text.indexOf(']', at);
      if (end < 0) {
        throw invalid(source, "'[' found but ']' not found");
      }
      path.add(integer(source, text.substring(at + 1, end)));
      at = end + 1;
    }
  }

  private static List<Object> bracketed(String source) {
    List<Object> path = new ArrayList<>();
    int at = 1;
    while (at < source.length()) {
      if (source.charAt(at) != '[') {
        throw invalid(source, "found unexpected text after ']'");
      }
      char quote = at + 1 < source.length() ? source.charAt(at + 1) : 0;
      if (quote == '\'' || quote == '"') {
        int end = closingQuote(source, at + 2);
        if (end < 0) {
          throw invalid(source, "'[' found but ']' not found");
        }
        if (source.charAt(end) != quote) {
          throw invalid(source, "Mismatched quotes");
        }
        path.add(source.substring(at + 2, end));
        at = end + 2;
      } else {
        int end = source.indexOf(']', at);
        if (end < 0) {
          throw invalid(source, "'[' found but ']' not found");
        }
        path.add(integer(source, source.substring(at + 1, end)));
        at = end + 1;
      }
    }
    return path;
  }

  /** The first quote, of either kind, that a bracket follows. */
  private static int closingQuote(String source, int from) {
    int single = source.indexOf("']", from);
    int other = source.indexOf("\"]", from);
    return single < 0 ? other : other < 0 ? single : Math.min(single, other);
  }

  private static Integer integer(String source, String text) {
    try {
      return Integer.valueOf(text.strip());
    } catch (NumberFormatException e) {
      throw invalid(source, "invalid value for Integer(): \"" + text + "\"");
    }
  }

  private static IllegalArgumentException invalid(String source, String message) {
    return new IllegalArgumentException(message + ". Invalid syntax: " + source);
  }

  @Override
  public boolean equals(Object other) {
    return other instanceof RecordAccessor accessor && accessor.path.equals(path);
  }

  @Override
  public int hashCode() {
    return path.hashCode();
  }

  @Override
  public String toString() {
    return source;
  }
}
