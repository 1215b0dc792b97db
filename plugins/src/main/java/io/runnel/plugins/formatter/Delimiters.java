package io.runnel.plugins.formatter;

/** Delimiters as configurations write them. */
final class Delimiters {
  private Delimiters() {}

  /** A backslash and a {@code t}, which unquoted values keep as two characters, are a tab. */
  static String unescape(String text) {
    return text.equals("\\t") ? "\t" : text;
  }
}
