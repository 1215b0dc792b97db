package io.runnel.plugin;

import io.runnel.event.FluentError;

/** A failure of a delivery that no retry can mend. */
public class UnrecoverableException extends RuntimeException implements FluentError {
  private static final long serialVersionUID = 1L;

  public UnrecoverableException(String message) {
    super(message);
  }

  public UnrecoverableException(String message, Throwable cause) {
    super(message, cause);
  }

  @Override
  public String errorClass() {
    return "Fluent::UnrecoverableError";
  }
}
