package io.runnel.connectors.sql;

import java.util.ArrayList;
import java.util.List;

/**
 * The placeholders of a statement: MySQL's question marks, or PostgreSQL's {@code $1}. What stands
 * in quotes, in dollar quotes or in comments is left alone.
 *
 * @param sql with a question mark for each value
 * @param order which value each question mark takes, from 0
 * @param statements whether there is more than one statement in it
 */
record Placeholders(String sql, List<Integer> order, boolean statements) {
  /** MySQL's. */
  static Placeholders ofMarks(String sql) {
    return new Reader(sql, false).read();
  }

  /** PostgreSQL's; a question mark is an operator there. */
  static Placeholders ofNumbers(String sql) {
    return new Reader(sql, true).read();
  }

  /** How many values the statement needs. */
  int values() {
    return order.stream().mapToInt(n -> n + 1).max().orElse(0);
  }

  /** Takes each value to its question marks. */
  Object[] arrange(Object[] values) {
    Object[] arranged = new Object[order.size()];
    for (int i = 0; i < arranged.length; i++) {
      arranged[i] = values[order.get(i)];
    }
    return arranged;
  }

  private static final class Reader {
    private final String text;
    private final boolean numbers;
    private final StringBuilder out = new StringBuilder();
    private final List<Integer> order = new ArrayList<>();
    private boolean statements;
    private int at;

    Reader(String text, boolean numbers) {
      this.text = text.strip();
      this.numbers = numbers;
    }

    Placeholders read() {
      while (at < text.length()) {
        char c = text.charAt(at);
        if (c == '\'' || c == '"' || c == '`') {
          quoted(c);
        } else if (text.startsWith("--", at)) {
          copyTo(endOf("\n", at));
        } else if (text.startsWith("/*", at)) {
          copyTo(endOf("*/", at + 2));
        } else if (c == '?') {
          mark();
        } else if (c == '$' && numbers) {
          dollar();
        } else {
          statements |= c == ';' && at < text.length() - 1;
          out.append(c);
          at++;
        }
      }
      return new Placeholders(out.toString(), order, statements);
    }

    private void mark() {
      if (numbers) {
        out.append("??"); // an operator, as JDBC writes it
      } else {
        order.add(order.size());
        out.append('?');
      }
      at++;
    }

    private void dollar() {
      int end = at + 1;
      while (end < text.length() && Character.isDigit(text.charAt(end))) {
        end++;
      }
      if (end > at + 1 && end - at < 6) {
        order.add(Integer.parseInt(text.substring(at + 1, end)) - 1);
        out.append('?');
        at = end;
        return;
      }
      int close = text.indexOf('$', at + 1);
      String tag = close < 0 ? "" : text.substring(at, close + 1);
      if (tag.matches("\\$\\w*\\$")) {
        copyTo(endOf(tag, close + 1));
      } else {
        out.append('$');
        at++;
      }
    }

    private void quoted(char quote) {
      int end = at + 1;
      while (end < text.length() && text.charAt(end) != quote) {
        end += text.charAt(end) == '\\' && !numbers ? 2 : 1;
      }
      copyTo(Math.min(text.length(), end + 1));
    }

    private int endOf(String what, int from) {
      int found = text.indexOf(what, from);
      return found < 0 ? text.length() : found + what.length();
    }

    private void copyTo(int end) {
      out.append(text, at, end);
      at = end;
    }
  }
}
