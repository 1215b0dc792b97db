package io.runnel.plugins.contrib;

import java.util.Arrays;
import java.util.List;

/** Names with commas between them, as old parameters have them. */
final class Csv {
  private Csv() {}

  static List<String> split(String text) {
    return Arrays.stream(text.split(",")).map(String::strip).filter(s -> !s.isEmpty()).toList();
  }
}
