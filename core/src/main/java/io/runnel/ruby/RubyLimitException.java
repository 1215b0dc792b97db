package io.runnel.ruby;

/** An evaluation that was given up: too many steps, or a value that became too large. */
public final class RubyLimitException extends RubyException {
  private static final long serialVersionUID = 1L;

  RubyLimitException(String message) {
    super("RuntimeError", message, UNKNOWN);
  }

  @Override
  RubyException at(int place) {
    return this;
  }
}
