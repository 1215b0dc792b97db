package io.runnel.config;

/** A fault at an offset of the text that is read; within this package only. */
final class ParseFault extends RuntimeException {
  private static final long serialVersionUID = 1L;

  private final int offset;
  private final String hint;

  ParseFault(String message, int offset, String hint) {
    super(message, null, false, false);
    this.offset = offset;
    this.hint = hint;
  }

  int offset() {
    return offset;
  }

  String hint() {
    return hint;
  }
}
