package io.runnel.config;

import java.util.ArrayDeque;
import java.util.Deque;

/**
 * Reads the line syntax of Fluentd before v1 ({@code --use-v0-config}): no quotes, no embedded
 * code; a value is the rest of the line up to a {@code #}.
 */
final class V0Parser {
  private final SourceText source;
  private final Problems problems;
  private final V1Parser.Includer includer;
  private final Deque<ConfigElement> open = new ArrayDeque<>();
  private int faults;

  V0Parser(SourceText source, Problems problems, V1Parser.Includer includer) {
    this.source = source;
    this.problems = problems;
    this.includer = includer;
  }

  void parseInto(ConfigElement root) {
    open.push(root);
    String text = source.text();
    int from = 0;
    while (from < text.length() && faults < V1Parser.MAX_FAULTS) {
      int end = text.indexOf('\n', from);
      end = end < 0 ? text.length() : end;
      line(text.substring(from, end), from);
      from = end + 1;
    }
    if (open.size() > 1) {
      fault("expected end tag '</" + open.peek().name() + ">' but got end of file", text.length());
    }
  }

  private void fault(String message, int offset) {
    faults++;
    Place place = source.place(offset);
    problems.error(
        message + " at " + place.file() + " line " + place.line() + "," + place.column(),
        place,
        null);
  }

  private void line(String raw, int offset) {
    int hash = raw.indexOf('#');
    String line = (hash < 0 ? raw : raw.substring(0, hash)).strip();
    int start = offset + raw.length() - raw.stripLeading().length();
    if (line.isEmpty()) {
      return;
    }
    if (line.startsWith("</")) {
      if (open.size() == 1 || !line.equals("</" + open.peek().name() + ">")) {
        fault("unmatched end tag", start);
      }
      if (open.size() > 1) {
        open.pop();
      }
    } else if (line.startsWith("<")) {
      tag(line, start);
    } else {
      parameter(line, start);
    }
  }

  private void tag(String line, int start) {
    if (!line.endsWith(">")) {
      fault("expected '>'", start + line.length());
      return;
    }
    boolean include = line.endsWith("/>");
    String inner = line.substring(1, line.length() - (include ? 2 : 1)).strip();
    int blank = firstBlank(inner);
    String name = inner.substring(0, blank);
    String argument = inner.substring(blank).strip();
    if (include && name.equals("include")) {
      includer.include(argument, open.peek(), source.place(start));
      return;
    }
    if (open.size() > V1Parser.MAX_DEPTH) {
      fault("sections are nested too deep", start);
      return;
    }
    ConfigElement section = new ConfigElement(name, argument, source.place(start));
    open.peek().add(section);
    open.push(section);
  }

  private void parameter(String line, int start) {
    int blank = firstBlank(line);
    String key = line.substring(0, blank);
    String value = line.substring(blank).strip();
    if (key.equals("@include") || key.equals("include") && open.size() == 1) {
      includer.include(value, open.peek(), source.place(start));
      return;
    }
    open.peek().set(key, ConfigValue.of(value, source.place(start)));
  }

  private static int firstBlank(String s) {
    for (int i = 0; i < s.length(); i++) {
      if (Character.isWhitespace(s.charAt(i))) {
        return i;
      }
    }
    return s.length();
  }
}
