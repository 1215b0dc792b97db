package io.runnel.config;

/**
 * Where something stands in a configuration.
 *
 * @param file path as it was opened, or a name such as {@code (inline)}
 * @param line 1-based line; 0 where unknown
 * @param column 1-based column in characters; 0 where unknown
 */
public record Place(String file, int line, int column) {
  public static final Place NONE = new Place("(none)", 0, 0);

  @Override
  public String toString() {
    return line == 0 ? file : file + ":" + line;
  }
}
