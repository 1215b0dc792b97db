package io.runnel.config;

import java.util.ArrayDeque;
import java.util.Deque;
import java.util.List;
import java.util.Set;

/**
 * Reads the v1 language of Fluentd into a section. A fault is noted and reading goes on at the next
 * line, so that one run shows all faults of a file.
 */
final class V1Parser {
  /** Deeper nesting is refused; real configurations have 5 levels. */
  static final int MAX_DEPTH = 64;

  /** After so many faults of one file the rest is not read: they would be consequences. */
  static final int MAX_FAULTS = 50;

  private static final Set<String> RESERVED = Set.of("@type", "@id", "@label", "@log_level");
  private static final Set<String> STRICT_SECTIONS =
      Set.of("ROOT", "source", "match", "filter", "system");

  /** Puts the content of included files into a section. */
  interface Includer {
    void include(String target, ConfigElement into, Place place);
  }

  private final SourceText source;
  private final String text;
  private final Literals in;
  private final Problems problems;
  private final Includer includer;
  private final Deque<ConfigElement> open = new ArrayDeque<>();
  private int faults;

  V1Parser(SourceText source, EmbeddedCode code, Problems problems, Includer includer) {
    this.source = source;
    this.text = source.text();
    this.in = new Literals(text, code);
    this.problems = problems;
    this.includer = includer;
  }

  /** Reads the whole text into {@code root}, which may be any section where it is included. */
  void parseInto(ConfigElement root) {
    open.push(root);
    while (faults < MAX_FAULTS) {
      in.spacing();
      if (in.eof()) {
        break;
      }
      try {
        item();
      } catch (ParseFault e) {
        fault(e.getMessage(), e.offset(), e.hint());
        in.toLineEnd();
      }
    }
    if (open.size() > 1 && faults < MAX_FAULTS) {
      ConfigElement section = open.peek();
      fault(
          "expected end tag '</" + section.name() + ">' but got end of file",
          text.length(),
          section + " opens at line " + section.place().line());
    }
  }

  private void fault(String message, int offset, String hint) {
    faults++;
    Place place = source.place(Math.min(offset, text.length()));
    problems.error(
        message + " at " + place.file() + " line " + place.line() + "," + place.column(),
        place,
        hint);
  }

  private void item() {
    if (in.startsWith("</")) {
      endTag();
    } else if (in.peek() == '<') {
      startTag();
    } else {
      parameter();
    }
  }

  private String elementName() {
    int start = in.at;
    while (!in.eof() && isNameCharacter(in.peek())) {
      in.at++;
    }
    return text.substring(start, in.at);
  }

  private static boolean isNameCharacter(char c) {
    return c >= 'a' && c <= 'z' || c >= 'A' && c <= 'Z' || c >= '0' && c <= '9' || c == '_';
  }

  private void endTag() {
    int start = in.at;
    in.at += 2;
    String name = elementName();
    in.blanks();
    if (in.eof() || in.peek() != '>') {
      throw new ParseFault("expected character in tag name", in.at, null);
    }
    in.at++;
    boolean cleanEnd = in.lineEnd();
    close(name, start);
    if (!cleanEnd) {
      throw new ParseFault("expected end of line after end tag", in.at, null);
    }
  }

  private void close(String name, int start) {
    if (open.size() > 1 && open.peek().name().equals(name)) {
      open.pop();
      return;
    }
    ConfigElement inner = open.peek();
    String hint =
        open.size() == 1
            ? "no section is open here"
            : "expected </"
                + inner.name()
                + ">: "
                + inner
                + " opens at line "
                + inner.place().line();
    fault("unmatched end tag", start, hint);
    List<ConfigElement> sections = List.copyOf(open);
    for (int i = 1; i < sections.size() - 1; i++) {
      if (sections.get(i).name().equals(name)) {
        // The end tag of an outer section: the inner ones have lost theirs.
        for (int k = 0; k <= i; k++) {
          open.pop();
        }
        return;
      }
    }
    if (open.size() > 1) {
      open.pop();
    }
  }

  private void startTag() {
    int start = in.at;
    in.at++;
    String name = elementName();
    if (name.isEmpty()) {
      throw new ParseFault("expected a section name behind '<'", in.at, null);
    }
    in.blanks();
    String argument = argument();
    in.blanks();
    if (in.eof() || in.peek() != '>') {
      throw new ParseFault("expected '>'", in.at, null);
    }
    in.at++;
    boolean cleanEnd = in.lineEnd();
    if (open.size() > MAX_DEPTH) {
      throw new ParseFault("sections are nested too deep", start, "at most " + MAX_DEPTH);
    }
    ConfigElement section = new ConfigElement(name, argument, source.place(start));
    open.peek().add(section);
    open.push(section);
    if (!cleanEnd) {
      throw new ParseFault("expected end of line after tag", in.at, null);
    }
  }

  private String argument() {
    if (in.eof()) {
      return "";
    }
    if (in.peek() == '"') {
      String value = in.doubleQuoted().text();
      return value == null ? "" : value;
    }
    if (in.peek() == '\'') {
      return in.singleQuoted();
    }
    int start = in.at;
    while (!in.eof() && in.peek() != '>' && in.peek() != '\n') {
      in.at++;
    }
    return text.substring(start, in.at).strip();
  }

  private void parameter() {
    int start = in.at;
    String key = key();
    in.blanks();
    if (in.eof() || in.peek() == '\n') {
      if (key.equals("@include")) {
        throw new ParseFault("include needs a path", start, null);
      }
      put(key, Literals.Literal.of(""), start);
      return;
    }
    if (key.equals("@include") || key.equals("include") && isAtRoot()) {
      include(key, start);
      return;
    }
    boolean reservedKey = key.startsWith("@") && !RESERVED.contains(key);
    if (reservedKey) {
      reserved(key, start);
    }
    int valueStart = in.at;
    Literals.Literal value = in.value();
    if (!in.lineEnd()) {
      throw new ParseFault(
          "expected end of line", in.at, "nothing but a comment may follow the value");
    }
    put(key, value, valueStart);
  }

  private boolean isAtRoot() {
    return open.peek().name().equals("ROOT");
  }

  private String key() {
    if (in.peek() == '"') {
      String value = in.doubleQuoted().text();
      return value == null ? "" : value;
    }
    if (in.peek() == '\'') {
      return in.singleQuoted();
    }
    int start = in.at;
    while (!in.eof() && in.peek() != ' ' && in.peek() != '\t' && in.peek() != '\n') {
      in.at++;
    }
    return text.substring(start, in.at);
  }

  private void reserved(String key, int start) {
    if (STRICT_SECTIONS.contains(open.peek().name())) {
      throw new ParseFault(
          "'@' is the system reserved prefix. Don't use '@' prefixed parameter in the"
              + " configuration: "
              + key,
          start,
          null);
    }
    problems.warn(
        "'@' is the system reserved prefix. It works in the nested configuration for now but it"
            + " will be rejected: "
            + key,
        source.place(start),
        null);
  }

  private void put(String key, Literals.Literal value, int offset) {
    open.peek().set(key, new ConfigValue(value.text(), value.useDefault(), source.place(offset)));
  }

  private void include(String key, int start) {
    Literals.Literal target = in.value();
    if (!in.lineEnd()) {
      throw new ParseFault("expected end of line", in.at, null);
    }
    if (target.text() == null || target.text().isEmpty()) {
      throw new ParseFault("include needs a path", start, null);
    }
    Place place = source.place(start);
    if (key.equals("include")) {
      problems.warn("'include' is deprecated. Use '@include' instead", place, null);
    }
    includer.include(target.text(), open.peek(), place);
  }
}
