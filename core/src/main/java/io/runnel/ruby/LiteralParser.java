package io.runnel.ruby;

import java.math.BigInteger;
import java.util.ArrayList;
import java.util.List;
import java.util.function.Supplier;

/** Reads strings, symbols, numbers and regular expressions. */
final class LiteralParser {
  private final Scanner in;

  /** Reads the code of {@code #{…}} up to its closing brace. */
  private final Supplier<Node> embedded;

  LiteralParser(Scanner in, Supplier<Node> embedded) {
    this.in = in;
    this.embedded = embedded;
  }

  /** The literal that stands here; null where none does. */
  Node literal() {
    char c = in.peek();
    return switch (c) {
      case '\'' -> strings();
      case '"' -> strings();
      case '`' -> {
        in.at++;
        yield new Node.Command(text('`', '`', true));
      }
      case '/' -> {
        in.at++;
        yield pattern('/', '/');
      }
      case ':' -> symbol();
      case '%' -> percent();
      case '?' -> character();
      default -> Scanner.isDigit(c) ? number() : null;
    };
  }

  /** One or several strings side by side. */
  private Node strings() {
    List<Node> parts = new ArrayList<>();
    while (in.peek() == '"' || in.peek() == '\'') {
      char quote = in.peek();
      in.at++;
      parts.add(text(quote, quote, quote == '"'));
      int mark = in.at;
      in.space();
      if (in.peek() != '"' && in.peek() != '\'') {
        in.at = mark;
        break;
      }
    }
    return parts.size() == 1 ? parts.getFirst() : new Node.Text(parts);
  }

  /** Text up to a closing character; pairs of brackets nest. */
  private Node text(char open, char close, boolean code) {
    int start = in.at - 1;
    List<Node> parts = new ArrayList<>();
    StringBuilder out = new StringBuilder();
    int depth = 0;
    while (true) {
      if (in.eof()) {
        throw new RubyException("SyntaxError", "unterminated string meets end of file", start);
      }
      char c = in.peek();
      in.at++;
      if (c == close && depth == 0) {
        break;
      }
      if (open != close && (c == open || c == close)) {
        depth += c == open ? 1 : -1;
      }
      if (c == '\\') {
        escape(out, open, close, code);
      } else if (c == '#' && code && in.peek() == '{') {
        in.at++;
        if (!out.isEmpty()) {
          parts.add(new Node.Literal(out.toString()));
          out.setLength(0);
        }
        parts.add(embedded.get());
      } else {
        out.append(c);
      }
    }
    if (parts.isEmpty()) {
      return new Node.Literal(out.toString());
    }
    if (!out.isEmpty()) {
      parts.add(new Node.Literal(out.toString()));
    }
    return new Node.Text(List.copyOf(parts));
  }

  private void escape(StringBuilder out, char open, char close, boolean code) {
    if (in.eof()) {
      throw in.error("unterminated string meets end of file");
    }
    char c = in.peek();
    in.at++;
    if (!code) {
      out.append(c == '\\' || c == close || c == open ? "" : "\\").append(c);
      return;
    }
    switch (c) {
      case 'n' -> out.append('\n');
      case 't' -> out.append('\t');
      case 'r' -> out.append('\r');
      case 's' -> out.append(' ');
      case 'e' -> out.append((char) 0x1b);
      case 'a' -> out.append((char) 7);
      case 'b' -> out.append('\b');
      case 'v' -> out.append((char) 0x0b);
      case 'f' -> out.append('\f');
      case 'u' -> unicode(out);
      case 'x' -> out.append((char) digits(16, 2));
      case '0', '1', '2', '3', '4', '5', '6', '7' -> {
        in.at--;
        out.append((char) digits(8, 3));
      }
      case '\n' -> {
        // A backslash at the end of a line joins the lines.
      }
      default -> out.append(c);
    }
  }

  private int digits(int radix, int most) {
    int value = 0;
    int count = 0;
    while (count < most && Character.digit(in.peek(), radix) >= 0) {
      value = value * radix + Character.digit(in.peek(), radix);
      in.at++;
      count++;
    }
    if (count == 0) {
      throw in.error("invalid escape");
    }
    return value;
  }

  private void unicode(StringBuilder out) {
    if (!in.take("{")) {
      out.append((char) digits(16, 4));
      return;
    }
    in.space();
    while (in.peek() != '}') {
      int code = digits(16, 6);
      if (!Character.isValidCodePoint(code)) {
        throw in.error("invalid Unicode codepoint");
      }
      out.appendCodePoint(code);
      in.space();
    }
    in.expect("}");
  }

