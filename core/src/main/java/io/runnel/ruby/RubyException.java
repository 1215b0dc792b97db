package io.runnel.ruby;

/** An expression that cannot be read or evaluated. The message has Ruby's words first. */
public class RubyException extends RuntimeException {
  private static final long serialVersionUID = 1L;

  /** Offset where it is not known. */
  static final int UNKNOWN = -1;

  private final String type;
  private final int offset;

  RubyException(String type, String message) {
    this(type, message, UNKNOWN);
  }

  RubyException(String type, String message, int offset) {
    // Thrown per event where a record lacks a field: without the cost of a stack trace.
    super(message, null, false, false);
    this.type = type;
    this.offset = offset;
  }

  static RubyException argument(String message) {
    return new RubyException("ArgumentError", message);
  }

  static RubyException type(String message) {
    return new RubyException("TypeError", message);
  }

  /** Ruby's class of the error, such as {@code NoMethodError}. */
  public String type() {
    return type;
  }

  /** Where in the expression, in characters; -1 where it is not known. */
  public int offset() {
    return offset;
  }

  /** The same with a place, where it has none. */
  RubyException at(int place) {
    return offset >= 0 ? this : new RubyException(type, getMessage(), place);
  }
}
