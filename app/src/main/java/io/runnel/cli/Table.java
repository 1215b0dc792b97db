package io.runnel.cli;

import java.util.List;

/** Lines of columns, each as wide as its longest text. */
final class Table {
  private Table() {}

  /**
   * @param rows all of the same length; the first is the heading
   */
  static String text(List<String[]> rows) {
    int columns = rows.getFirst().length;
    int[] widths = new int[columns];
    for (String[] row : rows) {
      for (int i = 0; i < columns; i++) {
        widths[i] = Math.max(widths[i], row[i].length());
      }
    }
    StringBuilder out = new StringBuilder();
    for (String[] row : rows) {
      for (int i = 0; i < columns; i++) {
        boolean last = i == columns - 1;
        out.append(row[i]);
        out.append(last ? "\n" : " ".repeat(widths[i] - row[i].length() + 2));
      }
    }
    return out.toString();
  }
}