  /** A regular expression: escapes are left to its own syntax. */
  private Node pattern(char open, char close) {
    int start = in.at - 1;
    List<Node> parts = new ArrayList<>();
    StringBuilder out = new StringBuilder();
    int depth = 0;
    while (true) {
      if (in.eof()) {
        throw new RubyException("SyntaxError", "unterminated regexp meets end of file", start);
      }
      char c = in.peek();
      in.at++;
      if (c == close && depth == 0) {
        break;
      }
      if (open != close && (c == open || c == close)) {
        depth += c == open ? 1 : -1;
      }
      if (c == '\\' && !in.eof()) {
        out.append(in.peek() == '/' ? "" : "\\").append(in.peek());
        in.at++;
      } else if (c == '#' && in.peek() == '{') {
        in.at++;
        parts.add(new Node.Literal(out.toString()));
        out.setLength(0);
        parts.add(embedded.get());
      } else {
        out.append(c);
      }
    }
    int flags = in.at;
    while ("imxounse".indexOf(in.peek()) >= 0) {
      in.at++;
    }
    String flagText = in.text.substring(flags, in.at);
    if (parts.isEmpty()) {
      try {
        return new Node.Literal(RubyRegexp.compile(out.toString(), flagText));
      } catch (RubyException e) {
        throw e.at(start);
      }
    }
    parts.add(new Node.Literal(out.toString()));
    return new Node.Pattern(new Node.Text(List.copyOf(parts)), flagText);
  }

  private Node symbol() {
    if (in.peek(1) == '"') {
      in.at += 2;
      return new Node.DynamicSymbol(text('"', '"', true));
    }
    if (in.peek(1) == '\'') {
      in.at += 2;
      return new Node.DynamicSymbol(text('\'', '\'', false));
    }
    if (Scanner.isWordStart(in.peek(1))) {
      in.at++;
      String name = in.word();
      boolean mark = in.peek() == '?' || in.peek() == '!';
      if (mark && in.peek(1) != '=') {
        name += in.peek();
        in.at++;
      }
      return new Node.Literal(new RubySymbol(name));
    }
    for (String operator :
        List.of(
            "[]", "<=>", "===", "==", "=~", "!=", "**", "<<", ">>", "<=", ">=", "+", "-", "*", "/",
            "%", "<", ">", "&", "|", "^", "!")) {
      if (in.text.startsWith(operator, in.at + 1)) {
        in.at += 1 + operator.length();
        return new Node.Literal(new RubySymbol(operator));
      }
    }
    return null;
  }

  /** {@code %w[…] %i[…] %q(…) %Q(…) %(…) %r{…}}. */
  private Node percent() {
    char kind = in.peek(1);
    boolean lettered = "wWiqQr".indexOf(kind) >= 0 && kind != 0;
    char open = in.peek(lettered ? 2 : 1);
    int pair = "([{<".indexOf(open);
    if (open == 0 || Scanner.isWord(open) || Character.isWhitespace(open) || open == '=') {
      return null;
    }
    char close = pair >= 0 ? ")]}>".charAt(pair) : open;
    in.at += lettered ? 3 : 2;
    if (!lettered) {
      return text(open, close, true);
    }
    return switch (kind) {
      case 'q' -> text(open, close, false);
      case 'Q' -> text(open, close, true);
      case 'r' -> pattern(open, close);
      default -> words(kind == 'i', text(open, close, false));
    };
  }

  private static Node words(boolean symbols, Node text) {
    List<Node> members = new ArrayList<>();
    for (String word : Values.text(((Node.Literal) text).value()).strip().split("\\s+")) {
      if (!word.isEmpty()) {
        members.add(new Node.Literal(symbols ? new RubySymbol(word) : word));
      }
    }
    return new Node.Array(List.copyOf(members));
  }

  /** {@code ?a}. */
  private Node character() {
    char c = in.peek(1);
    if (c == 0 || Character.isWhitespace(c) || Scanner.isWord(in.peek(2))) {
      return null;
    }
    in.at += 2;
    return new Node.Literal(String.valueOf(c));
  }

  Node number() {
    int start = in.at;
    if (in.peek() == '0' && "xXbBoO".indexOf(in.peek(1)) >= 0 && in.peek(1) != 0) {
      in.at += 2;
      while (Character.digit(in.peek(), 16) >= 0 || in.peek() == '_') {
        in.at++;
      }
      return integer(start);
    }
    digits();
    boolean real = false;
    if (in.peek() == '.' && Scanner.isDigit(in.peek(1))) {
      real = true;
      in.at++;
      digits();
    }
    int sign = in.peek(1) == '+' || in.peek(1) == '-' ? 2 : 1;
    if ((in.peek() == 'e' || in.peek() == 'E') && Scanner.isDigit(in.peek(sign))) {
      real = true;
      in.at += sign;
      digits();
    }
    if (Scanner.isWordStart(in.peek())) {
      throw in.error("syntax error, numeric literal without digits");
    }
    if (!real) {
      return integer(start);
    }
    String text = in.text.substring(start, in.at).replace("_", "");
    return new Node.Literal(Double.valueOf(text));
  }

  private void digits() {
    while (Scanner.isDigit(in.peek()) || in.peek() == '_' && Scanner.isDigit(in.peek(1))) {
      in.at++;
    }
  }

  private Node integer(int start) {
    Limits.bits(4L * (in.at - start));
    try {
      Number number = RubyNumbers.integer(in.text.substring(start, in.at));
      return new Node.Literal(number instanceof BigInteger b ? RubyNumbers.normal(b) : number);
    } catch (NumberFormatException e) {
      throw in.error("syntax error, numeric literal without digits");
    }
  }
}
