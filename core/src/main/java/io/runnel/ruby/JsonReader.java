package io.runnel.ruby;

import java.math.BigInteger;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/**
 * Reads one JSON value (RFC 8259) out of a text into Map, List, String, Long, BigInteger, Double,
 * Boolean or null. With an {@link Embedded} it reads the form that Fluentd's configurations have:
 * {@code #} comments between items and {@code #{…}} in strings and in the place of values.
 */
public final class JsonReader {
  /** Deeper nesting is refused: each level costs a frame of the stack. */
  static final int MAX_DEPTH = 100;

  /** Evaluates {@code #{…}} in the text. */
  public interface Embedded {
    /**
     * @param from offset of the first character of the code
     * @return the value, and the offset behind the closing brace
     */
    Result evaluate(int from);

    /** The value as text, and where reading goes on. */
    record Result(String text, int next) {}
  }

  /** A text that is no JSON. */
  public static final class Malformed extends RuntimeException {
    private static final long serialVersionUID = 1L;
    private final int offset;

    Malformed(String message, int offset) {
      super(message);
      this.offset = offset;
    }

    /** Where in the text, in characters. */
    public int offset() {
      return offset;
    }
  }

  private final String text;
  private final Embedded embedded;
  private int at;
  private int depth;

  public JsonReader(String text, int from, Embedded embedded) {
    this.text = text;
    this.at = from;
    this.embedded = embedded;
  }

  /**
   * Reads a whole text.
   *
   * @throws Malformed where it is no JSON or something follows
   */
  public static Object parse(String text) {
    JsonReader reader = new JsonReader(text, 0, null);
    Object value = reader.read();
    reader.space();
    if (reader.at < text.length()) {
      throw reader.malformed("unexpected text after the value");
    }
    return value;
  }

  /** Where reading has stopped. */
  public int position() {
    return at;
  }

  /** Reads the next value. */
  public Object read() {
    space();
    if (at >= text.length()) {
      throw malformed("unexpected end of the text");
    }
    char c = text.charAt(at);
    return switch (c) {
      case '{' -> object();
      case '[' -> array();
      case '"' -> string();
      case 't' -> word("true", Boolean.TRUE);
      case 'f' -> word("false", Boolean.FALSE);
      case 'n' -> word("null", null);
      default -> {
        if (c == '#' && embedded != null) {
          yield embeddedValue();
        }
        yield number();
      }
    };
  }

  private Map<String, Object> object() {
    enter();
    Map<String, Object> map = new LinkedHashMap<>();
    space();
    if (take('}')) {
      depth--;
      return map;
    }
    while (true) {
      space();
      if (at >= text.length() || text.charAt(at) != '"') {
        throw malformed("expected a name in double quotes");
      }
      String key = string();
      space();
      if (!take(':')) {
        throw malformed("expected ':'");
      }
      map.put(key, read());
      space();
      if (take('}')) {
        depth--;
        return map;
      }
      if (!take(',')) {
        throw malformed("expected ',' or '}'");
      }
    }
  }

  private List<Object> array() {
    enter();
    List<Object> list = new ArrayList<>();
    space();
    if (take(']')) {
      depth--;
      return list;
    }
    while (true) {
      list.add(read());
      space();
      if (take(']')) {
        depth--;
        return list;
      }
      if (!take(',')) {
        throw malformed("expected ',' or ']'");
      }
    }
  }

  private void enter() {
    at++;
    if (++depth > MAX_DEPTH) {
      throw malformed("nesting of " + MAX_DEPTH + " is too deep");
    }
  }

  private String string() {
    StringBuilder out = new StringBuilder();
    at++;
    while (at < text.length()) {
      char c = text.charAt(at++);
      if (c == '"') {
        return out.toString();
      }
      if (c == '\\') {
        escape(out);
      } else if (c == '#' && embedded != null && at < text.length() && text.charAt(at) == '{') {
        Embedded.Result result = embedded.evaluate(at + 1);
        out.append(result.text());
        at = result.next();
      } else if (c == '\n' || c == '\r') {
        at--;
        throw malformed("a string that does not end on its line");
      } else {
        out.append(c);
      }
    }
    throw malformed("a string that does not end");
  }

  private void escape(StringBuilder out) {
    if (at >= text.length()) {
      throw malformed("a string that does not end");
    }
    char c = text.charAt(at++);
    switch (c) {
      case 'n' -> out.append('\n');
      case 't' -> out.append('\t');
      case 'r' -> out.append('\r');
      case 'b' -> out.append('\b');
      case 'f' -> out.append('\f');
      case '"', '\\', '/' -> out.append(c);
      case 'u' -> {
        if (at + 4 > text.length()) {
          throw malformed("a \\u that has no 4 digits");
        }
        int code = 0;
        for (int i = 0; i < 4; i++) {
          int digit = Character.digit(text.charAt(at + i), 16);
          if (digit < 0) {
            throw malformed("a \\u that has no 4 digits");
          }
          code = code << 4 | digit;
        }
        at += 4;
        out.append((char) code);
      }
      default -> throw malformed("unknown escape \\" + c);
    }
  }

  private Object word(String word, Object value) {
    if (!text.startsWith(word, at)) {
      throw malformed("unexpected character");
    }
    at += word.length();
    return value;
  }

  private Object embeddedValue() {
    if (at + 1 >= text.length() || text.charAt(at + 1) != '{') {
      throw malformed("unexpected character");
    }
    Embedded.Result result = embedded.evaluate(at + 2);
    int start = at;
    at = result.next();
    try {
      return parse(result.text());
    } catch (Malformed e) {
      throw new Malformed("the expression gives no JSON: " + result.text(), start);
    }
  }

  private Object number() {
    int start = at;
    boolean real = false;
    while (at < text.length()) {
      char c = text.charAt(at);
      if (c == '.' || c == 'e' || c == 'E') {
        real = true;
      } else if (c != '-' && c != '+' && (c < '0' || c > '9')) {
        break;
      }
      at++;
    }
    String digits = text.substring(start, at);
    if (!digits.matches("-?(0|[1-9][0-9]*)(\\.[0-9]+)?([eE][-+]?[0-9]+)?")) {
      at = start;
      throw malformed("unexpected character");
    }
    if (real) {
      return Double.valueOf(digits);
    }
    if (digits.length() < 19) {
      return Long.valueOf(digits);
    }
    BigInteger big = new BigInteger(digits);
    return big.bitLength() < 64 ? (Object) big.longValue() : big;
  }

  private boolean take(char c) {
    if (at < text.length() && text.charAt(at) == c) {
      at++;
      return true;
    }
    return false;
  }

  /** Skips white space, and comments where they are allowed. */
  private void space() {
    while (at < text.length()) {
      char c = text.charAt(at);
      if (c == ' ' || c == '\t' || c == '\n' || c == '\r') {
        at++;
      } else if (c == '#' && embedded != null && !text.startsWith("#{", at)) {
        int end = text.indexOf('\n', at);
        at = end < 0 ? text.length() : end;
      } else {
        return;
      }
    }
  }

  private Malformed malformed(String message) {
    return new Malformed(message, Math.min(at, text.length()));
  }
}
