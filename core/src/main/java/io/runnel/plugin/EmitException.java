package io.runnel.plugin;

import io.runnel.event.FluentError;

/** Events that could not be taken; the input must not acknowledge them. */
public class EmitException extends RuntimeException implements FluentError {
  private static final long serialVersionUID = 1L;

  public EmitException(String message) {
    super(message);
  }

  public EmitException(String message, Throwable cause) {
    super(message, cause);
  }

  @Override
  public String errorClass() {
    return "Fluent::EmitError";
  }
}
