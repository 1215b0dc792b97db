package io.runnel.plugins.formatter;

/** What ends a line. */
enum Newline {
  LF("\n"),
  CRLF("\r\n");

  private final String text;

  Newline(String text) {
    this.text = text;
  }

  /** The characters; empty where lines are not to be ended. */
  String text(boolean wanted) {
    return wanted ? text : "";
  }
}
