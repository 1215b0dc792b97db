package io.runnel.config;

import io.runnel.event.Json;
import io.runnel.ruby.JsonReader;

/**
 * Scans the values of the v1 language: unquoted, {@code "…"}, {@code '…'}, and JSON. Rules of
 * Fluentd 1.19; an offset into the text moves forward.
 */
final class Literals {
  private final String text;
  private final EmbeddedCode code;
  int at;

  /** A scanned value; see {@link ConfigValue}. */
  record Literal(String text, boolean useDefault) {
    static final Literal NIL = new Literal(null, false);
    static final Literal DEFAULT = new Literal(null, true);

    static Literal of(String text) {
      return new Literal(text, false);
    }
  }

  Literals(String text, EmbeddedCode code) {
    this.text = text;
    this.code = code;
  }

  boolean eof() {
    return at >= text.length();
  }

  char peek() {
    return text.charAt(at);
  }

  boolean startsWith(String s) {
    return text.startsWith(s, at);
  }

  /** Skips white space, line ends and comments. */
  void spacing() {
    while (!eof()) {
      char c = peek();
      if (c == '#') {
        toLineEnd();
      } else if (c == ' ' || c == '\t' || c == '\n') {
        at++;
      } else {
        return;
      }
    }
  }

  /** Skips blanks within a line. */
  void blanks() {
    while (!eof() && (peek() == ' ' || peek() == '\t')) {
      at++;
    }
  }

  void toLineEnd() {
    int end = text.indexOf('\n', at);
    at = end < 0 ? text.length() : end;
  }

  /** Skips blanks and a comment; false where something else stands before the end of the line. */
  boolean lineEnd() {
    blanks();
    if (!eof() && peek() == '#') {
      toLineEnd();
    }
    return eof() || peek() == '\n';
  }

  /** A parameter's value: JSON, quoted, or up to the end of the line. */
  Literal value() {
    return switch (peek()) {
      case '[' -> json("array");
      case '{' -> json("hash");
      case '"' -> doubleQuoted();
      case '\'' -> Literal.of(singleQuoted());
      default -> Literal.of(unquoted());
    };
  }

  /** Text up to the end of the line or a comment that follows a blank. */
  private String unquoted() {
    int start = at;
    int end = at;
    while (!eof() && peek() != '\n') {
      char c = text.charAt(at++);
      if (c == ' ' || c == '\t') {
        if (!eof() && peek() == '#') {
          toLineEnd();
          break;
        }
      } else {
        end = at;
      }
    }
    return text.substring(start, end);
  }

  String singleQuoted() {
    int start = at++;
    StringBuilder out = new StringBuilder();
    while (!eof()) {
      char c = text.charAt(at++);
      if (c == '\'') {
        return out.toString();
      }
      if (c == '\\' && !eof() && (peek() == '\'' || peek() == '\\')) {
        c = text.charAt(at++);
      }
      out.append(c);
    }
    throw unended(start, "unexpected end of file in a single quoted string");
  }

  Literal doubleQuoted() {
    int start = at++;
    StringBuilder out = new StringBuilder();
    Literal special = null;
    while (!eof()) {
      char c = text.charAt(at++);
      if (c == '"') {
        return special == null ? Literal.of(out.toString()) : special;
      }
      if (c == '\\') {
        escape(out, start);
      } else if (c == '#' && !eof() && peek() == '{') {
        EmbeddedCode.Result result = code.evaluate(text, at + 1);
        at = result.next();
        switch (result.outcome()) {
          case TEXT -> out.append(result.text());
          case NIL -> special = Literal.NIL;
          case DEFAULT -> special = special == null ? Literal.DEFAULT : special;
        }
      } else {
        out.append(c);
      }
    }
    throw unended(start, "unexpected end of file in a double quoted string");
  }

  private void escape(StringBuilder out, int start) {
    if (eof()) {
      throw unended(start, "unexpected end of file in a double quoted string");
    }
    char c = text.charAt(at++);
    switch (c) {
      case 'r' -> out.append('\r');
      case 'n' -> out.append('\n');
      case 't' -> out.append('\t');
      case 'f' -> out.append('\f');
      case 'b' -> out.append('\b');
      case '0' -> out.append('\0');
      case '\n' -> {
        // A backslash at the end of a line joins the lines.
      }
      default -> {
        if (Character.isLetterOrDigit(c) && c < 128) {
          throw new ParseFault(
              "unexpected back-slash escape character '" + c + "'",
              at - 2,
              "write \\\\" + c + ", or put the value in single quotes");
        }
        out.append(c);
      }
    }
  }

  /** A quote that nobody closes is reported where it opens: reading goes on behind that line. */
  private ParseFault unended(int start, String message) {
    at = start;
    return new ParseFault(message, start, "the quote that opens here is not closed");
  }

  private Literal json(String kind) {
    int start = at;
    Literal[] special = new Literal[1];
    JsonReader reader =
        new JsonReader(
            text,
            start,
            from -> {
              EmbeddedCode.Result result = code.evaluate(text, from);
              switch (result.outcome()) {
                case NIL -> special[0] = Literal.NIL;
                case DEFAULT -> special[0] = Literal.DEFAULT;
                case TEXT -> {}
              }
              String value = result.text() == null ? "" : result.text();
              return new JsonReader.Embedded.Result(value, result.next());
            });
    try {
      Object value = reader.read();
      at = reader.position();
      return special[0] == null ? Literal.of(Json.write(value)) : special[0];
    } catch (JsonReader.Malformed e) {
      at = start;
      throw new ParseFault(
          "got incomplete JSON " + kind + " configuration",
          Math.min(e.offset(), text.length()),
          e.getMessage() + "; a text that starts with a bracket goes in quotes");
    } catch (IllegalArgumentException e) { // a number of more than 64 bits
      throw new ParseFault("wrong JSON " + kind + " configuration", start, e.getMessage());
    }
  }
}
