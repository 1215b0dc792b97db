package io.runnel.connectors.sql;

import java.util.ArrayList;
import java.util.List;

/** Lists of names with commas between them. */
final class Names {
  private Names() {}

  /** Without white space around them; empty for an empty text. */
  static List<String> of(String text) {
    List<String> names = new ArrayList<>();
    for (String name : text.split(",")) {
      if (!name.isBlank()) {
        names.add(name.strip());
      }
    }
    return names;
  }

  /** {@code (?,?,?)}. */
  static String marks(int count) {
    return "(" + String.join(",", java.util.Collections.nCopies(count, "?")) + ")";
  }
}
