package io.runnel.ruby;

/** A place in the text of an expression, and what is easily said of the text there. */
final class Scanner {
  final String text;
  int at;

  Scanner(String text, int at) {
    this.text = text;
    this.at = at;
  }

  boolean eof() {
    return at >= text.length();
  }

  /** The character so many places ahead; 0 beyond the end. */
  char peek(int ahead) {
    int i = at + ahead;
    return i >= 0 && i < text.length() ? text.charAt(i) : 0;
  }

  char peek() {
    return peek(0);
  }

  boolean sees(String s) {
    return text.startsWith(s, at);
  }

  boolean take(String s) {
    if (sees(s)) {
      at += s.length();
      return true;
    }
    return false;
  }

  /** Skips blanks, comments and joined lines, but no line end. */
  void space() {
    while (!eof()) {
      char c = peek();
      if (c == ' ' || c == '\t' || c == '\r') {
        at++;
      } else if (c == '\\' && peek(1) == '\n') {
        at += 2;
      } else if (c == '#' && (at == 0 || Character.isWhitespace(peek(-1)) || peek(-1) == ';')) {
        while (!eof() && peek() != '\n') {
          at++;
        }
      } else {
        return;
      }
    }
  }

  /** Skips white space with line ends. */
  void lines() {
    space();
    while (peek() == '\n') {
      at++;
      space();
    }
  }

  /** Skips what separates statements. */
  void terms() {
    lines();
    while (peek() == ';') {
      at++;
      lines();
    }
  }

  static boolean isWordStart(char c) {
    return c >= 'a' && c <= 'z' || c >= 'A' && c <= 'Z' || c == '_' || c > 127;
  }

  static boolean isWord(char c) {
    return isWordStart(c) || c >= '0' && c <= '9';
  }

  static boolean isDigit(char c) {
    return c >= '0' && c <= '9';
  }

  /** Whether a keyword stands here as a whole word. */
  boolean seesWord(String word) {
    return sees(word) && !isWord(peek(word.length())) && !(at > 0 && isWord(peek(-1)));
  }

  boolean takeWord(String word) {
    // A label such as "if:" is no keyword.
    boolean label = peek(word.length()) == ':' && peek(word.length() + 1) != ':';
    return seesWord(word) && !label && take(word);
  }

  /** A word; empty where none starts here. */
  String word() {
    int start = at;
    if (isWordStart(peek())) {
      while (isWord(peek())) {
        at++;
      }
    }
    return text.substring(start, at);
  }

  RubyException error(String message) {
    return new RubyException("SyntaxError", message, Math.min(at, text.length()));
  }

  RubyException unexpected() {
    if (eof()) {
      return error("syntax error, unexpected end-of-input");
    }
    int start = at;
    String word = word();
    at = start;
    return error("syntax error, unexpected `" + (word.isEmpty() ? peek() : word) + "'");
  }

  void expect(String s) {
    if (!take(s)) {
      RubyException e = unexpected();
      throw new RubyException(e.type(), e.getMessage() + ", expecting `" + s + "'", e.offset());
    }
  }
}
