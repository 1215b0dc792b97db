package io.runnel.config;

import java.util.Arrays;

/** The text of one file with the starts of its lines; line ends are {@code \n} alone. */
final class SourceText {
  private final String file;
  private final String text;
  private int[] starts = new int[64];
  private int lines;

  SourceText(String file, String raw) {
    this.file = file;
    this.text = normal(raw);
    starts[lines++] = 0;
    for (int at = text.indexOf('\n'); at >= 0; at = text.indexOf('\n', at + 1)) {
      if (lines == starts.length) {
        starts = Arrays.copyOf(starts, lines * 2);
      }
      starts[lines++] = at + 1;
    }
  }

  private static String normal(String raw) {
    String text = raw.startsWith("\ufeff") ? raw.substring(1) : raw;
    return text.indexOf('\r') < 0 ? text : text.replace("\r\n", "\n").replace('\r', '\n');
  }

  String file() {
    return file;
  }

  String text() {
    return text;
  }

  Place place(int offset) {
    int line = Arrays.binarySearch(starts, 0, lines, offset);
    if (line < 0) {
      line = -line - 2;
    }
    return new Place(file, line + 1, offset - starts[line] + 1);
  }

  /** A line without its end; empty beyond the text. */
  String line(int number) {
    if (number < 1 || number > lines) {
      return "";
    }
    int end = number == lines ? text.length() : starts[number] - 1;
    return text.substring(starts[number - 1], end);
  }
}
