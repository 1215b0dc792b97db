package io.runnel.plugins.filter;

import io.runnel.event.FluentError;

/**
 * An event that a filter cannot work on, for which Fluentd has an error class of Ruby: no fault of
 * the program, so it has no stack trace.
 */
public final class RubyFault extends RuntimeException implements FluentError {
  private static final long serialVersionUID = 1L;

  private final String errorClass;

  public RubyFault(String errorClass, String message) {
    this(errorClass, message, null);
  }

  public RubyFault(String errorClass, String message, Throwable cause) {
    super(message, cause, false, false);
    this.errorClass = errorClass;
  }

  @Override
  public String errorClass() {
    return errorClass;
  }
}
