package io.runnel.plugins.contrib;

import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;

/**
 * Reads what dstat writes with {@code --output}: some lines about itself, a line with the groups, a
 * line with the names in them, then lines of values. A dstat that begins anew is noticed by what it
 * says of itself. Used by one thread.
 */
final class DstatTable {
  /** More columns are left out: dstat has some for each disk, processor and network. */
  private static final int MOST_COLUMNS = 10_000;

  private List<String> groups;
  private List<String> names;

  /**
   * Takes a line.
   *
   * @return the values by group and name; null for a line that holds none
   */
  Map<String, Object> line(String line) {
    if (line.isEmpty()) {
      return null;
    }
    List<String> cells = cells(line);
    String first = cells.getFirst();
    if (first.endsWith(":") || first.toLowerCase(Locale.ROOT).contains("csv output")) {
      groups = null;
      names = null;
    } else if (groups == null) {
      groups = filled(cells);
    } else if (names == null) {
      names = cells;
    } else {
      return values(cells);
    }
    return null;
  }

  private Map<String, Object> values(List<String> cells) {
    Map<String, Object> values = new LinkedHashMap<>();
    int count = Math.min(cells.size(), Math.min(groups.size(), names.size()));
    for (int i = 0; i < count; i++) {
      ViaqRecord.mapOrNew(values, groups.get(i)).put(names.get(i), cells.get(i));
    }
    return values;
  }

  /** A group stands above its first column only. */
  private static List<String> filled(List<String> cells) {
    List<String> filled = new ArrayList<>();
    String last = "";
    for (String cell : cells) {
      last = cell.isEmpty() ? last : cell.replaceAll("\\s", "_");
      filled.add(last);
    }
    return filled;
  }

  private static List<String> cells(String line) {
    List<String> cells = new ArrayList<>();
    StringBuilder cell = new StringBuilder();
    boolean quoted = false;
    for (int i = 0; i < line.length() && cells.size() < MOST_COLUMNS; i++) {
      char c = line.charAt(i);
      if (c == '"') {
        quoted = !quoted;
      } else if (c == ',' && !quoted) {
        cells.add(cell.toString());
        cell.setLength(0);
      } else {
        cell.append(c);
      }
    }
    cells.add(cell.toString());
    return cells;
  }
}
